package defaulting_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/controller"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/conformance/defaulting"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// throughServer takes a manifest the whole way: decoded with defaults into the
// internal type, stored as protobuf, and read by a controller.
func throughServer(t *testing.T, manifest []byte) *appsv1.Deployment {
	t.Helper()
	received, err := runtime.Decode(legacyscheme.Codecs.UniversalDecoder(), manifest)
	if err != nil {
		t.Fatal(err)
	}
	format := protobuf.NewSerializer(legacyscheme.Scheme, legacyscheme.Scheme)
	encoder := legacyscheme.Codecs.EncoderForVersion(format, appsv1.SchemeGroupVersion)
	data, err := runtime.Encode(encoder, received)
	if err != nil {
		t.Fatal(err)
	}
	read, _, err := scheme.Codecs.UniversalDeserializer().Decode(data, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	deployment := read.(*appsv1.Deployment)
	deployment.TypeMeta = typeMeta()
	return deployment
}

// ours takes a manifest the same way without a server.
func ours(t *testing.T, manifest []byte) *appsv1.Deployment {
	t.Helper()
	deployment := &appsv1.Deployment{}
	if err := json.Unmarshal(manifest, deployment); err != nil {
		t.Fatal(err)
	}
	defaults.Deployment(deployment, kubeversion.Latest())
	if err := defaults.Stored(deployment); err != nil {
		t.Fatal(err)
	}
	deployment.TypeMeta = typeMeta()
	return deployment
}

func TestStoredIsWhatAControllerReads(t *testing.T) {
	g := defaulting.NewGenerator(defaulting.Seed(t))
	for i := range 3_000 {
		drawn := g.Deployment()
		drawn.TypeMeta = typeMeta()
		// The internal type has no pointers here: a strategy other than
		// RollingUpdate with half a rollingUpdate is refused anyway.
		if drawn.Spec.Strategy.Type == "Recreate" || drawn.Spec.Strategy.Type == "Other" {
			drawn.Spec.Strategy.RollingUpdate = nil
		}
		manifest, err := json.Marshal(drawn)
		if err != nil {
			t.Fatal(err)
		}
		want, got := throughServer(t, manifest), ours(t, manifest)
		if !reflect.DeepEqual(got.Spec, want.Spec) {
			t.Fatalf("object %d (-server +ours):\n%s", i, cmp.Diff(want.Spec, got.Spec))
		}
		if hash(got) != hash(want) {
			t.Fatalf("object %d: equal templates with different hashes", i)
		}
	}
}

func hash(d *appsv1.Deployment) string {
	return controller.ComputeHash(&d.Spec.Template, d.Status.CollisionCount)
}

// The hashes of recorded are what a Kubernetes 1.37.0 control plane gave its
// ReplicaSets; see testdata/recordings.
func TestHashIsTheRecordedOne(t *testing.T) {
	for _, c := range []struct{ name, annotations, image, want string }{
		{"dep-10-quarter, base", "null", "registry.example/app:1", "b46dd7c7d"},
		{"dep-10-quarter, change", "null", "registry.example/app:2", "5b684d4999"},
		{"dep-broken-image, change", `{test/broken: "true"}`, "registry.example/app:2", "854b86784d"},
	} {
		manifest := manifestOf(t, `
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: `+c.annotations+`}
    spec:
      containers: [{name: main, image: "`+c.image+`", ports: [{containerPort: 80}]}]
`)
		if got := hash(ours(t, manifest)); got != c.want {
			t.Errorf("%s: hash %s, recorded %s", c.name, got, c.want)
		}
	}
}

// Spellings that mean the same must give the hash of the server, and so must
// the two ways of leaving a list out.
func TestHashDoesNotDependOnSpelling(t *testing.T) {
	const plain = `{metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: "web:1",
		resources: {requests: {cpu: 1, memory: 1Gi}}}]}}`
	want := hash(ours(t, manifestOf(t, "spec: {template: "+plain+"}")))
	for _, spelled := range []string{
		`{metadata: {labels: {app: web}, annotations: {}}, spec: {volumes: [], containers: [{name: main,
			image: "web:1", env: [], args: [], resources: {limits: {}, requests: {cpu: 1000m, memory: 1024Mi}}}]}}`,
		`{metadata: {labels: {app: web}, creationTimestamp: null}, spec: {nodeSelector: {}, tolerations: [],
			containers: [{name: main, image: "web:1", resources: {requests: {cpu: "1.0", memory: 1048576Ki}}}]}}`,
	} {
		manifest := manifestOf(t, "spec: {template: "+spelled+"}")
		server := hash(throughServer(t, manifest))
		if got := hash(ours(t, manifest)); got != want || got != server {
			t.Errorf("hash %s, the server's %s, want %s for %s", got, server, want, spelled)
		}
	}
}

func TestDefaultingTwiceChangesNothing(t *testing.T) {
	g := defaulting.NewGenerator(defaulting.Seed(t))
	for i := range 2_000 {
		once := g.Deployment()
		defaults.Deployment(once, kubeversion.Latest())
		if err := defaults.Stored(once); err != nil {
			t.Fatal(err)
		}
		twice := once.DeepCopy()
		defaults.Deployment(twice, kubeversion.Latest())
		if err := defaults.Stored(twice); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(once.Spec, twice.Spec) {
			t.Fatalf("object %d (-once +twice):\n%s", i, cmp.Diff(once.Spec, twice.Spec))
		}
	}
}

func typeMeta() metav1.TypeMeta {
	return metav1.TypeMeta{Kind: "Deployment", APIVersion: "apps/v1"}
}

func manifestOf(t *testing.T, text string) []byte {
	t.Helper()
	object := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	object["kind"], object["apiVersion"] = "Deployment", "apps/v1"
	data, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
