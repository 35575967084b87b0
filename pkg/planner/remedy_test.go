package planner_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// stuck is three pods, of which some are broken: by default all at the revision db:0 that
// came before the template's db:1.
type stuck struct {
	broken  []int
	updated []int // at the template's revision
	pods    int   // if not three
	intent  change.Intent
	edit    func(*appsv1.StatefulSet)
	leaving string // a claim that is being deleted
}

func (s stuck) request(t *testing.T) planner.Request {
	w := &randomSet{Rand: rand.New(rand.NewPCG(1, 1)), profile: kubeversion.Latest()}
	set := w.set()
	three := int32(3)
	set.Spec = appsv1.StatefulSetSpec{Replicas: &three, ServiceName: "db", Selector: set.Spec.Selector,
		Template: set.Spec.Template, VolumeClaimTemplates: set.Spec.VolumeClaimTemplates}
	if s.edit != nil {
		s.edit(set)
	}
	defaults.StatefulSet(set, w.profile)
	w.state = &cluster.Snapshot{StatefulSets: []*appsv1.StatefulSet{set}}
	var names [2]string
	for i, image := range []string{"db:0", "db:1"} {
		of := set.DeepCopy()
		of.Spec.Template.Spec.Containers[0].Image = image
		r, err := revision.NewControllerRevision(of, int64(i+1), w.profile)
		if err != nil {
			t.Fatal(err)
		}
		r.Namespace, r.UID = set.Namespace, types.UID(image)
		w.state.Revisions = append(w.state.Revisions, r)
		names[i] = r.Name
	}
	set.Status = appsv1.StatefulSetStatus{ObservedGeneration: 2, CurrentRevision: names[0], UpdateRevision: names[1]}
	for ordinal := range max(s.pods, 3) {
		w.pod(set, ordinal, names[0])
		w.state.Pods[ordinal].Status.Conditions[0].Status = corev1.ConditionTrue
	}
	for _, ordinal := range s.broken {
		w.state.Pods[ordinal].Status.Conditions[0].Status = corev1.ConditionFalse
	}
	for _, ordinal := range s.updated {
		w.state.Pods[ordinal].Labels[appsv1.StatefulSetRevisionLabel] = names[1]
	}
	for _, claim := range w.state.Claims {
		if claim.Name == s.leaving {
			claim.DeletionTimestamp = &w.state.Pods[0].CreationTimestamp
			claim.Finalizers = []string{"kubernetes.io/pvc-protection"}
		}
	}
	w.state.Sort()
	return planner.Request{State: w.state, Now: setNow, Profile: w.profile,
		Asks: []planner.Ask{{Ref: cluster.RefOf(set), Intent: s.intent}}}
}

func TestARemedyIsWhatWasTriedOut(t *testing.T) {
	image := change.Image{Container: "db", Image: "db:2"}
	const no = "no later change will repair "
	tests := []struct {
		name  string
		world stuck
		want  string // how the remedy starts; empty: there is none
	}{
		{"all is well", stuck{intent: image}, ""},
		{"a broken pod comes back at a new revision", stuck{broken: []int{2}, intent: image},
			"after the change, delete pod db-2: kubectl delete pod db-2 -n shop; then it settles after 3s. " +
				"The controller waits for db-2"},
		{"of several, each blocks in turn, the lowest first", stuck{broken: []int{0, 2}, intent: image},
			"after the change, delete pods db-0, db-2: kubectl delete pod db-0 db-2 -n shop; then it settles"},
		{"without a change as well", stuck{broken: []int{1}},
			"delete pod db-1: kubectl delete pod db-1 -n shop; then it settles"},
		{"a pod of the newest revision comes back as it is", stuck{broken: []int{2}, updated: []int{2}}, no + "db-2 by itself"},
		{"so does one that a partition keeps", stuck{broken: []int{0}, intent: change.Combine(image, change.Partition(2))},
			no + "db-0 by itself"},
		{"one above it does not", stuck{broken: []int{2}, intent: change.Combine(image, change.Partition(2))},
			"after the change, delete pod db-2: kubectl delete pod db-2 -n shop; then it goes as far as it may"},
		{"two pods that are not wanted", stuck{pods: 5, broken: []int{3, 4}, updated: []int{0, 1, 2, 3, 4}},
			"delete pod db-4: kubectl delete pod db-4 -n shop; then it settles after 2s"},
		{"a pod that keeps its own claim from going", stuck{broken: []int{1}, updated: []int{0, 1, 2}, leaving: "data-db-1"},
			"delete pod db-1: kubectl delete pod db-1 -n shop; then it settles"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := planner.Plan(test.world.request(t))
			if err != nil {
				t.Fatal(err)
			}
			said := ""
			for _, f := range p.Workloads[0].Findings {
				if f.Rule == "remedy" {
					said += f.Message
				}
			}
			if !strings.HasPrefix(said, test.want) || said == "" != (test.want == "") {
				t.Errorf("%s: %q, want %q", p.Workloads[0].Summary.Cause, said, test.want)
			}
		})
	}
}

func TestTheFloorIsWhatTheVersionKeeps(t *testing.T) {
	parallel := func(set *appsv1.StatefulSet) { set.Spec.PodManagementPolicy = appsv1.ParallelPodManagement }
	slow := func(set *appsv1.StatefulSet) { parallel(set); set.Spec.MinReadySeconds = 5 }
	onDelete := func(set *appsv1.StatefulSet) { set.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType }
	tests := []struct {
		name  string
		world stuck
		minor int
		want  int32
	}{
		{"in order one pod is missing", stuck{}, 37, 2},
		{"in order nothing goes while a pod is broken", stuck{broken: []int{0}}, 37, 2},
		{"a Parallel update takes one more than are broken", stuck{broken: []int{0}, edit: parallel}, 36, 1},
		{"unless maxUnavailable counts", stuck{broken: []int{0}, edit: parallel}, 37, 2},
		{"up to 1.33 it does not wait for minReadySeconds", stuck{edit: slow}, 33, 0},
		{"from 1.34 on it does", stuck{edit: slow}, 34, 2},
		{"OnDelete takes none", stuck{edit: onDelete}, 37, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.world.intent = change.Image{Container: "db", Image: "db:2"}
			request := test.world.request(t)
			request.Profile = kubeversion.NewProfile(kubeversion.Version{Minor: test.minor})
			p, err := planner.Plan(request)
			if err != nil {
				t.Fatal(err)
			}
			if s := p.Workloads[0].Summary; s.Floor != test.want || *s.MinAvailable < s.Floor {
				t.Errorf("floor %d, want %d; lowest %d", s.Floor, test.want, *s.MinAvailable)
			}
		})
	}
}

func TestVerdictsOfStatefulSets(t *testing.T) {
	onDelete := func(set *appsv1.StatefulSet) { set.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType }
	held := func(set *appsv1.StatefulSet) {
		three := int32(3)
		set.Spec.UpdateStrategy = appsv1.StatefulSetUpdateStrategy{Type: appsv1.RollingUpdateStatefulSetStrategyType,
			RollingUpdate: &appsv1.RollingUpdateStatefulSetStrategy{Partition: &three}}
	}
	all := []int{0, 1, 2}
	image := change.Image{Container: "db", Image: "db:2"}
	tests := []struct {
		name     string
		world    stuck
		want     plan.Verdict
		outcome  plan.Outcome
		restarts int32
	}{
		{"nothing", stuck{updated: all}, plan.NoChange, plan.Settled, 0},
		{"a rollout under way", stuck{updated: []int{2}}, plan.Continues, plan.Settled, 2},
		{"a new image", stuck{updated: all, intent: image}, plan.RollingUpdate, plan.Settled, 3},
		{"a new image and a new size", stuck{updated: all, intent: change.Combine(image, change.Scale{Replicas: 2})},
			plan.RollingUpdate, plan.Settled, 2},
		{"a new image that a partition keeps away", stuck{updated: all, edit: held, intent: image}, plan.RollingUpdate, plan.Held, 0},
		{"a partition that lets pods go", stuck{edit: held, intent: change.Partition(1)}, plan.RollingUpdate, plan.Held, 2},
		{"a partition that has nothing to keep", stuck{updated: all, edit: held, intent: change.Partition(1)}, plan.InPlace, plan.Settled, 0},
		{"a size", stuck{updated: all, intent: change.Scale{Replicas: 5}}, plan.Scale, plan.Settled, 0},
		{"another first ordinal", stuck{updated: all, intent: change.Patch{Text: `{"spec":{"ordinals":{"start":1}}}`}},
			plan.Scale, plan.Settled, 0},
		{"minReadySeconds", stuck{updated: all, intent: change.Patch{Text: `{"spec":{"minReadySeconds":1}}`}}, plan.InPlace, plan.Settled, 0},
		{"OnDelete", stuck{updated: all, edit: onDelete, intent: image}, plan.OnDelete, plan.Held, 0},
		{"from OnDelete to RollingUpdate", stuck{edit: onDelete,
			intent: change.Patch{Text: `{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}`}}, plan.RollingUpdate, plan.Settled, 3},
		{"another way to write a number", stuck{updated: all, intent: change.Patch{Text: `{"spec":{"template":{"spec":{"containers":` +
			`[{"name":"db","resources":{"limits":{"cpu":"1"}}}]}}}}`}}, plan.RollingUpdate, plan.Settled, 3},
		{"what the API refuses", stuck{intent: change.Patch{Text: `{"spec":{"serviceName":"x"}}`}}, plan.Rejected, plan.Stalled, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := planner.Plan(test.world.request(t))
			if err != nil {
				t.Fatal(err)
			}
			w := p.Workloads[0]
			if w.Verdict != test.want || w.Summary.Outcome != test.outcome || w.Restarts != test.restarts {
				t.Errorf("%s %s with %d restarts (%s), want %s %s with %d", w.Verdict, w.Summary.Outcome, w.Restarts,
					w.Summary.Cause, test.want, test.outcome, test.restarts)
			}
		})
	}
}
