package defaulting_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/kubernetes/pkg/api/legacyscheme"

	"github.com/kubectl-workload/kubectl-workload/conformance/defaulting"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

func TestDefaultsOfDaemonSetsAreTheServers(t *testing.T) {
	g := defaulting.NewGenerator(defaulting.Seed(t))
	for i := range objects {
		got, want := &appsv1.DaemonSet{}, &appsv1.DaemonSet{}
		decodeTwice(t, g.DaemonSet(), got, want)
		defaults.DaemonSet(got, kubeversion.Latest())
		compare(t, i, got, want)
	}
}

// storedDaemonSet takes an object the whole way: decoded with defaults into the internal
// type, stored as protobuf, and read by a controller.
func storedDaemonSet(t *testing.T, ds *appsv1.DaemonSet) *appsv1.DaemonSet {
	t.Helper()
	ds.APIVersion, ds.Kind = "apps/v1", "DaemonSet"
	manifest, err := json.Marshal(ds)
	if err != nil {
		t.Fatal(err)
	}
	internal, err := runtime.Decode(legacyscheme.Codecs.UniversalDecoder(), manifest)
	if err != nil {
		t.Fatal(err)
	}
	format := protobuf.NewSerializer(legacyscheme.Scheme, legacyscheme.Scheme)
	encoder := legacyscheme.Codecs.EncoderForVersion(format, appsv1.SchemeGroupVersion)
	data, err := runtime.Encode(encoder, internal)
	if err != nil {
		t.Fatal(err)
	}
	read, _, err := scheme.Codecs.UniversalDeserializer().Decode(data, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return read.(*appsv1.DaemonSet)
}

// defaulted takes an object the same way without a server.
func defaulted(t *testing.T, ds *appsv1.DaemonSet) *appsv1.DaemonSet {
	t.Helper()
	got := ds.DeepCopy()
	defaults.DaemonSet(got, kubeversion.Latest())
	if err := defaults.Stored(got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestStoredDaemonSetIsWhatAControllerReads(t *testing.T) {
	g := defaulting.NewGenerator(defaulting.Seed(t))
	for i := range 2_000 {
		drawn := g.DaemonSet()
		// A server refuses a generation that is no number, and for another strategy with a
		// rollingUpdate the internal type has no pointer: it is refused anyway.
		delete(drawn.Annotations, appsv1.DeprecatedTemplateGeneration)
		if update := &drawn.Spec.UpdateStrategy; update.Type != "" && update.Type != "RollingUpdate" {
			update.RollingUpdate = nil
		}
		want, got := storedDaemonSet(t, drawn), defaulted(t, drawn)
		if !reflect.DeepEqual(got.Spec, want.Spec) {
			t.Fatalf("object %d (-server +ours):\n%s", i, cmp.Diff(want.Spec, got.Spec))
		}
	}
}

func TestDefaultingADaemonSetTwiceChangesNothing(t *testing.T) {
	g := defaulting.NewGenerator(defaulting.Seed(t))
	for i := range 1_000 {
		once := defaulted(t, g.DaemonSet())
		if twice := defaulted(t, once); !reflect.DeepEqual(once.Spec, twice.Spec) {
			t.Fatalf("object %d (-once +twice):\n%s", i, cmp.Diff(once.Spec, twice.Spec))
		}
	}
}
