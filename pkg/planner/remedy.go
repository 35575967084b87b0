package planner

import (
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
)

// mostRemedies bounds how many pods a remedy deletes, and so how often it is tried.
const mostRemedies = 20

// remedies finds out, for each workload that stalls at a pod, whether deleting that pod
// helps: by more simulations, one for each pod that turns out to block after the one
// before.
func (r Request) remedies(p *plan.Plan, edits []change.Edit, result simulate.Result, s *run) error {
	for i, e := range edits {
		w := &p.Workloads[i]
		end := outcomeOf(result, e.Ref)
		if w.Summary.Outcome != plan.Stalled || w.Verdict == plan.Rejected || end == nil || e.Ref.Kind == "DaemonSet" || end.Waits == nil {
			continue
		}
		found, err := r.remedy(e, *end, s.config)
		if err != nil {
			return err
		}
		w.Findings = append(w.Findings, found.findings(w, e, *end)...)
	}
	return nil
}

// remedy is the pods that have to be deleted after a change, in order, and what is then.
type remedy struct {
	pods    []*corev1.Pod
	end     simulate.Outcome
	profile kubeversion.Profile
	// made is set where a pod blocks that is as the forecast makes pods: deleting it makes
	// another one like it.
	made bool
}

func (r Request) remedy(e change.Edit, end simulate.Outcome, config simulate.Config) (remedy, error) {
	config.Begin, config.Report, config.Waits = nil, nil, nil
	alone := []change.Edit{e}
	changes := changesOf(alone)
	found := remedy{end: end, profile: r.Profile}
	for range mostRemedies {
		pod := r.blocking(found.end, found.pods)
		if pod == nil || !found.repairs(pod) {
			found.made = pod != nil || found.end.NewBroken > 0
			return found, nil
		}
		found.pods = append(found.pods, pod)
		changes = append(changes, simulate.Change{Before: pod})
		result, err := simulate.Run(r.only(alone), changes, config)
		if err != nil {
			return found, err
		}
		if o := outcomeOf(result, e.Ref); o != nil {
			found.end = *o
		}
		if found.works() {
			return found, nil
		}
	}
	return found, nil
}

func (f remedy) works() bool { return f.end.Settled || f.end.Held }

// blocking is the pod of the state that a stalled controller waits for, or nil where
// there is none that was not deleted already.
func (r Request) blocking(end simulate.Outcome, deleted []*corev1.Pod) *corev1.Pod {
	if end.Waits == nil || end.Waits.Object.Kind != "Pod" {
		return nil
	}
	for _, pod := range deleted {
		if cluster.RefOf(pod) == end.Waits.Object {
			return nil
		}
	}
	for _, pod := range r.State.Pods {
		if cluster.RefOf(pod) == end.Waits.Object && pod.DeletionTimestamp == nil {
			return pod
		}
	}
	return nil
}

// repairs reports whether a pod that is deleted does not come back as it is: it comes
// back at another revision, or not at all, or to another claim.
func (f remedy) repairs(pod *corev1.Pod) bool {
	if f.end.StatefulSet == nil {
		return true
	}
	set := statefulSetKind{f.end.StatefulSet}
	if !set.wants(pod.Name, 0, f.profile) {
		return true
	}
	next := set.Status.UpdateRevision
	if !set.wants(pod.Name, set.partition(), f.profile) {
		next = set.Status.CurrentRevision
	}
	if pod.Labels[appsv1.StatefulSetRevisionLabel] != next {
		return true
	}
	return f.claimTrouble(pod.Name) == "Terminating"
}

// claimTrouble says what is wrong with a claim of a pod, where it has any that is.
func (f remedy) claimTrouble(pod string) string {
	ordinal, _ := statefulset.Ordinal(pod)
	for _, claim := range f.end.Claims {
		for i := range f.end.StatefulSet.Spec.VolumeClaimTemplates {
			template := f.end.StatefulSet.Spec.VolumeClaimTemplates[i].Name
			if claim.Name == statefulset.ClaimName(template, f.end.StatefulSet.Name, ordinal) && troubleOf(claim) != "" {
				return troubleOf(claim)
			}
		}
	}
	return ""
}

// findings say what helps, and why no template can.
func (f remedy) findings(w *plan.Workload, e change.Edit, stalled simulate.Outcome) []plan.Finding {
	object := stalled.Waits.Object
	said := plan.Finding{Rule: "remedy", Severity: plan.Error, Object: &object}
	if !fails(*w) {
		said.Severity = plan.Warning
	}
	switch {
	case f.works() && len(f.pods) > 0:
		said.Message = f.words(!e.Changed())
		if waitsInOrder(e, object, f.profile) {
			said.Message += fmt.Sprintf(". The controller waits for %s and does not replace it, "+
				"whatever its template is (kubernetes issue 67250)", object.Name)
		}
	case f.made && f.claimTrouble(object.Name) == "" && waitsInOrder(e, object, f.profile):
		said.Severity = plan.Warning
		said.Message = fmt.Sprintf("no later change will repair %s by itself: the controller waits for it, "+
			"whatever its template is (kubernetes issue 67250); after such a change, delete it: %s",
			object.Name, deletion(object.Namespace, object.Name))
	default:
		return nil
	}
	return []plan.Finding{said}
}

// waitsInOrder reports whether a pod is wanted, and the pods after it have to wait for it.
func waitsInOrder(e change.Edit, pod cluster.Ref, profile kubeversion.Profile) bool {
	set, ok := kindOf(e.After).(statefulSetKind)
	return ok && set.Spec.PodManagementPolicy != appsv1.ParallelPodManagement && set.wants(pod.Name, 0, profile)
}

func (f remedy) words(unchanged bool) string {
	var names []string
	for _, pod := range f.pods {
		names = append(names, pod.Name)
	}
	then := "settles"
	if !f.end.Settled {
		then = "goes as far as it may"
	}
	what := "pod " + names[0]
	if len(names) > 1 {
		what = "pods " + strings.Join(names, ", ")
	}
	first := "after the change, "
	if unchanged {
		first = ""
	}
	return fmt.Sprintf(first+"delete %s: %s; then it %s after %s", what,
		deletion(f.pods[0].Namespace, names...), then, plan.ShortDuration(f.end.LastChange))
}

// deletion is the command that deletes pods.
func deletion(namespace string, names ...string) string {
	return "kubectl delete pod " + strings.Join(names, " ") + " -n " + namespace
}
