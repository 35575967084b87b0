package validation_test

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	featuregatetesting "k8s.io/component-base/featuregate/testing"
	apipod "k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/apps"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/features"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/conformance/defaulting"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

// storage is what a StatefulSet has besides what a Deployment has.
const storage = `
metadata: {name: db, namespace: shop, resourceVersion: "1"}
spec:
  replicas: 3
  minReadySeconds: 5
  revisionHistoryLimit: 2
  serviceName: db
  podManagementPolicy: Parallel
  ordinals: {start: 2}
  updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1, maxUnavailable: 50%}}
  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete, whenScaled: Retain}
  volumeClaimTemplates:
  - metadata: {name: block, labels: {app: db}}
    spec: {accessModes: [ReadWriteOncePod], volumeMode: Block, storageClassName: fast, resources: {requests: {storage: 1Gi}}}
  - metadata: {name: logs}
    spec:
      accessModes: [ReadWriteOnce, ReadWriteMany]
      selector: {matchLabels: {app: db}, matchExpressions: [{key: tier, operator: Exists}]}
      resources: {requests: {storage: 1Gi}, limits: {storage: 2Gi}}
`

// asStateful makes a StatefulSet of the Deployment.
func asStateful(t *testing.T, d *appsv1.Deployment, text string) *appsv1.StatefulSet {
	t.Helper()
	set := &appsv1.StatefulSet{}
	if err := yaml.UnmarshalStrict([]byte(text), set); err != nil {
		t.Fatal(err)
	}
	set.Spec.Selector, set.Spec.Template = d.Spec.Selector, d.Spec.Template
	return set
}

// storedStateful are StatefulSets that a server takes.
func storedStateful(t *testing.T) []*appsv1.StatefulSet {
	t.Helper()
	full := asStateful(t, decode(t, rich), storage)
	full.ObjectMeta = decode(t, rich).ObjectMeta
	return []*appsv1.StatefulSet{
		asStateful(t, decode(t, plain), "metadata: {name: db, namespace: shop}"),
		asStateful(t, decode(t, plain), storage),
		asStateful(t, decode(t, rich), storage),
		full,
	}
}

// withGates sets gates of the server in this process, and returns its profile.
func withGates(t *testing.T, recreate, maxUnavailable bool) kubeversion.Profile {
	t.Helper()
	gates := featuregatetesting.SetFeatureGateDuringTest
	gates(t, utilfeature.DefaultFeatureGate, features.StatefulSetRecreateStrategy, recreate)
	gates(t, utilfeature.DefaultFeatureGate, features.MaxUnavailableStatefulSet, maxUnavailable)
	list := ""
	if recreate {
		list += "StatefulSetRecreateStrategy=true,"
	}
	if !maxUnavailable {
		list += "MaxUnavailableStatefulSet=false"
	}
	profile, err := kubeversion.Latest().WithGates(list)
	if err != nil {
		t.Fatal(err)
	}
	return profile
}

// serverCreatesStateful does what pkg/registry/apps/statefulset/strategy.go does.
func serverCreatesStateful(t *testing.T, set *appsv1.StatefulSet) []string {
	object := internal[apps.StatefulSet](t, set)
	dropMaxUnavailable(&apps.StatefulSet{}, object)
	apipod.DropDisabledTemplateFields(&object.Spec.Template, nil)
	options := apipod.GetValidationOptionsFromPodTemplate(&object.Spec.Template, nil)
	return fields(appsvalidation.ValidateStatefulSet(object, appsvalidation.StatefulSetValidationOptions{
		AllowStatefulSetRecreateStrategy: utilfeature.DefaultFeatureGate.Enabled(features.StatefulSetRecreateStrategy),
	}, options))
}

func serverUpdatesStateful(t *testing.T, before, after *appsv1.StatefulSet) []string {
	was, is := internal[apps.StatefulSet](t, before), internal[apps.StatefulSet](t, after)
	dropMaxUnavailable(was, is)
	apipod.DropDisabledTemplateFields(&is.Spec.Template, &was.Spec.Template)
	options := apipod.GetValidationOptionsFromPodTemplate(&is.Spec.Template, &was.Spec.Template)
	return fields(appsvalidation.ValidateStatefulSetUpdate(is, was, appsvalidation.StatefulSetValidationOptions{
		AllowInvalidServiceName:          true,
		SkipValidateVolumeClaimTemplates: true,
		AllowStatefulSetRecreateStrategy: utilfeature.DefaultFeatureGate.Enabled(features.StatefulSetRecreateStrategy) ||
			was.Spec.UpdateStrategy.Type == apps.RecreateStatefulSetStrategyType,
	}, options))
}

func dropMaxUnavailable(was, is *apps.StatefulSet) {
	before, after := was.Spec.UpdateStrategy.RollingUpdate, is.Spec.UpdateStrategy.RollingUpdate
	inUse := before != nil && before.MaxUnavailable != nil
	if after != nil && !inUse && !utilfeature.DefaultFeatureGate.Enabled(features.MaxUnavailableStatefulSet) {
		after.MaxUnavailable = nil
	}
}

// Objects have one or two values changed; every fourth is an update of one whose spec
// has a mistake already, as servers up to 1.33 have stored them.
func TestMistakesInStatefulSetsAreRefusedWhereTheServerRefusesThem(t *testing.T) {
	allowPrivileged()
	for name, gates := range map[string][2]bool{"gates as they come": {false, true}, "gates turned": {true, false}} {
		t.Run(name, func(t *testing.T) {
			profile := withGates(t, gates[0], gates[1])
			dice := rand.New(rand.NewPCG(uint64(defaulting.Seed(t)), 1))
			refused, reached := 0, map[string]bool{}
			stored := storedStateful(t)
			for range objects / 2 {
				before := pick(dice, stored...).DeepCopy()
				what := ""
				if dice.IntN(4) == 0 {
					what = "stored with " + breakIn(placesIn(&metav1.ObjectMeta{}, &before.Spec), dice) + ", then "
				}
				after := before.DeepCopy()
				for range 1 + dice.IntN(2) {
					what += breakStateful(after, dice) + "; "
				}
				wanted := compareStateful(t, what, before, after, profile)
				if len(wanted) > 0 {
					refused++
				}
				for _, path := range wanted {
					reached[path] = true
				}
				if t.Failed() {
					return
				}
			}
			t.Logf("%d of %d refused, at %d fields", refused, objects/2, len(reached))
			if refused < objects/8 || len(reached) < 250 {
				t.Error("too few: the mistakes are no good")
			}
		})
	}
}

// breakStateful prefers, half of the time, what Deployments do not have.
func breakStateful(set *appsv1.StatefulSet, dice *rand.Rand) string {
	places := placesIn(&set.ObjectMeta, &set.Spec)
	if dice.IntN(2) == 0 {
		places = slices.DeleteFunc(places, func(p place) bool { return strings.HasPrefix(p.path, "spec.Template") })
	}
	return breakIn(places, dice)
}

// compareStateful compares both verbs and returns what the server refuses.
func compareStateful(
	t *testing.T, what string, before, after *appsv1.StatefulSet, profile kubeversion.Profile,
) []string {
	server, ours, stored := after.DeepCopy(), after.DeepCopy(), before.DeepCopy()
	if server.Namespace == "" {
		server.Namespace = "shop"
	}
	if server.Name == "" && server.GenerateName != "" {
		server.Name = "generated"
	}
	defaults.StatefulSet(stored, profile)
	defaults.StatefulSet(ours, profile)
	created := ours.DeepCopy()
	defaults.DropDisabled(nil, created, profile)
	defaults.DropDisabled(stored, ours, profile)
	wanted := serverCreatesStateful(t, server)
	same(t, "creating: "+what, volumes(after, wanted), volumes(after, ourFields(validate.StatefulSet(created, profile))))
	if server.UID == "" {
		server.UID = before.UID
	}
	server.ResourceVersion, before.ResourceVersion = "1", "1"
	updates := serverUpdatesStateful(t, before, server)
	same(t, "changing: "+what, volumes(after, updates), volumes(after, ourFields(validate.StatefulSetUpdate(stored, ours, profile))))
	return append(wanted, updates...)
}

// volumes leaves out at which place a volume is where the server has no order of them:
// it makes those of claim templates out of a map.
func volumes(set *appsv1.StatefulSet, paths []string) []string {
	if len(set.Spec.VolumeClaimTemplates) < 2 {
		return paths
	}
	place := regexp.MustCompile(`^(spec\.template\.spec\.volumes)\[\d+\]`)
	var without []string
	for _, path := range paths {
		without = append(without, place.ReplaceAllString(path, "$1"))
	}
	return unique(without)
}

// Objects with anything in them: what we refuse, the server refuses too.
func TestNoStatefulSetIsRefusedThatTheServerTakes(t *testing.T) {
	allowPrivileged()
	g := defaulting.NewGenerator(defaulting.Seed(t))
	profile, selector := kubeversion.Latest(), decode(t, plain).Spec.Selector
	for i := range 2_000 {
		data, err := json.Marshal(g.StatefulSet())
		if err != nil {
			t.Fatal(err)
		}
		set := &appsv1.StatefulSet{}
		if err := json.Unmarshal(data, set); err != nil {
			t.Fatal(err)
		}
		if set.Spec.Selector != nil {
			set.Spec.Selector = selector
		}
		ours := set.DeepCopy()
		defaults.StatefulSet(ours, profile)
		if set.Namespace == "" {
			set.Namespace = "shop"
		}
		server := volumes(set, serverCreatesStateful(t, set))
		for _, path := range volumes(set, ourFields(validate.StatefulSet(ours, profile))) {
			if !slices.Contains(server, path) {
				text, _ := yaml.Marshal(set)
				t.Fatalf("object %d: we refuse %s, the server does not:\n%s", i, path, text)
			}
		}
	}
}

func TestValidStatefulSetsPass(t *testing.T) {
	allowPrivileged()
	for i, set := range storedStateful(t) {
		server := serverCreatesStateful(t, set)
		defaults.StatefulSet(set, kubeversion.Latest())
		if ours := validate.StatefulSet(set, kubeversion.Latest()); len(ours) > 0 || len(server) > 0 {
			t.Errorf("%d: ours %v, the server's %v", i, ours, server)
		}
	}
}
