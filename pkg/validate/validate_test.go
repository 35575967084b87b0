package validate_test

import (
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

// good is a Deployment that a server takes. Tests replace one part of it.
const good = `
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  minReadySeconds: 0
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      restartPolicy: Always
      volumes: [{name: scratch, emptyDir: {}}]
      initContainers: [{name: prepare, image: "web:1"}]
      containers:
      - name: main
        image: web:1
        ports: [{name: http, containerPort: 80}]
        env: [{name: A, value: b}]
        resources: {requests: {cpu: 100m}, limits: {cpu: 200m}}
        readinessProbe: {httpGet: {port: http}}
        volumeMounts: [{name: scratch, mountPath: /scratch}]
`

func TestGoodDeploymentIsNotRefused(t *testing.T) {
	for minor := kubeversion.Oldest; minor <= kubeversion.Newest; minor++ {
		profile := kubeversion.NewProfile(kubeversion.Version{Minor: minor})
		if refusals := validate.Deployment(deployment(t, good), profile); len(refusals) > 0 {
			t.Errorf("1.%d: %v", minor, refusals)
		}
	}
}

func TestEachMistakeIsRefusedWithItsReason(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"name: web, namespace", "name: Web, namespace", `metadata.name: "Web" is not a DNS name`},
		{"namespace: shop", "namespace: a.b", `metadata.namespace: "a.b" is not a DNS label`},
		{"replicas: 3", "replicas: -1", "spec.replicas: is -1, below 0"},
		{"minReadySeconds: 0", "minReadySeconds: 600",
			"spec.progressDeadlineSeconds: is 600: it must be more than minReadySeconds, 600"},
		{"maxSurge: 1", "maxSurge: 0",
			"spec.strategy.rollingUpdate.maxUnavailable: cannot be 0 when maxSurge is 0"},
		{"maxUnavailable: 0", "maxUnavailable: 101%",
			"spec.strategy.rollingUpdate.maxUnavailable: is 101%, above 100%"},
		{"maxSurge: 1", "maxSurge: some",
			`spec.strategy.rollingUpdate.maxSurge: "some" is neither a number nor a percentage`},
		{"type: RollingUpdate", "type: Recreate",
			"spec.strategy.rollingUpdate: has no meaning when type is Recreate"},
		{"type: RollingUpdate", "type: BlueGreen",
			`spec.strategy: type is "BlueGreen": it can be Recreate or RollingUpdate`},
		{"selector: {matchLabels: {app: web}}", "selector: {}", "spec.selector: is empty"},
		{"labels: {app: web}}\n", "labels: {app: api}}\n",
			"spec.template.metadata.labels: the selector does not match them"},
		{"restartPolicy: Always", "restartPolicy: Never",
			`spec.template.spec.restartPolicy: is "Never": it can only be Always`},
		{"restartPolicy: Always", "activeDeadlineSeconds: 5",
			"spec.template.spec.activeDeadlineSeconds: cannot be set"},
		{"restartPolicy: Always", "ephemeralContainers: [{name: debug, image: sh}]",
			"spec.template.spec.ephemeralContainers: can only be added to a running pod"},
		{"restartPolicy: Always", "dnsPolicy: Magic", "spec.template.spec.dnsPolicy: is \"Magic\""},
		{"- name: main", "- name: prepare",
			`spec.template.spec.initContainers[0].name: "prepare" is there twice`},
		{"image: web:1\n", "image: ''\n", "spec.template.spec.containers[0].image: is required"},
		{"image: web:1\n", "image: web:1\n        imagePullPolicy: Sometimes\n",
			`spec.template.spec.containers[0].imagePullPolicy: is "Sometimes": ` +
				"it can be Always, IfNotPresent or Never"},
		{"containerPort: 80", "containerPort: 0",
			"spec.template.spec.containers[0].ports[0].containerPort: is 0: it can be 1 to 65535"},
		{"{name: A,", "{name: A=B,", `spec.template.spec.containers[0].env[0].name: "A=B" is not`},
		{"env: [{name: A, value: b}]", "env: [{name: A, valueFrom: {resourceFieldRef: {resource: ''}}}]",
			"spec.template.spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: is required"},
		{"image: web:1\n", "image: web:1\n        restartPolicyRules: [{action: Restart}]\n",
			"spec.template.spec.containers[0].restartPolicy: is required with restartPolicyRules"},
		{"requests: {cpu: 100m}", "requests: {cpu: 300m}",
			"spec.template.spec.containers[0].resources.requests: cpu is 300m, above its limit of 200m"},
		{"readinessProbe: {", "readinessProbe: {periodSeconds: -1, ",
			"spec.template.spec.containers[0].readinessProbe.periodSeconds: is -1, below 0"},
		{"{name: scratch, mountPath", "{name: other, mountPath",
			`spec.template.spec.containers[0].volumeMounts[0].name: "other" is no volume of this pod`},
		{"volumes: [{name: scratch, emptyDir: {}}]",
			"volumes: [{name: scratch, ephemeral: {}}]",
			"spec.template.spec.volumes[0].ephemeral.volumeClaimTemplate: is required"},
		{"volumes: [{name: scratch, emptyDir: {}}]",
			"volumes: [{name: scratch}, {name: scratch}]",
			`spec.template.spec.volumes[1].name: "scratch" is there twice`},
	} {
		if !strings.Contains(good, c.from) {
			t.Fatalf("%q is not in the good Deployment", c.from)
		}
		d := deployment(t, strings.Replace(good, c.from, c.to, 1))
		var lines, paths []string
		for _, refusal := range validate.Deployment(d, kubeversion.Latest()) {
			lines, paths = append(lines, refusal.String()), append(paths, refusal.Field)
		}
		if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, c.want) }) {
			t.Errorf("%s: got %q, want %q", c.to, lines, c.want)
		}
		if !slices.IsSorted(paths) {
			t.Errorf("%s: not sorted: %q", c.to, lines)
		}
	}
}

func TestSelectorCannotBeChanged(t *testing.T) {
	before := deployment(t, good)
	after := deployment(t, strings.ReplaceAll(good, "app: web", "app: api"))
	refusals := validate.DeploymentUpdate(before, after, kubeversion.Latest())
	if len(refusals) != 1 || refusals[0].String() != "spec.selector: cannot be changed" {
		t.Errorf("refusals = %v", refusals)
	}
	sets := validate.ReplicaSetUpdate(replicaSet(before), replicaSet(after), kubeversion.Latest())
	if !slices.Equal(sets, refusals) {
		t.Errorf("ReplicaSet: %v, Deployment: %v", sets, refusals)
	}
	if same := validate.DeploymentUpdate(before, before, kubeversion.Latest()); len(same) > 0 {
		t.Errorf("no change: %v", same)
	}
}

func TestNothingBecomesFinalizerOfWhatIsBeingDeleted(t *testing.T) {
	before := deployment(t, good)
	before.Finalizers = []string{"example.com/a"}
	before.DeletionTimestamp = &metav1.Time{}
	after := before.DeepCopy()
	if refusals := validate.DeploymentUpdate(before, after, kubeversion.Latest()); len(refusals) > 0 {
		t.Errorf("no change: %v", refusals)
	}
	after.Finalizers = append(after.Finalizers, "example.com/b")
	refusals := validate.DeploymentUpdate(before, after, kubeversion.Latest())
	if len(refusals) != 1 || refusals[0].Field != "metadata.finalizers" {
		t.Errorf("one more: %v", refusals)
	}
}

func TestReplicaSetHasNoStrategyToRefuse(t *testing.T) {
	d := deployment(t, strings.Replace(good, "replicas: 3", "replicas: -1", 1))
	refusals := validate.ReplicaSet(replicaSet(d), kubeversion.Latest())
	if len(refusals) != 1 || refusals[0].Field != "spec.replicas" {
		t.Errorf("refusals = %v", refusals)
	}
}

// Variable names were letters, digits, '_', '-' and '.' up to 1.31; what is stored
// may stay.
func TestWhatAVersionRefusesMayStay(t *testing.T) {
	old := kubeversion.NewProfile(kubeversion.Version{Minor: 31})
	d := deployment(t, strings.Replace(good, "{name: A,", "{name: A B,", 1))
	if len(validate.Deployment(d, old)) != 1 {
		t.Error("1.31 takes a variable name with a blank")
	}
	if refusals := validate.Deployment(d, kubeversion.Latest()); len(refusals) > 0 {
		t.Errorf("1.37: %v", refusals)
	}
	if refusals := validate.DeploymentUpdate(d, d, old); len(refusals) > 0 {
		t.Errorf("1.31, already stored: %v", refusals)
	}
	if len(validate.DeploymentUpdate(deployment(t, good), d, old)) != 1 {
		t.Error("1.31 takes a change to a variable name with a blank")
	}
}

func TestContainerRestartPoliciesExistSince135(t *testing.T) {
	d := deployment(t, strings.Replace(good, "image: web:1\n", "image: web:1\n        restartPolicy: Never\n", 1))
	for minor, want := range map[int]int{34: 1, 35: 0} {
		profile := kubeversion.NewProfile(kubeversion.Version{Minor: minor})
		if got := validate.Deployment(d, profile); len(got) != want {
			t.Errorf("1.%d: %v", minor, got)
		}
	}
}

// The server fills in a namespace and a generated name before it validates.
func TestWhatTheServerFillsInIsNotMissed(t *testing.T) {
	d := deployment(t, strings.Replace(good, "name: web, namespace: shop", "generateName: web-", 1))
	if refusals := validate.Deployment(d, kubeversion.Latest()); len(refusals) > 0 {
		t.Errorf("refusals = %v", refusals)
	}
}

func TestAnEmptyDeploymentIsRefusedWithoutPanic(t *testing.T) {
	refusals := validate.Deployment(&appsv1.Deployment{}, kubeversion.Latest())
	if !slices.Contains(refusals, validate.Refusal{Field: "spec.selector", Reason: "is required"}) {
		t.Errorf("refusals = %v", refusals)
	}
}

func deployment(t *testing.T, text string) *appsv1.Deployment {
	t.Helper()
	d := &appsv1.Deployment{}
	if err := yaml.UnmarshalStrict([]byte(text), d); err != nil {
		t.Fatal(err)
	}
	defaults.Deployment(d, kubeversion.Latest())
	return d
}

func replicaSet(d *appsv1.Deployment) *appsv1.ReplicaSet {
	return &appsv1.ReplicaSet{
		ObjectMeta: d.ObjectMeta,
		Spec: appsv1.ReplicaSetSpec{
			Replicas: d.Spec.Replicas, Selector: d.Spec.Selector, Template: d.Spec.Template,
		},
	}
}
