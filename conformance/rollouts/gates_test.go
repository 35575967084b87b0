package rollouts

import (
	"strings"
	"testing"

	"k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
	featuregatetesting "k8s.io/component-base/featuregate/testing"
)

// setGates sets feature gates of the real controllers, as --feature-gates takes them, for
// one test. They are global: no other test may run beside it.
func setGates(t *testing.T, list string) {
	gates := featuregatetesting.FeatureOverrides{}
	for item := range strings.SplitSeq(list, ",") {
		if name, value, ok := strings.Cut(item, "="); ok {
			gates[featuregate.Feature(name)] = value == "true"
		}
	}
	featuregatetesting.SetFeatureGatesDuringTest(t, feature.DefaultFeatureGate, gates)
}
