package validation_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/conformance/defaulting"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

const objects = 10_000

// Each object has one or two values changed. Fields, not texts, are what must agree.
func TestMistakesAreRefusedWhereTheServerRefusesThem(t *testing.T) {
	allowPrivileged()
	dice := rand.New(rand.NewPCG(uint64(defaulting.Seed(t)), 0))
	refused, reached := 0, map[string]bool{}
	stored := []*appsv1.Deployment{decode(t, plain), decode(t, rich), decode(t, rich), decode(t, rich)}
	for range objects {
		before := pick(dice, stored...)
		d := before.DeepCopy()
		var changes []string
		for range 1 + dice.IntN(2) {
			changes = append(changes, breakOne(d, dice))
		}
		what := strings.Join(changes, "; ")
		wanted := compareAll(t, what, before, d)
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
}

// compareAll compares the four verbs and returns what the server refuses to create.
func compareAll(t *testing.T, what string, before, after *appsv1.Deployment) []string {
	profile := kubeversion.Latest()
	server, ours := after.DeepCopy(), after.DeepCopy()
	stored := before.DeepCopy()
	defaults.Deployment(ours, profile)
	defaults.Deployment(stored, profile)
	fillRequest(server)
	wanted := serverCreates(t, server)
	same(t, "creating the Deployment: "+what, wanted, ourFields(validate.Deployment(ours, profile)))
	same(t, "creating the ReplicaSet: "+what, serverCreatesSet(t, asSet(server)),
		ourFields(validate.ReplicaSet(asSet(ours), profile)))
	fillUpdate(before, server)
	same(t, "changing the Deployment: "+what, serverUpdates(t, before, server),
		ourFields(validate.DeploymentUpdate(stored, ours, profile)))
	same(t, "changing the ReplicaSet: "+what, serverUpdatesSet(t, asSet(before), asSet(server)),
		ourFields(validate.ReplicaSetUpdate(asSet(stored), asSet(ours), profile)))
	return wanted
}

// fillRequest does what a server does with a request before it validates.
func fillRequest(d *appsv1.Deployment) {
	if d.Namespace == "" {
		d.Namespace = "shop"
	}
	if d.Name == "" && d.GenerateName != "" {
		d.Name = "generated"
	}
}

// fillUpdate takes from the stored object what a request may leave out.
func fillUpdate(before, after *appsv1.Deployment) {
	if after.UID == "" {
		after.UID = before.UID
	}
	after.ResourceVersion = "1"
}

func same(t *testing.T, what string, server, ours []string) {
	t.Helper()
	if !slices.Equal(server, ours) {
		t.Errorf("%s\nserver refuses %q\n  ours refuses %q", what, server, ours)
	}
}

// Objects with anything in them: what we refuse, the server refuses too.
func TestNothingIsRefusedThatTheServerTakes(t *testing.T) {
	allowPrivileged()
	g := defaulting.NewGenerator(defaulting.Seed(t))
	profile, selector := kubeversion.Latest(), decode(t, plain).Spec.Selector
	for i := range 2_000 {
		d := readable(t, g.Deployment())
		if d.Spec.Selector != nil {
			d.Spec.Selector = selector
		}
		ours := d.DeepCopy()
		defaults.Deployment(ours, profile)
		fillRequest(d)
		server := serverCreates(t, d)
		for _, path := range ourFields(validate.Deployment(ours, profile)) {
			if !slices.Contains(server, path) {
				text, _ := yaml.Marshal(d)
				t.Fatalf("object %d: we refuse %s, the server does not:\n%s", i, path, text)
			}
		}
	}
}

// readable takes the way over the wire and drops what cannot be converted.
func readable(t *testing.T, drawn *appsv1.Deployment) *appsv1.Deployment {
	t.Helper()
	data, err := json.Marshal(drawn)
	if err != nil {
		t.Fatal(err)
	}
	d := &appsv1.Deployment{}
	if err := json.Unmarshal(data, d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestValidWorkloadsPass(t *testing.T) {
	allowPrivileged()
	for _, text := range []string{plain, rich} {
		d := decode(t, text)
		server := fmt.Sprint(serverCreates(t, d))
		defaults.Deployment(d, kubeversion.Latest())
		if ours := validate.Deployment(d, kubeversion.Latest()); len(ours) > 0 || server != "[]" {
			t.Errorf("ours %v, the server's %s", ours, server)
		}
	}
}
