package statefulset

import (
	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// place is where the pod with an ordinal stands, with what counts of that pod.
type place struct {
	ordinal  int
	pod      *controller.Pod // nil: there is none
	revision *revisionPods   // that the pod's label names; nil without a pod

	ready       bool // running and ready
	available   bool // ready for minReadySeconds, whether it runs or not
	terminating bool
	finished    bool
	// tidy: identity, volumes and claims were found to be as they should. That stays so
	// until something tells otherwise.
	tidy bool
}

// revisionPods is how many pods there are whose label names a revision.
type revisionPods struct{ all, staying int32 }

// placeMarks are the places that a sync has something to do for, or to wait for. With them
// it need not look at the others. All but the last three are of wanted ones.
type placeMarks struct {
	missing     marks // no pod
	untidy      marks // a pod is missing, has ended, or may have to be repaired
	unsteady    marks // in order nothing after it may follow: untidy, not available, terminating
	unavailable marks // no pod that is available and stays
	old         marks // a pod of another revision than the one to update to
	oldBroken   marks // of these: it stays and is not available
	oldServing  marks // of these: it stays and is available

	condemned        marks // not wanted, and there is a pod
	condemnedStaying marks // of these: it is not terminating
	condemnedUntidy  marks // of these: the owners of its claims may have to be corrected
}

func newPlaceMarks(places int) placeMarks {
	var m placeMarks
	for _, each := range []*marks{
		&m.missing, &m.untidy, &m.unsteady, &m.unavailable, &m.old, &m.oldBroken, &m.oldServing,
		&m.condemned, &m.condemnedStaying, &m.condemnedUntidy,
	} {
		*each = newMarks(places)
	}
	return m
}

// isUnavailable reports whether a place has no pod that is available and stays. Up to
// v1.33 being ready was enough.
// Follows stateful_set_utils.go isUnavailable, v1.37.0, and isHealthy, v1.33.13.
func (s *PodSet) isUnavailable(at int) bool {
	p := &s.places[at]
	healthy := p.available
	if s.shape.healthyWhenReady {
		healthy = p.ready
	}
	return !healthy || p.terminating
}

// mark marks a place by what it holds.
func (s *PodSet) mark(at int) {
	p := &s.places[at]
	there, wanted := p.pod != nil, s.wanted.has(at)
	staying := there && !p.terminating
	old := wanted && there && p.revision != s.update
	s.missing.set(at, wanted && !there)
	s.untidy.set(at, wanted && (p.finished || !p.tidy))
	s.unsteady.set(at, wanted && !(staying && p.ready && p.available && p.tidy))
	s.unavailable.set(at, wanted && s.isUnavailable(at))
	s.old.set(at, old)
	s.oldBroken.set(at, old && staying && !p.available)
	s.oldServing.set(at, old && staying && p.available)
	s.condemned.set(at, !wanted && there)
	s.condemnedStaying.set(at, !wanted && staying)
	s.condemnedUntidy.set(at, !wanted && there && !p.tidy)
}

// put makes a pod, or nil, stand at a place.
func (s *PodSet) put(at int, pod *controller.Pod) {
	s.alter(at, func(p *place) {
		*p = place{ordinal: p.ordinal, pod: pod}
		if pod != nil {
			p.revision = s.atRevision(pod.Labels[appsv1.StatefulSetRevisionLabel])
			p.read()
		}
	})
}

// changed counts a pod anew whose record changed.
func (s *PodSet) changed(pod *controller.Pod) {
	if at, ok := s.holds(pod); ok {
		s.alter(at, func(p *place) {
			p.read()
			p.available = p.available && pod.Ready
		})
	}
}

// read takes over what the record of the pod says.
func (p *place) read() {
	p.ready = p.pod.Ready && p.pod.Phase == controller.Running
	p.terminating = p.pod.Terminating
	p.finished = p.pod.Phase == controller.Finished
}

// setTidy records that a pod was found to be as it should, or that it may be no longer.
func (s *PodSet) setTidy(at int, tidy bool) {
	s.places[at].tidy = tidy
	s.mark(at)
}

// alter changes what a place holds, and with it the counts and marks.
func (s *PodSet) alter(at int, change func(*place)) {
	p := &s.places[at]
	s.count(p, -1)
	change(p)
	s.count(p, +1)
	s.mark(at)
}

// count adds the pod of a place to the running counts, or takes it out.
// Follows stateful_set_control.go computeReplicaStatus, v1.37.0.
func (s *PodSet) count(p *place, by int32) {
	if p.pod == nil {
		return
	}
	s.counts.Replicas += by
	if p.ready {
		s.counts.Ready += by
		if p.available {
			s.counts.Available += by
		}
	}
	p.revision.all += by
	if !p.terminating {
		p.revision.staying += by
	}
}

// atRevision returns the pods whose label names a revision.
func (s *PodSet) atRevision(name string) *revisionPods {
	pods, ok := s.byRevision[name]
	if !ok {
		pods = &revisionPods{}
		s.byRevision[name] = pods
	}
	return pods
}

// aim says which revision pods are to be at.
func (s *PodSet) aim(update string) {
	if pods := s.atRevision(update); pods != s.update {
		s.update = pods
		for at := range s.places {
			s.mark(at)
		}
	}
}
