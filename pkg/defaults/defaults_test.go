package defaults_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

func TestDeploymentBecomesWhatAServerStores(t *testing.T) {
	deployment := &appsv1.Deployment{}
	decode(t, `
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {}}
    spec:
      serviceAccount: robot
      containers:
      - name: main
        image: web
        env: []
        ports: [{containerPort: 80}]
        resources: {requests: {cpu: 1000m, memory: 1024Mi}}
        readinessProbe: {httpGet: {port: 80}}
      volumes: [{name: scratch}, {name: key, secret: {secretName: key}}]
`, deployment)
	defaults.Deployment(deployment, kubeversion.Latest())
	if err := defaults.Stored(deployment); err != nil {
		t.Fatal(err)
	}
	got, err := yaml.Marshal(deployment.Spec)
	if err != nil {
		t.Fatal(err)
	}
	want := `progressDeadlineSeconds: 600
replicas: 1
revisionHistoryLimit: 10
selector:
  matchLabels:
    app: web
strategy:
  rollingUpdate:
    maxSurge: 25%
    maxUnavailable: 25%
  type: RollingUpdate
template:
  metadata:
    labels:
      app: web
  spec:
    containers:
    - image: web
      imagePullPolicy: Always
      name: main
      ports:
      - containerPort: 80
        protocol: TCP
      readinessProbe:
        failureThreshold: 3
        httpGet:
          path: /
          port: 80
          scheme: HTTP
        periodSeconds: 10
        successThreshold: 1
        timeoutSeconds: 1
      resources:
        requests:
          cpu: "1"
          memory: 1Gi
      terminationMessagePath: /dev/termination-log
      terminationMessagePolicy: File
    dnsPolicy: ClusterFirst
    restartPolicy: Always
    schedulerName: default-scheduler
    securityContext: {}
    serviceAccount: robot
    serviceAccountName: robot
    terminationGracePeriodSeconds: 30
    volumes:
    - emptyDir: {}
      name: scratch
    - name: key
      secret:
        defaultMode: 420
        secretName: key
`
	if difference := cmp.Diff(want, string(got)); difference != "" {
		t.Errorf("(-want +got):\n%s", difference)
	}
}

func TestWhatIsGivenStays(t *testing.T) {
	given := &appsv1.Deployment{}
	decode(t, `
spec:
  replicas: 0
  revisionHistoryLimit: 0
  progressDeadlineSeconds: 0
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}
  template:
    spec:
      serviceAccountName: new
      serviceAccount: old
      dnsPolicy: None
      restartPolicy: Never
      schedulerName: mine
      terminationGracePeriodSeconds: 0
`, given)
	defaults.Deployment(given, kubeversion.Latest())
	spec := given.Spec
	if *spec.Replicas != 0 || *spec.RevisionHistoryLimit != 0 || *spec.ProgressDeadlineSeconds != 0 {
		t.Errorf("a zero was replaced: %+v", spec)
	}
	if update := spec.Strategy.RollingUpdate; update.MaxSurge.IntVal != 0 || update.MaxUnavailable.IntVal != 1 {
		t.Errorf("rollingUpdate was replaced: %+v", update)
	}
	pod := spec.Template.Spec
	if pod.DeprecatedServiceAccount != "new" {
		t.Errorf("serviceAccount = %q: serviceAccountName wins", pod.DeprecatedServiceAccount)
	}
	if pod.DNSPolicy != "None" || pod.RestartPolicy != "Never" || pod.SchedulerName != "mine" ||
		*pod.TerminationGracePeriodSeconds != 0 {
		t.Errorf("pod spec was replaced: %+v", pod)
	}
}

func TestRecreateGetsNoRollingUpdate(t *testing.T) {
	d := &appsv1.Deployment{}
	d.Spec.Strategy.Type = appsv1.RecreateDeploymentStrategyType
	defaults.Deployment(d, kubeversion.Latest())
	if d.Spec.Strategy.RollingUpdate != nil {
		t.Errorf("rollingUpdate = %+v, want none", d.Spec.Strategy.RollingUpdate)
	}
}

func TestReplicaSetGetsOneReplicaAndItsTemplateDefaults(t *testing.T) {
	rs := &appsv1.ReplicaSet{}
	defaults.ReplicaSet(rs, kubeversion.Latest())
	if *rs.Spec.Replicas != 1 || rs.Spec.Template.Spec.RestartPolicy != "Always" {
		t.Errorf("spec = %+v", rs.Spec)
	}
}

func TestPullPolicyFollowsTheTag(t *testing.T) {
	digest := "@sha256:" + strings.Repeat("0", 64)
	for image, want := range map[string]corev1.PullPolicy{
		"web":                     corev1.PullAlways,
		"web:latest":              corev1.PullAlways,
		"web:latest" + digest:     corev1.PullAlways,
		"localhost:5000/web":      corev1.PullAlways,
		"[::1]:5000/team/web":     corev1.PullAlways,
		"web:1.2":                 corev1.PullIfNotPresent,
		"web" + digest:            corev1.PullIfNotPresent,
		"localhost:5000":          corev1.PullIfNotPresent, // a tag, not a port
		"Web":                     corev1.PullIfNotPresent,
		"":                        corev1.PullIfNotPresent,
		"web:latest@sha256:0":     corev1.PullIfNotPresent,
		strings.Repeat("b", 64):   corev1.PullIfNotPresent,
		strings.Repeat("web", 90): corev1.PullIfNotPresent,
	} {
		template := &corev1.PodTemplateSpec{}
		template.Spec.Containers = []corev1.Container{{Image: image}}
		defaults.PodTemplate(template, kubeversion.Latest())
		if got := template.Spec.Containers[0].ImagePullPolicy; got != want {
			t.Errorf("image %q: %s, want %s", image, got, want)
		}
	}
}

func TestImageVolumesGetAPullPolicySince135(t *testing.T) {
	for minor, want := range map[int]corev1.PullPolicy{34: "", 35: corev1.PullAlways} {
		template := &corev1.PodTemplateSpec{}
		source := &corev1.ImageVolumeSource{Reference: "data"}
		template.Spec.Volumes = []corev1.Volume{{VolumeSource: corev1.VolumeSource{Image: source}}}
		defaults.PodTemplate(template, kubeversion.NewProfile(kubeversion.Version{Minor: minor}))
		if source.PullPolicy != want {
			t.Errorf("1.%d: pull policy %q, want %q", minor, source.PullPolicy, want)
		}
	}
}

func TestAmountsAreRoundedUpToThousandths(t *testing.T) {
	template := &corev1.PodTemplateSpec{}
	decode(t, `{spec: {containers: [{resources: {limits: {cpu: 0.0001}}}]}}`, template)
	defaults.PodTemplate(template, kubeversion.Latest())
	cpu := template.Spec.Containers[0].Resources.Limits["cpu"]
	if cpu.String() != "1m" {
		t.Errorf("cpu %s, want 1m", cpu.String())
	}
}

func TestStoredRefusesWhatCannotBeEncoded(t *testing.T) {
	if err := defaults.Stored(&unstorable{}); err == nil {
		t.Error("no error from an object that cannot be encoded")
	}
}

type unstorable struct{}

func (*unstorable) Marshal() ([]byte, error)    { return nil, errors.New("no encoding") }
func (*unstorable) Unmarshal(data []byte) error { return nil }

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}
