package recording_test

import (
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// stateful is a StatefulSet and what is stored with it.
type stateful struct {
	set       *appsv1.StatefulSet
	revisions []*appsv1.ControllerRevision
	claims    []*corev1.PersistentVolumeClaim
}

func (s *stateful) copied() *stateful {
	if s == nil {
		return nil
	}
	other := &stateful{set: s.set.DeepCopy()}
	for _, revision := range s.revisions {
		other.revisions = append(other.revisions, revision.DeepCopy())
	}
	for _, claim := range s.claims {
		other.claims = append(other.claims, claim.DeepCopy())
	}
	return other
}

// claimAction is what an event means for a claim; empty: nothing that a forecast tells,
// as that a volume came or went.
func (p part) claimAction(e recording.Event) timeline.Action {
	switch {
	case e.By == timeline.StatefulSetController && e.Before == nil:
		return timeline.Create
	case e.By == timeline.StatefulSetController:
		return timeline.Patch
	case e.By == timeline.GarbageCollector, e.After == nil && p.beganWithout(e.Ref().Name):
		return timeline.Delete
	}
	return ""
}

// beganWithout reports whether a claim was on its way out when the part began: that it
// goes is then all that there is to tell.
func (p part) beganWithout(claim string) bool {
	first, ok := named(p.states[p.first].Claims, claim)
	return ok && first.DeletionTimestamp != nil
}

// comesAndGoes is how many pods were created and deleted.
func (c *comparison) comesAndGoes() int {
	n := 0
	for _, h := range c.recorded.happenings {
		if h.pod != "" && (h.what == timeline.Create || h.what == timeline.Delete) {
			n++
		}
	}
	return n
}

// compareClaims compares when claims were created, given to other owners and deleted.
func (c *comparison) compareClaims() {
	c.compareTimes(claimsOf(c.recorded), claimsOf(c.simulated))
}

func claimsOf(r rollout) map[string][]time.Duration {
	when := map[string][]time.Duration{}
	for _, h := range r.happenings {
		if h.claim != "" {
			what := string(h.what) + " of claim " + h.claim
			when[what] = append(when[what], h.at)
		}
	}
	return when
}

// compareStateful compares what is stored at the end.
func (c *comparison) compareStateful() {
	options := asStored()
	recorded, simulated := c.recorded.stateful, c.simulated.stateful
	if diff := cmp.Diff(recorded.set, simulated.set, options...); diff != "" {
		c.report("the StatefulSet at the end (-recorded +simulated)\n%s", diff)
	}
	if diff := cmp.Diff(recorded.revisions, simulated.revisions, options...); diff != "" {
		c.report("the revisions at the end (-recorded +simulated)\n%s", diff)
	}
	if diff := cmp.Diff(ownersOf(recorded.claims), ownersOf(simulated.claims)); diff != "" {
		c.report("the claims at the end and their owners (-recorded +simulated)\n%s", diff)
	}
}

// ownersOf are the claims that there are, each with its owners.
func ownersOf(claims []*corev1.PersistentVolumeClaim) map[string][]string {
	owners := map[string][]string{}
	for _, claim := range claims {
		owners[claim.Name] = []string{}
		for _, owner := range claim.OwnerReferences {
			owners[claim.Name] = append(owners[claim.Name], owner.Kind+"/"+owner.Name)
		}
	}
	return owners
}

// byName are the latencies of pods that come again under their names: of each name the
// first pod that becomes ready took as long as the first of its list.
type byName struct {
	ready, gone map[string]*[]kubelet.Fixed
	others      kubelet.Fixed
}

// latenciesByName are those of the pods of a StatefulSet in a part.
func (p part) latenciesByName() byName {
	typical := p.typical()
	b := byName{map[string]*[]kubelet.Fixed{}, map[string]*[]kubelet.Fixed{}, typical}
	for _, l := range p.lives() {
		switch {
		case l.created >= p.next || l.ended >= 0 && l.ended < p.first:
			continue
		case l.created < p.first:
			took := p.remaining(l, typical)
			if !isReady(l.pod) {
				add(b.ready, l.pod.Name, took)
			}
			add(b.gone, l.pod.Name, took)
		default:
			took := p.whole(l, typical)
			add(b.ready, l.pod.Name, took)
			add(b.gone, l.pod.Name, took)
		}
	}
	return b
}

func add(to map[string]*[]kubelet.Fixed, name string, took kubelet.Fixed) {
	if to[name] == nil {
		to[name] = &[]kubelet.Fixed{}
	}
	*to[name] = append(*to[name], took)
}

func (b byName) Ready(birth kubelet.Birth) (time.Duration, bool) {
	return b.take(b.ready, birth).Ready(birth)
}

func (b byName) Gone(birth kubelet.Birth) time.Duration { return b.take(b.gone, birth).Gone(birth) }

func (b byName) take(from map[string]*[]kubelet.Fixed, birth kubelet.Birth) kubelet.Fixed {
	list := from[birth.Pod]
	if list == nil || len(*list) == 0 {
		return b.others
	}
	first := (*list)[0]
	*list = slices.Delete(*list, 0, 1)
	return first
}
