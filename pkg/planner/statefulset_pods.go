package planner

import (
	"fmt"
	"slices"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// fill says what becomes of each pod and its claims, and what the partition parts.
func (s statefulSetKind) fill(w *plan.Workload, m move) {
	w.Waves = nil // its rows are its pods
	if m.After == nil {
		return
	}
	roster := roster{statefulSetKind: s, move: m, turns: map[string][]*plan.Turn{}}
	for i := range w.Turns {
		turn := &w.Turns[i]
		if turn.Action == plan.PodDeleted && roster.wants(turn.Pod) {
			turn.Action = plan.PodRestarted // it has not come back
		}
		roster.turns[turn.Pod] = append(roster.turns[turn.Pod], turn)
	}
	for _, name := range roster.names() {
		w.Pods = append(w.Pods, roster.pod(name))
	}
	switch m.verdict {
	case plan.RollingUpdate:
		if s.partition() > 0 && w.Strategy != nil {
			w.Strategy.Words += ", " + roster.parted(w.Pods)
		}
	case plan.OnDelete:
		if w.Strategy != nil {
			w.Strategy.Words = changesWhenDeleted(m.old())
		}
	}
}

func changesWhenDeleted(old int32) string {
	if old == 1 {
		return "1 pod changes when somebody deletes it"
	}
	return fmt.Sprintf("each of %d pods changes when somebody deletes it", old)
}

// roster is the pods of a StatefulSet: those that are there and those that are wanted.
type roster struct {
	statefulSetKind
	move
	turns map[string][]*plan.Turn
}

func (r roster) wants(name string) bool { return r.statefulSetKind.wants(name, 0, r.profile) }

// names lists all pods by ordinal.
func (r roster) names() []string {
	names := []string{}
	for i := range int(*r.Spec.Replicas) {
		ordinal := statefulset.StartOrdinal(r.StatefulSet, r.profile) + i
		names = append(names, statefulset.PodName(r.StatefulSet, ordinal))
	}
	for name := range r.begin.Pods {
		if !r.wants(name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		one, _ := statefulset.Ordinal(a)
		other, _ := statefulset.Ordinal(b)
		return one - other
	})
	return names
}

func (r roster) pod(name string) plan.Pod {
	ordinal, _ := statefulset.Ordinal(name)
	p := plan.Pod{Name: name, Ordinal: ordinal, Action: r.action(name), Revision: r.begin.Pods[name]}
	if service := r.Spec.ServiceName; service != "" {
		p.DNS = name + "." + service + "." + r.Namespace + ".svc"
	}
	if turns := r.turns[name]; len(turns) > 0 {
		p.At = turns[0].At.String()
		if p.Action != plan.PodDeleted {
			p.From, p.Revision = p.Revision, r.revision(turns[len(turns)-1])
		}
	}
	for i := range r.Spec.VolumeClaimTemplates {
		claim := statefulset.ClaimName(r.Spec.VolumeClaimTemplates[i].Name, r.Name, ordinal)
		p.Claims = append(p.Claims, plan.Claim{Name: claim, Action: r.claim(claim, p.Action)})
	}
	return p
}

// revision is that at which a pod comes back.
func (r roster) revision(turn *plan.Turn) string {
	set := r.end.StatefulSet
	if set == nil {
		return ""
	}
	if turn.Old {
		return set.Status.CurrentRevision
	}
	return set.Status.UpdateRevision
}

func (r roster) action(name string) plan.PodAction {
	_, there := r.begin.Pods[name]
	turns := r.turns[name]
	switch {
	case len(turns) == 0 && there:
		return plan.PodKept
	case len(turns) == 0:
		return plan.PodMissing
	case there && r.wants(name):
		return plan.PodRestarted
	case r.wants(name):
		return plan.PodCreated
	}
	return turns[len(turns)-1].Action
}

// claim says what becomes of a claim: one that a new pod needs and that is not created
// was there before.
func (r roster) claim(name string, pod plan.PodAction) plan.ClaimAction {
	if action, ok := r.claims[name]; ok {
		return action
	}
	if pod == plan.PodCreated {
		return plan.ClaimReused
	}
	return plan.ClaimKept
}

// parted says which pods a partition lets move and which stay: "partition 3: db-4 and
// db-3 move to revision db-6d9f, db-2 to db-0 stay on db-7c8b".
func (r roster) parted(pods []plan.Pod) string {
	var moving, staying []string
	on := map[string]bool{}
	for _, p := range slices.Backward(pods) {
		switch {
		case !r.wants(p.Name):
		case r.statefulSetKind.wants(p.Name, r.partition(), r.profile):
			moving = append(moving, p.Name)
		default:
			staying = append(staying, p.Name)
			on[p.Revision] = true
		}
	}
	words := fmt.Sprintf("partition %d: ", r.partition())
	if len(moving) > 0 {
		words += enumerated(moving) + verb(moving, " moves", " move")
		if set := r.end.StatefulSet; set != nil {
			words += " to revision " + set.Status.UpdateRevision
		}
		words += ", "
	} else {
		words += "no pod moves, "
	}
	if len(staying) == 0 {
		return words + "no pod stays"
	}
	words += enumerated(staying) + verb(staying, " stays", " stay")
	if len(on) != 1 || on[""] {
		return words + " as they are"
	}
	for revision := range on {
		words += " on " + revision
	}
	return words
}

func verb(names []string, one, many string) string {
	if len(names) == 1 {
		return one
	}
	return many
}

// enumerated is "db-4", "db-4 and db-3", or "db-4 to db-0".
func enumerated(names []string) string {
	switch last := names[len(names)-1]; len(names) {
	case 1:
		return last
	case 2:
		return names[0] + " and " + last
	default:
		return names[0] + " to " + last
	}
}
