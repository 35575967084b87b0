package simulate

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// syncStateful runs one sync of the StatefulSet controller.
func (w *world) syncStateful(s *stateful) {
	if s.circling != "" {
		return
	}
	tx := w.begin()
	decision := statefulset.Decide(s.view(w, tx), w.now)
	if w.limited() {
		w.startStateful(s, decision)
		return
	}
	accepted := 0
	for _, write := range decision.Writes {
		if write.Err != nil {
			continue
		}
		accepted++
		var stored cluster.Object
		if write.Object.Kind != "Pod" {
			stored = tx.take()
		}
		s.apply(w, write, stored)
	}
	s.conclude(w, decision, accepted > 0)
}

func (s *stateful) view(w *world, api controller.API) statefulset.View {
	return statefulset.View{
		StatefulSet: s.set,
		Pods:        s.pods,
		Strays:      s.strays,
		Orphans:     w.orphans[s.set.Namespace],
		Revisions:   s.visible(w, s.set.Namespace),
		Lookup: func(name string) *appsv1.ControllerRevision {
			return w.revisions[types.NamespacedName{Namespace: s.set.Namespace, Name: name}]
		},
		Claim: func(name string) *corev1.PersistentVolumeClaim {
			return w.claims.find(types.NamespacedName{Namespace: s.set.Namespace, Name: name})
		},
		Memory:  &s.memory,
		Profile: w.cfg.Profile,
		API:     api,
	}
}

// conclude plans what follows a sync that is over. One that failed is tried again
// without end, ever later; up to 1.35.0 one that found a pod not available looks again
// without end. After a sync that did nothing, the next look alone is nothing to wait
// for: it finds what this one found, unless something happens before.
// Follows stateful_set.go processNextWorkItem and
// k8s.io/client-go/util/workqueue/default_rate_limiters.go
// DefaultTypedControllerRateLimiter, v1.37.0.
func (s *stateful) conclude(w *world, decision controller.Decision, did bool) {
	s.lastErr = decision.Err
	s.tellWait(w, decision.Waits)
	at := w.reacted(decision.WakeAt)
	if decision.Err == nil {
		s.failures = 0
	} else {
		at = w.now.Add(backOff(s.failures))
		s.failures++
	}
	if did {
		w.plan(&s.look, at)
	} else {
		w.planInVain(&s.look, at)
	}
}

// backOff is how long after its n-th failure in a row, from 0, an object is looked at
// again: 5ms, 10ms, 20ms, … 1000s.
func backOff(failures int) time.Duration {
	const longest = 1000 * time.Second
	return min(5*time.Millisecond<<min(failures, 20), longest)
}

// refusePod says why the API server refuses what a controller asks for a pod that has
// a name of its own.
func (w *world) refusePod(write controller.Write) error {
	found, exists := w.named[types.NamespacedName{Namespace: write.Object.Namespace, Name: write.Object.Name}]
	switch {
	case write.Body == nil:
		return nil
	case write.Verb == controller.Create && exists:
		return apierrors.NewAlreadyExists(corev1.Resource("pods"), write.Object.Name)
	case write.Verb == controller.Update && exists:
		return refuseVolumes(found.pod, write.Body.(*corev1.Pod))
	}
	return nil
}

// refuseVolumes refuses to give a pod other volumes.
// Follows pkg/apis/core/validation/validation.go ValidatePodUpdate, v1.37.0.
func refuseVolumes(pod *controller.Pod, asked *corev1.Pod) error {
	if pod.Object == nil || equality.Semantic.DeepEqual(pod.Object.Spec.Volumes, asked.Spec.Volumes) {
		return nil
	}
	return apierrors.NewInvalid(corev1.SchemeGroupVersion.WithKind("Pod").GroupKind(), pod.Name, field.ErrorList{
		field.Forbidden(field.NewPath("spec"), "pod updates may not change the volumes"),
	})
}

// apply does what a write of the controller does.
func (s *stateful) apply(w *world, write controller.Write, stored cluster.Object) {
	w.happened++
	w.progress++
	switch write.Object.Kind {
	case "Pod":
		s.applyToPod(w, write)
	case "PersistentVolumeClaim":
		w.claims.put(stored.(*corev1.PersistentVolumeClaim))
		s.tellOf(w, timeline.StatefulSetController, actionOf(write), write)
	case "ControllerRevision":
		s.applyToRevision(w, write, stored)
	default:
		s.storeStatus(w, stored.(*appsv1.StatefulSet))
	}
}

// actionOf is how a write is told: an update patches.
func actionOf(write controller.Write) timeline.Action {
	switch write.Verb {
	case controller.Create:
		return timeline.Create
	case controller.Delete:
		return timeline.Delete
	}
	return timeline.Patch
}

func (s *stateful) applyToPod(w *world, write controller.Write) {
	key := types.NamespacedName{Namespace: write.Object.Namespace, Name: write.Object.Name}
	switch {
	case write.Verb == controller.Create:
		s.createPod(w, write)
	case write.Verb == controller.Delete:
		s.deletePod(w, w.named[key].pod, write)
	case write.Verb == controller.Update:
		s.repairPod(w, w.named[key].pod, write)
	case write.Reason == controller.AdoptOrphan:
		s.adoptPod(w, write)
	case write.Reason == controller.ReleaseMismatch:
		s.releasePod(w, write)
	}
}

// repairPod gives a pod the labels that it ought to have.
func (s *stateful) repairPod(w *world, pod *controller.Pod, write controller.Write) {
	body := write.Body.(*corev1.Pod)
	pod.Labels = body.Labels
	if pod.Object != nil {
		pod.Object = body
	}
	w.changed(s)
	s.tellPod(w, pod, timeline.Patch, write)
	w.statefulSets.add(s)
}

func (s *stateful) adoptPod(w *world, write controller.Write) {
	pod := write.Pods[0]
	orphans := w.orphans[s.set.Namespace]
	w.orphans[s.set.Namespace] = slices.DeleteFunc(orphans, func(p *controller.Pod) bool { return p == pod })
	w.name(pod, s)
	for _, claim := range s.claimsOf(w, pod) {
		delete(w.usedElsewhere, keyOf(claim))
	}
	s.pods.Add(pod)
	s.counted(pod).Add(pod)
	w.changed(s)
	s.tellPod(w, pod, timeline.Patch, write)
	s.expect(w, pod, pod.Object)
	w.statefulSets.add(s)
}

func (s *stateful) releasePod(w *world, write controller.Write) {
	pod := write.Pods[0]
	s.strays = slices.DeleteFunc(s.strays, func(p *controller.Pod) bool { return p == pod })
	w.orphans[s.set.Namespace] = append(w.orphans[s.set.Namespace], pod)
	w.changed(s)
	s.tellPod(w, pod, timeline.Patch, write)
	w.orphaned(s.set.Namespace)
}

func (s *stateful) applyToRevision(w *world, write controller.Write, stored cluster.Object) {
	key := types.NamespacedName{Namespace: write.Object.Namespace, Name: write.Object.Name}
	s.forget(w, w.revisions[key])
	switch write.Verb {
	case controller.Create, controller.Update:
		s.remember(w, stored.(*appsv1.ControllerRevision))
		s.updateTo(w, stored.GetName())
	case controller.Patch:
		s.remember(w, stored.(*appsv1.ControllerRevision))
	}
	s.tellOf(w, timeline.StatefulSetController, actionOf(write), write)
}

// storeStatus replaces the StatefulSet by what a status update left of it.
func (s *stateful) storeStatus(w *world, set *appsv1.StatefulSet) {
	before := s.set
	s.set = set
	s.updateTo(w, set.Status.UpdateRevision)
	w.statefulSets.add(s)
	after := progressing(set)
	if after == nil || equality.Semantic.DeepEqual(progressing(before), after) {
		return
	}
	s.tellOf(w, timeline.StatefulSetController, timeline.Condition, controller.Write{
		Object: s.ref, Reason: controller.Reason(after.Reason), Message: after.Message,
	})
}

func progressing(set *appsv1.StatefulSet) *appsv1.StatefulSetCondition {
	at := slices.IndexFunc(set.Status.Conditions, func(c appsv1.StatefulSetCondition) bool {
		return c.Type == appsv1.StatefulSetProgressing
	})
	if at < 0 {
		return nil
	}
	return &set.Status.Conditions[at]
}
