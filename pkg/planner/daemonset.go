package planner

import (
	"bytes"
	"fmt"
	"math"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// daemonSetKind is what a plan knows of DaemonSets; targets.go says which nodes they are
// for, daemonset_facts.go what the checks need.
type daemonSetKind struct{ *appsv1.DaemonSet }

// replicas is nothing that a DaemonSet has: how many pods are wanted depends on the nodes,
// and comes from the simulation (see fill).
func (d daemonSetKind) replicas() int32                   { return 0 }
func (d daemonSetKind) template() *corev1.PodTemplateSpec { return &d.Spec.Template }

func (d daemonSetKind) mostPods() int64 {
	return int64(max(d.Status.DesiredNumberScheduled, d.Status.CurrentNumberScheduled))
}

func (d daemonSetKind) rollsPods() bool {
	return d.Spec.UpdateStrategy.Type == appsv1.RollingUpdateDaemonSetStrategyType
}

// rolls: besides a new template, a strategy that lets old pods go that the one before held.
// Without either, nodes can come and go.
func (d daemonSetKind) rolls(m move) (plan.Verdict, bool) {
	before, _ := kindOf(m.Before).(daemonSetKind)
	freed := d.rollsPods() && !before.rollsPods() && m.begin.OldSize > 0
	switch {
	case !freed && !d.newRevision(before, m.profile):
		return plan.Scale, m.moves()
	case d.rollsPods():
		return plan.RollingUpdate, true
	}
	return plan.OnDelete, true
}

func (d daemonSetKind) newRevision(before daemonSetKind, profile kubeversion.Profile) bool {
	old, err := revision.DaemonData(&before.Spec.Template, profile)
	if err != nil {
		return true
	}
	data, err := revision.DaemonData(&d.Spec.Template, profile)
	return err != nil || !bytes.Equal(old, data)
}

// moves reports whether nodes are gained or lost.
func (m move) moves() bool { return m.targets.Gained+m.targets.Lost > 0 }

// restarts are the pods at old revisions on nodes that keep one.
func (d daemonSetKind) restarts(m move) int32 {
	if !d.rollsPods() || m.verdict == plan.Create {
		return 0
	}
	return min(m.begin.OldSize, int32(m.targets.WillRun-m.targets.Gained))
}

// floor is what an update leaves available. Pods on nodes that are lost go at once, those
// that are missing anyway use up what may be missing. Up to 1.29 the controller takes as
// many healthy pods beside those that are not.
func (d daemonSetKind) floor(m move) int32 {
	kept := max(m.begin.Before.Available-int32(m.targets.Lost), 0)
	if m.replaced == 0 {
		return kept
	}
	most := d.maxUnavailable(m)
	if !m.profile.CountsUnavailableOldPods() {
		return max(kept-most, 0)
	}
	return max(min(kept, m.begin.After.Desired-most), 0)
}

// maxUnavailable is how many nodes may lack an available pod, of those wanted after the
// change.
func (d daemonSetKind) maxUnavailable(m move) int32 {
	most, err := daemonset.MaxUnavailable(d.DaemonSet, int(m.begin.After.Desired))
	if err != nil {
		return math.MaxInt32 // nothing rolls: the controller fails
	}
	return int32(most)
}

func (d daemonSetKind) maxSurge(m move) int32 {
	most, err := daemonset.MaxSurge(d.DaemonSet, int(m.begin.After.Desired))
	if err != nil {
		return 0
	}
	return int32(most)
}

// strategy depends on how many nodes there are: see fill.
func (d daemonSetKind) strategy(kubeversion.Profile) *plan.Strategy { return nil }

// fill says how many pods are wanted, and how many nodes go at once.
func (d daemonSetKind) fill(w *plan.Workload, m move) {
	w.Waves = nil // its rows are its nodes
	w.Targets = m.nodes
	if m.After == nil {
		return
	}
	w.Replicas = m.begin.After.Desired
	w.Summary.Except = m.end.Except
	w.Findings = append(w.Findings, m.stay()...)
	w.Strategy = &plan.Strategy{
		Type: string(d.Spec.UpdateStrategy.Type), MaxSurge: d.maxSurge(m), MaxUnavailable: d.maxUnavailable(m),
	}
	switch {
	case m.verdict == plan.OnDelete:
		w.Strategy.Words = changesWhenDeleted(m.old())
	case d.rollsPods():
		w.Strategy.Words = d.words(w.Strategy, m.begin.After.Desired)
	}
}

// stay says of nodes that change and keep their pod why they do: they are cordoned, or have
// a taint that is tolerated.
func (m move) stay() []plan.Finding {
	const most = 5
	var found []plan.Finding
	for _, t := range m.nodes {
		if m.changed[t.Node] && t.Runs && t.WillRun && t.Reason != "" && len(found) < most {
			found = append(found, plan.Finding{Rule: "node-change", Severity: plan.Info,
				Message: "the pod on " + t.Node + " stays: " + t.Reason})
		}
	}
	return found
}

// words say what is allowed: "13 of 164 nodes may lack a pod (8% up)".
func (d daemonSetKind) words(s *plan.Strategy, desired int32) string {
	rolling := d.Spec.UpdateStrategy.RollingUpdate
	var up, down string
	if rolling != nil && rolling.MaxSurge != nil {
		up = percent(rolling.MaxSurge.String(), " up")
	}
	if rolling != nil && rolling.MaxUnavailable != nil {
		down = percent(rolling.MaxUnavailable.String(), " up")
	}
	switch {
	case desired == 0:
		return "no node is to have a pod"
	case s.MaxSurge > 0:
		return fmt.Sprintf("%d of %d nodes may have an extra pod%s", s.MaxSurge, desired, up)
	}
	return fmt.Sprintf("%d of %d nodes may lack a pod%s", s.MaxUnavailable, desired, down)
}
