package planner_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

// TestRandomDaemonSets plans changes of random DaemonSets and of their nodes, in all
// versions, and holds the plans to what is true of every one.
func TestRandomDaemonSets(t *testing.T) {
	for seed := range uint64(1000) {
		w := &randomDaemon{Rand: rand.New(rand.NewPCG(seed, 3))}
		request := w.request(t)
		p, err := planner.Plan(request)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, w.said, err)
		}
		for _, rule := range []func(*plan.Workload) error{
			w.keepsItsFloor, hasACause, endsOnItsTargets, sweepsEachNodeOnce,
		} {
			if err := rule(&p.Workloads[0]); err != nil {
				t.Errorf("seed %d: %s of %s: %v", seed, p.Workloads[0].Verdict, w.said, err)
			}
		}
	}
}

// randomDaemon draws DaemonSets, their nodes and what happens to both.
type randomDaemon struct {
	*rand.Rand
	said   string
	breaks bool // a node breaks with the change, which no controller keeps anything from
}

func (w *randomDaemon) request(t *testing.T) planner.Request {
	minor := kubeversion.Oldest + w.IntN(kubeversion.Newest-kubeversion.Oldest+1)
	profile := kubeversion.NewProfile(kubeversion.Version{Minor: minor})
	set := w.set()
	defaults.DaemonSet(set, profile)
	state := &cluster.Snapshot{DaemonSets: []*appsv1.DaemonSet{set}}
	for i := range 2 + w.IntN(30) {
		state.Nodes = append(state.Nodes, w.node(i))
	}
	state.Sort()
	r := planner.Request{State: state, Profile: profile, Now: setNow, Asks: []planner.Ask{{Ref: cluster.RefOf(set)}}}
	w.said = fmt.Sprintf("%d nodes, %v, 1.%d", len(state.Nodes), set.Spec.UpdateStrategy, minor)
	if w.IntN(4) > 0 {
		r.Asks[0].Intent = w.intent()
	}
	for range w.IntN(3) {
		r.Nodes = append(r.Nodes, w.nodeChange(t, len(state.Nodes), len(r.Nodes)))
	}
	return r
}

func (w *randomDaemon) set() *appsv1.DaemonSet {
	set := &appsv1.DaemonSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "agent", UID: "ds", Generation: 1},
	}
	set.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "agent"}}
	set.Spec.Template.Labels = set.Spec.Selector.MatchLabels
	set.Spec.Template.Spec.Containers = []corev1.Container{{Name: "agent", Image: "agent:1"}}
	set.Spec.MinReadySeconds = int32(w.IntN(2) * 5)
	if w.IntN(2) == 0 {
		set.Spec.Template.Spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	}
	missing, extra := w.amount(), intstr.FromInt32(0)
	if w.IntN(3) == 0 {
		missing, extra = extra, missing
	}
	set.Spec.UpdateStrategy = appsv1.DaemonSetUpdateStrategy{
		Type:          appsv1.RollingUpdateDaemonSetStrategyType,
		RollingUpdate: &appsv1.RollingUpdateDaemonSet{MaxUnavailable: &missing, MaxSurge: &extra},
	}
	if w.IntN(6) == 0 {
		set.Spec.UpdateStrategy = appsv1.DaemonSetUpdateStrategy{Type: appsv1.OnDeleteDaemonSetStrategyType}
	}
	return set
}

func (w *randomDaemon) amount() intstr.IntOrString {
	if w.IntN(2) == 0 {
		return intstr.FromString(fmt.Sprintf("%d%%", 1+w.IntN(40)))
	}
	return intstr.FromInt32(int32(1 + w.IntN(4)))
}

func (w *randomDaemon) node(i int) *corev1.Node {
	node := &corev1.Node{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("n%02d", i), Labels: map[string]string{"disk": "ssd"}},
	}
	status := corev1.ConditionTrue
	switch w.IntN(8) {
	case 0:
		status = corev1.ConditionFalse
	case 1:
		node.Spec.Taints = []corev1.Taint{{Key: "dedicated", Effect: corev1.TaintEffectNoSchedule}}
	}
	node.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: status}}
	return node
}

func (w *randomDaemon) intent() change.Intent {
	switch w.IntN(3) {
	case 0:
		return change.Patch{Text: `{"spec":{"template":{"spec":{"nodeSelector":{"disk":"hdd"}}}}}`}
	case 1:
		return change.Patch{Text: `{"spec":{"template":{"spec":{"tolerations":[]}}}}`}
	}
	return change.Restart{}
}

func (w *randomDaemon) nodeChange(t *testing.T, count, number int) change.NodeChange {
	verbs := []string{"add:m%02d", "remove:n%02d", "cordon:n%02d", "taint:n%02d=a=b:NoExecute", "taint:n%02d=a=b:NoSchedule",
		"label:n%02d=disk=hdd", "not-ready:n%02d"}
	verb := w.IntN(len(verbs))
	w.breaks = w.breaks || verb == len(verbs)-1 || verb == 1
	node := w.IntN(count)
	if number > 0 { // never the same node again
		verb, node = 0, 50+number
	}
	text := fmt.Sprintf(verbs[verb], node)
	w.said += ", " + text
	c, err := change.ParseNodeChange(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *randomDaemon) keepsItsFloor(wl *plan.Workload) error {
	low := wl.Summary.MinAvailable
	if low == nil || w.breaks || *low >= wl.Summary.Floor {
		return nil
	}
	return fmt.Errorf("%d available, floor %d", *low, wl.Summary.Floor)
}

func hasACause(w *plan.Workload) error {
	if w.Summary.Outcome != plan.Settled && w.Summary.Cause == "" {
		return fmt.Errorf("it ends as %s without a cause", w.Summary.Outcome)
	}
	return nil
}

// endsOnItsTargets: what the forecast ends with is what the targets say without one.
func endsOnItsTargets(w *plan.Workload) error {
	targets := plan.Summarize(w.Targets)
	if w.Summary.Outcome != plan.Settled || len(w.Summary.Except) > 0 {
		return nil
	}
	if total := int(w.Moments.End.Total); total != targets.WillRun {
		return fmt.Errorf("it ends with %d pods, the targets say %d", total, targets.WillRun)
	}
	return nil
}

// sweepsEachNodeOnce: no node is gone through twice, since nothing fails here.
func sweepsEachNodeOnce(w *plan.Workload) error {
	seen := map[string]bool{}
	restarted := int32(0)
	for _, s := range w.Sweeps {
		for _, node := range s.Nodes {
			if seen[node] {
				return fmt.Errorf("node %s is swept twice", node)
			}
			seen[node] = true
			if s.Action == plan.PodRestarted {
				restarted++
			}
		}
	}
	if w.Summary.Outcome == plan.Settled && len(w.Summary.Except) == 0 && restarted != w.Restarts {
		return fmt.Errorf("%d nodes are restarted, the verdict says %d", restarted, w.Restarts)
	}
	return nil
}
