package defaulting_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/kubernetes/scheme"
	featuregatetesting "k8s.io/component-base/featuregate/testing"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/features"

	"github.com/kubectl-workload/kubectl-workload/conformance/defaulting"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// withMaxUnavailable returns the profile of a server whose gate is on or off, and sets
// the gate of the server in this process.
func withMaxUnavailable(t *testing.T, on bool) kubeversion.Profile {
	t.Helper()
	featuregatetesting.SetFeatureGateDuringTest(t, utilfeature.DefaultFeatureGate,
		features.MaxUnavailableStatefulSet, on)
	if on {
		return kubeversion.Latest()
	}
	profile, err := kubeversion.Latest().WithGates("MaxUnavailableStatefulSet=false")
	if err != nil {
		t.Fatal(err)
	}
	return profile
}

// Compared are 20,000 that have claim templates, and some that have none.
func TestDefaultsOfStatefulSetsAreTheServers(t *testing.T) {
	g := defaulting.NewGenerator(defaulting.Seed(t))
	for name, on := range map[string]bool{"maxUnavailable on": true, "maxUnavailable off": false} {
		t.Run(name, func(t *testing.T) {
			profile := withMaxUnavailable(t, on)
			for i, templated := 0, 0; templated < objects/2; i++ {
				drawn := g.StatefulSet()
				if len(drawn.Spec.VolumeClaimTemplates) > 0 {
					templated++
				}
				got, want := &appsv1.StatefulSet{}, &appsv1.StatefulSet{}
				decodeTwice(t, drawn, got, want)
				defaults.StatefulSet(got, profile)
				compare(t, i, got, want)
			}
		})
	}
}

// storedSet takes a manifest the whole way: decoded with defaults into the internal
// type, stored as protobuf, and read by a controller.
func storedSet(t *testing.T, manifest []byte) *appsv1.StatefulSet {
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
	return read.(*appsv1.StatefulSet)
}

func TestStoredStatefulSetIsWhatAControllerReads(t *testing.T) {
	g := defaulting.NewGenerator(defaulting.Seed(t))
	for i := range 2_000 {
		drawn := g.StatefulSet()
		drawn.APIVersion, drawn.Kind = "apps/v1", "StatefulSet"
		// The internal type has no pointer here: any other strategy with a
		// rollingUpdate is refused anyway.
		if update := &drawn.Spec.UpdateStrategy; update.Type != "" && update.Type != "RollingUpdate" {
			update.RollingUpdate = nil
		}
		manifest, err := json.Marshal(drawn)
		if err != nil {
			t.Fatal(err)
		}
		want, got := storedSet(t, manifest), &appsv1.StatefulSet{}
		if err := json.Unmarshal(manifest, got); err != nil {
			t.Fatal(err)
		}
		defaults.StatefulSet(got, kubeversion.Latest())
		if err := defaults.Stored(got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Spec, want.Spec) {
			t.Fatalf("object %d (-server +ours):\n%s", i, cmp.Diff(want.Spec, got.Spec))
		}
	}
}

func TestDefaultingAStatefulSetTwiceChangesNothing(t *testing.T) {
	g := defaulting.NewGenerator(defaulting.Seed(t))
	for i := range 1_000 {
		once := g.StatefulSet()
		twice := &appsv1.StatefulSet{}
		for _, set := range []*appsv1.StatefulSet{once, twice} {
			if set == twice {
				once.DeepCopyInto(twice)
			}
			defaults.StatefulSet(set, kubeversion.Latest())
			if err := defaults.Stored(set); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(once.Spec, twice.Spec) {
			t.Fatalf("object %d (-once +twice):\n%s", i, cmp.Diff(once.Spec, twice.Spec))
		}
	}
}
