package simulate

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// read is the request of a sync that wants to know an object as it is now. No
// decision has it among its writes.
const read controller.Verb = "Get"

// setErrand is a sync of the ReplicaSet controller under way.
type setErrand struct {
	world  *world
	set    *set
	writes []controller.Write
	wakeAt time.Time
	// refused is a status that met another version of the ReplicaSet than the sync had
	// seen; it is tried once more.
	refused *controller.Write
}

func (w *world) newSetErrand(s *set, decision controller.Decision) *setErrand {
	e := &setErrand{world: w, set: s, wakeAt: decision.WakeAt}
	for _, write := range decision.Writes {
		switch {
		case write.Err != nil:
		case write.Verb == controller.Create:
			e.writes = append(e.writes, slowStart(write)...)
		default:
			e.writes = append(e.writes, write)
		}
	}
	return e
}

// slowStart cuts a creation of 20 pods into 1, 2, 4, 8 and 5: those of a batch go out
// side by side, the next batch when all are there.
// Follows replica_set.go slowStartBatch, v1.37.0.
func slowStart(write controller.Write) []controller.Write {
	var batches []controller.Write
	for size, left := 1, write.Count; left > 0; size *= 2 {
		write.Count = min(size, left)
		left -= write.Count
		batches = append(batches, write)
	}
	return batches
}

func (e *setErrand) next() (controller.Write, bool) {
	if len(e.writes) == 0 || e.set.deleted {
		return controller.Write{}, false
	}
	first := e.writes[0]
	e.writes = e.writes[1:]
	return first, true
}

func (e *setErrand) land(write controller.Write, index int) {
	switch {
	case e.set.deleted:
	case write.Verb == read:
		e.tryAgain()
	case write.Object.Kind == "ReplicaSet":
		e.landStatus(write)
	default:
		e.landPod(oneOf(write, index))
	}
}

func (e *setErrand) landPod(write controller.Write) {
	if write.Reason == controller.AdoptOrphan && !e.isOrphan(write.Pods[0]) {
		return // another one was faster
	}
	e.world.applyPodWrite(e.set, write)
	if write.Verb != controller.Patch {
		e.world.tellOf(e.world.replicaSets.client, e.set.events)
	}
}

func (e *setErrand) isOrphan(pod *controller.Pod) bool {
	return slices.Contains(e.world.orphans[e.set.rs.Namespace], pod)
}

// oneOf is one request of a write that is several.
func oneOf(write controller.Write, index int) controller.Write {
	write.Count = 1
	if len(write.Pods) > 0 {
		write.Pods = write.Pods[index : index+1]
	}
	return write
}

// landStatus stores a status. One that comes too late is tried once more on what is
// there then; where that is too late as well, the whole sync is.
// Follows replica_set_utils.go updateReplicaSetStatus, v1.37.0.
func (e *setErrand) landStatus(write controller.Write) {
	stored, err := e.world.answer(write)
	switch {
	case err == nil:
		e.world.happened++
		e.world.storeSet(e.set, stored.(*appsv1.ReplicaSet))
	case apierrors.IsConflict(err) && e.refused == nil:
		e.refused = &write
		e.writes = append(e.writes, controller.Write{Verb: read, Object: write.Object, Count: 1})
	default:
		e.world.replicaSets.add(e.set)
	}
}

// tryAgain puts the refused status on the ReplicaSet as it is now.
func (e *setErrand) tryAgain() {
	again := *e.refused
	body := *e.set.rs
	body.Status = again.Body.(*appsv1.ReplicaSet).Status
	again.Body = &body
	e.writes = append(e.writes, again)
}

func (e *setErrand) end() {
	e.world.replicaSets.end(e.set)
	e.world.wakeSet(e.set, e.wakeAt)
}
