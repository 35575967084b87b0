package simulate

import (
	"math/bits"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
)

// statefulErrand is a sync of the StatefulSet controller under way: its stages follow
// each other, the lanes of a stage run side by side.
type statefulErrand struct {
	world    *world
	of       *stateful
	decision controller.Decision
	stages   []stage
	running  int // lanes
	did      bool
}

// stage is a batch of pods: of each the writes that follow each other.
type stage struct {
	key   stageKey
	lanes [][]controller.Write
	byPod map[int]int // the lane of an ordinal
}

// stageKey tells what runs side by side. The zero key is for what does not.
type stageKey struct {
	reason controller.Reason
	batch  int
}

func (w *world) startStateful(s *stateful, decision controller.Decision) {
	w.statefulSets.start(s)
	e := &statefulErrand{world: w, of: s, decision: decision, stages: s.stages(w, decision.Writes)}
	e.proceed()
}

// stages cuts the writes of a sync into what follows each other and what goes out side
// by side. In order, all follow each other; in parallel, pods are created, repaired
// and deleted in batches of 1, 2, 4, … 500. Condemned pods that are terminating already
// are not counted in batches here.
// Follows stateful_set_control.go runForAll and slowStartBatch, v1.37.0.
func (s *stateful) stages(w *world, writes []controller.Write) []stage {
	var stages []stage
	for _, write := range writes {
		key, ordinal := s.stageOf(w, write, stages)
		if last := len(stages) - 1; last < 0 || stages[last].key != key {
			stages = append(stages, stage{key: key, byPod: map[int]int{}})
		}
		stages[len(stages)-1].add(ordinal, write)
	}
	return stages
}

func (st *stage) add(ordinal int, write controller.Write) {
	lane, ok := st.byPod[ordinal]
	if !ok {
		lane = len(st.lanes)
		st.byPod[ordinal] = lane
		st.lanes = append(st.lanes, nil)
	}
	st.lanes[lane] = append(st.lanes[lane], write)
}

// stageOf tells which stage a write belongs to, and the ordinal of its lane there.
func (s *stateful) stageOf(w *world, write controller.Write, before []stage) (stageKey, int) {
	ordinal, ok := statefulset.Ordinal(write.Object.Name)
	if !ok || s.set.Spec.PodManagementPolicy != appsv1.ParallelPodManagement {
		return stageKey{}, 0
	}
	index := ordinal - statefulset.StartOrdinal(s.set, w.cfg.Profile)
	wanted := index >= 0 && index < int(*s.set.Spec.Replicas)
	switch write.Reason {
	case controller.MissingPod, controller.MissingClaim, controller.RepairPod, controller.PodFinished,
		controller.ClaimOwners:
		if wanted {
			return stageKey{controller.MissingPod, batchOf(index)}, ordinal
		}
	case controller.Condemned, controller.RecreateDown:
	default:
		return stageKey{}, 0
	}
	return stageKey{write.Reason, batchOf(placeIn(before, write.Reason, ordinal))}, ordinal
}

// placeIn is how many pods come before an ordinal among those that were written to for
// a reason.
func placeIn(stages []stage, reason controller.Reason, ordinal int) int {
	count := 0
	for _, st := range stages {
		if st.key.reason != reason {
			continue
		}
		if lane, ok := st.byPod[ordinal]; ok {
			return count + lane
		}
		count += len(st.lanes)
	}
	return count
}

// batchOf is the batch that the index-th pod is in: 0 in the first, 1 and 2 in the
// next, then 3 to 6. The 10th and all after it have 500.
func batchOf(index int) int {
	const doubling, largest = 8, 500 // 1 + 2 + … + 256 = 511
	if index < 1<<(doubling+1)-1 {
		return bits.Len(uint(index+1)) - 1
	}
	return doubling + 1 + (index-(1<<(doubling+1)-1))/largest
}

// proceed sends the next stage, or ends.
func (e *statefulErrand) proceed() {
	if len(e.stages) == 0 {
		e.world.statefulSets.end(e.of)
		e.of.conclude(e.world, e.decision, e.did)
		return
	}
	first := e.stages[0]
	e.stages = e.stages[1:]
	e.running = len(first.lanes)
	for _, writes := range first.lanes {
		e.world.launch(e.world.statefulSets.client, &lane{errand: e, writes: writes})
	}
}

// lane is the writes of a sync for one pod.
type lane struct {
	errand *statefulErrand
	writes []controller.Write
}

func (l *lane) next() (controller.Write, bool) {
	if len(l.writes) == 0 {
		return controller.Write{}, false
	}
	first := l.writes[0]
	l.writes = l.writes[1:]
	return first, true
}

// land lets the API server answer. Where it refuses what it would have accepted when
// the sync began, the sync ends and fails.
func (l *lane) land(write controller.Write, _ int) {
	if write.Err != nil {
		return
	}
	e := l.errand
	stored, err := e.answer(write)
	if err != nil {
		l.writes, e.stages = nil, nil
		e.decision.Err = err
		return
	}
	e.did = true
	e.of.apply(e.world, write, stored)
	if tellsOf(write) {
		e.world.tellOf(e.world.statefulSets.client, e.of.events)
	}
}

func (e *statefulErrand) answer(write controller.Write) (cluster.Object, error) {
	if len(write.Pods) > 0 && !e.stillThere(write) {
		return nil, apierrors.NewNotFound(corev1.Resource("pods"), write.Object.Name)
	}
	return e.world.answer(write)
}

// stillThere reports whether the pod of a write is the one that the sync saw.
func (e *statefulErrand) stillThere(write controller.Write) bool {
	named, ok := e.world.named[keyAt(write.Object)]
	return ok && named.pod == write.Pods[0]
}

// tellsOf reports whether the controller posts an event about a write.
// Follows stateful_pod_control.go recordPodEvent and recordClaimEvent, v1.37.0.
func tellsOf(write controller.Write) bool {
	switch write.Object.Kind {
	case "Pod":
		return write.Verb != controller.Patch
	case "PersistentVolumeClaim":
		return write.Verb == controller.Create
	}
	return false
}

func (l *lane) end() {
	l.errand.running--
	if l.errand.running == 0 {
		l.errand.proceed()
	}
}
