package validation_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apipod "k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/apps"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/conformance/defaulting"
	changes "github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

// surging is what a DaemonSet has besides what a Deployment has.
const surging = `
metadata: {name: logs, namespace: shop, resourceVersion: "1", generation: 7, annotations: {deprecated.daemonset.template.generation: "3"}}
spec:
  minReadySeconds: 5
  revisionHistoryLimit: 2
  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 0, maxSurge: 50%}}
`

// asDaemon makes a DaemonSet of the Deployment.
func asDaemon(t *testing.T, d *appsv1.Deployment, text string) *appsv1.DaemonSet {
	t.Helper()
	ds := &appsv1.DaemonSet{}
	if err := yaml.UnmarshalStrict([]byte(text), ds); err != nil {
		t.Fatal(err)
	}
	ds.Spec.Selector, ds.Spec.Template = d.Spec.Selector, d.Spec.Template
	return ds
}

// storedDaemons are DaemonSets that a server takes.
func storedDaemons(t *testing.T) []*appsv1.DaemonSet {
	t.Helper()
	full := asDaemon(t, decode(t, rich), strings.Replace(surging, "maxUnavailable: 0, maxSurge: 50%", "maxUnavailable: 100%", 1))
	full.ObjectMeta = decode(t, rich).ObjectMeta
	onDelete := strings.Replace(surging, "type: RollingUpdate", "type: OnDelete", 1)
	return []*appsv1.DaemonSet{
		asDaemon(t, decode(t, plain), "metadata: {name: logs, namespace: shop}"),
		asDaemon(t, decode(t, plain), surging),
		asDaemon(t, decode(t, rich), onDelete),
		full,
	}
}

// serverCreatesDaemon does what pkg/registry/apps/daemonset/strategy.go does, which cannot
// be run here: it takes the whole server.
func serverCreatesDaemon(t *testing.T, ds *appsv1.DaemonSet) []string {
	object := internal[apps.DaemonSet](t, ds)
	object.Spec.TemplateGeneration = max(object.Spec.TemplateGeneration, 1)
	apipod.DropDisabledTemplateFields(&object.Spec.Template, nil)
	options := apipod.GetValidationOptionsFromPodTemplate(&object.Spec.Template, nil)
	return fields(appsvalidation.ValidateDaemonSet(object, options))
}

func serverUpdatesDaemon(t *testing.T, before, after *appsv1.DaemonSet) []string {
	was, is := internal[apps.DaemonSet](t, before), internal[apps.DaemonSet](t, after)
	prepareDaemon(was, is)
	options := apipod.GetValidationOptionsFromPodTemplate(&is.Spec.Template, &was.Spec.Template)
	return fields(appsvalidation.ValidateDaemonSetUpdate(is, was, options))
}

// prepareDaemon is PrepareForUpdate there.
func prepareDaemon(was, is *apps.DaemonSet) {
	apipod.DropDisabledTemplateFields(&is.Spec.Template, &was.Spec.Template)
	is.Generation, is.Spec.TemplateGeneration = was.Generation, was.Spec.TemplateGeneration
	if !equality.Semantic.DeepEqual(was.Spec.Template, is.Spec.Template) {
		is.Spec.TemplateGeneration++
	}
	if !equality.Semantic.DeepEqual(was.Spec, is.Spec) {
		is.Generation++
	}
}

// Objects have one or two values changed; every fourth is an update of one whose spec has
// a mistake already.
func TestMistakesInDaemonSetsAreRefusedWhereTheServerRefusesThem(t *testing.T) {
	allowPrivileged()
	dice := rand.New(rand.NewPCG(uint64(defaulting.Seed(t)), 2))
	refused, reached := 0, map[string]bool{}
	stored := storedDaemons(t)
	for range objects {
		before := pick(dice, stored...).DeepCopy()
		what := ""
		if dice.IntN(4) == 0 {
			what = "stored with " + breakIn(placesIn(&metav1.ObjectMeta{}, &before.Spec), dice) + ", then "
		}
		after := before.DeepCopy()
		for range 1 + dice.IntN(2) {
			what += breakDaemon(after, dice) + "; "
		}
		wanted := compareDaemon(t, what, before, after)
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
	t.Logf("%d of %d refused, at %d fields", refused, objects, len(reached))
	if refused < objects/4 || len(reached) < 250 {
		t.Error("too few: the mistakes are no good")
	}
	for _, path := range []string{
		"spec.updateStrategy", "spec.updateStrategy.rollingUpdate.maxSurge", "spec.updateStrategy.rollingUpdate.maxUnavailable",
		"spec.selector", "spec.template.metadata.labels", "spec.minReadySeconds", "spec.revisionHistoryLimit",
	} {
		if !reached[path] {
			t.Errorf("%s was never refused", path)
		}
	}
}

// breakDaemon prefers, half of the time, what is outside of the template.
func breakDaemon(ds *appsv1.DaemonSet, dice *rand.Rand) string {
	places := placesIn(&ds.ObjectMeta, &ds.Spec)
	if dice.IntN(2) == 0 {
		places = slices.DeleteFunc(places, func(p place) bool { return strings.HasPrefix(p.path, "spec.Template") })
	}
	return breakIn(places, dice)
}

// compareDaemon compares both verbs and returns what the server refuses.
func compareDaemon(t *testing.T, what string, before, after *appsv1.DaemonSet) []string {
	profile := kubeversion.Latest()
	server, ours, stored := after.DeepCopy(), after.DeepCopy(), before.DeepCopy()
	if server.Namespace == "" {
		server.Namespace = "shop"
	}
	if server.Name == "" && server.GenerateName != "" {
		server.Name = "generated"
	}
	defaults.DaemonSet(stored, profile)
	defaults.DaemonSet(ours, profile)
	wanted := serverCreatesDaemon(t, server)
	same(t, "creating: "+what, wanted, ourFields(validate.DaemonSet(ours, profile)))
	if server.UID == "" {
		server.UID = before.UID
	}
	server.ResourceVersion, before.ResourceVersion = "1", "1"
	updates := serverUpdatesDaemon(t, before, server)
	same(t, "changing: "+what, updates, ourFields(validate.DaemonSetUpdate(stored, ours, profile)))
	return append(wanted, updates...)
}

// Objects with anything in them: what we refuse, the server refuses too.
func TestNoDaemonSetIsRefusedThatTheServerTakes(t *testing.T) {
	allowPrivileged()
	g := defaulting.NewGenerator(defaulting.Seed(t))
	profile, selector := kubeversion.Latest(), decode(t, plain).Spec.Selector
	for i := range 2_000 {
		d := readable(t, g.Deployment())
		ds := &appsv1.DaemonSet{ObjectMeta: d.ObjectMeta, Spec: appsv1.DaemonSetSpec{
			Selector: d.Spec.Selector, Template: d.Spec.Template, MinReadySeconds: d.Spec.MinReadySeconds,
		}}
		if ds.Spec.Selector != nil {
			ds.Spec.Selector = selector
		}
		if rolling := d.Spec.Strategy.RollingUpdate; rolling != nil {
			ds.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateDaemonSet{
				MaxSurge: rolling.MaxSurge, MaxUnavailable: rolling.MaxUnavailable,
			}
		}
		ours := ds.DeepCopy()
		defaults.DaemonSet(ours, profile)
		if ds.Namespace == "" {
			ds.Namespace = "shop"
		}
		server := serverCreatesDaemon(t, ds)
		for _, path := range ourFields(validate.DaemonSet(ours, profile)) {
			if !slices.Contains(server, path) {
				text, _ := yaml.Marshal(ds)
				t.Fatalf("object %d: we refuse %s, the server does not:\n%s", i, path, text)
			}
		}
	}
}

func TestValidDaemonSetsPass(t *testing.T) {
	allowPrivileged()
	for i, ds := range storedDaemons(t) {
		server := serverCreatesDaemon(t, ds)
		defaults.DaemonSet(ds, kubeversion.Latest())
		if ours := validate.DaemonSet(ds, kubeversion.Latest()); len(ours) > 0 || len(server) > 0 {
			t.Errorf("%d: ours %v, the server's %v", i, ours, server)
		}
	}
}

// What a server counts when a DaemonSet is changed: its generations, and its templates.
func TestGenerationsOfADaemonSetAreTheServers(t *testing.T) {
	dice := rand.New(rand.NewPCG(uint64(defaulting.Seed(t)), 3))
	stored := storedDaemons(t)
	moved := map[[2]bool]int{}
	for range 600 {
		before := pick(dice, stored...).DeepCopy()
		before.APIVersion, before.Kind, before.UID = "apps/v1", "DaemonSet", "u"
		if before.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType {
			before.Spec.UpdateStrategy.RollingUpdate = nil // where none is as good as 0 to the server
		}
		defaults.DaemonSet(before, kubeversion.Latest())
		defaults.CountTemplates(nil, before)
		after := before.DeepCopy()
		what := breakDaemon(after, dice)
		was, is := internal[apps.DaemonSet](t, before), internal[apps.DaemonSet](t, after)
		prepareDaemon(was, is)
		patch, err := yaml.Marshal([]map[string]any{
			{"op": "replace", "path": "/spec", "value": after.Spec}, {"op": "replace", "path": "/metadata", "value": after.ObjectMeta},
		})
		if err != nil {
			t.Fatal(err)
		}
		e, err := changes.Patch{Text: string(patch)}.Apply(changes.Target{Object: before, Now: time.Unix(1, 0), Profile: kubeversion.Latest()})
		if err != nil {
			continue // the name or the namespace is another one
		}
		count, _ := strconv.ParseInt(e.After.GetAnnotations()[appsv1.DeprecatedTemplateGeneration], 10, 64)
		if e.After.GetGeneration() != is.Generation || count != is.Spec.TemplateGeneration {
			t.Fatalf("%s:\nserver generation %d, template %d\n  ours generation %d, template %d", what,
				is.Generation, is.Spec.TemplateGeneration, e.After.GetGeneration(), count)
		}
		moved[[2]bool{is.Generation > before.Generation, is.Spec.TemplateGeneration > was.Spec.TemplateGeneration}]++
	}
	for _, both := range [][2]bool{{false, false}, {true, false}, {true, true}} {
		if moved[both] < 20 {
			t.Errorf("generation and template counted %v in %d cases alone", both, moved[both])
		}
	}
}
