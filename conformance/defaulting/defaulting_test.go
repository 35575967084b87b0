package defaulting_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"

	"github.com/kubectl-workload/kubectl-workload/conformance/defaulting"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

const objects = 20_000

func TestDefaultsAreTheServers(t *testing.T) {
	g := defaulting.NewGenerator(defaulting.Seed(t))
	profile := kubeversion.Latest()
	for i := range objects {
		if i%4 == 0 {
			got, want := &appsv1.ReplicaSet{}, &appsv1.ReplicaSet{}
			decodeTwice(t, g.ReplicaSet(), got, want)
			defaults.ReplicaSet(got, profile)
			compare(t, i, got, want)
			continue
		}
		got, want := &appsv1.Deployment{}, &appsv1.Deployment{}
		decodeTwice(t, g.Deployment(), got, want)
		defaults.Deployment(got, profile)
		compare(t, i, got, want)
	}
}

// decodeTwice decodes the object as a server receives it, for each side its own.
func decodeTwice(t *testing.T, object, first, second runtime.Object) {
	t.Helper()
	data, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	for _, into := range []runtime.Object{first, second} {
		if err := json.Unmarshal(data, into); err != nil {
			t.Fatal(err)
		}
	}
}

func compare(t *testing.T, i int, got, want runtime.Object) {
	t.Helper()
	legacyscheme.Scheme.Default(want)
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("object %d (-server +ours):\n%s", i, cmp.Diff(want, got))
	}
}
