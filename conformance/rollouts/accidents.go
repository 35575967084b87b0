package rollouts

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// choice picks a pod of a state, or nil; without a pick it is nil always.
type choice struct {
	name string
	pick func(*cluster.Snapshot) *corev1.Pod
}

func (c choice) of(state *cluster.Snapshot) *corev1.Pod {
	if c.pick == nil {
		return nil
	}
	return c.pick(state)
}

// nth picks one of the pods that fit, by a number of any size.
func nth(name string, number int, fits func(*corev1.Pod) bool) choice {
	return choice{name: name, pick: func(state *cluster.Snapshot) *corev1.Pod {
		var fitting []*corev1.Pod
		for _, pod := range state.Pods {
			if fits(pod) {
				fitting = append(fitting, pod)
			}
		}
		if len(fitting) == 0 {
			return nil
		}
		return fitting[number%len(fitting)]
	}}
}

func isAlive(pod *corev1.Pod) bool { return pod.DeletionTimestamp == nil }

// isStuck reports whether a pod waits to become ready.
func isStuck(pod *corev1.Pod) bool { return isAlive(pod) && !isReady(pod) && !isFinished(pod) }

// killed: a person deletes a pod.
func killed(c choice) edit {
	return accident("delete "+c.name, c, func(r *real, pod *corev1.Pod) {
		// The pod can be gone by now.
		_ = r.store.delete(pods, pod.Name, metav1.DeleteOptions{})
	})
}

// ended: a pod's containers end for good, with success or without.
func ended(c choice, phase corev1.PodPhase) edit {
	return accident(string(phase)+" "+c.name, c, func(r *real, pod *corev1.Pod) {
		r.store.change(pod.Name, func(pod *corev1.Pod) {
			pod.Status.Phase = phase
			pod.Status.Conditions = []corev1.PodCondition{{
				Type: corev1.PodReady, Status: corev1.ConditionFalse, LastTransitionTime: metav1.Now(),
			}}
		})
	})
}

// crashing: a pod's container no longer starts.
func crashing(c choice) edit {
	return accident("crash loop of "+c.name, c, func(r *real, pod *corev1.Pod) {
		r.store.change(pod.Name, func(pod *corev1.Pod) {
			crash(pod)
			pod.Status.Conditions = nil
		})
	})
}

// doubled: somebody makes a pod like another one on its node.
func doubled(c choice) edit {
	return accident("a second "+c.name, c, func(r *real, pod *corev1.Pod) { r.store.double(pod) })
}

// claimsDeleted: a person deletes the claims of a pod.
func claimsDeleted(c choice) edit {
	return accident("delete the claims of "+c.name, c, func(r *real, pod *corev1.Pod) {
		for _, name := range claimsOf(pod) {
			_ = r.store.delete(claims, name, metav1.DeleteOptions{})
		}
	})
}

// claimsUnbound: the claims of a pod wait for their volumes from now on.
func claimsUnbound(c choice) edit {
	return accident("unbind the claims of "+c.name, c, func(r *real, pod *corev1.Pod) {
		r.store.setPhase(claimsOf(pod), corev1.ClaimPending)
	})
}

// claimsLost: the volumes of a pod's claims are gone.
func claimsLost(c choice) edit {
	return accident("lose the claims of "+c.name, c, func(r *real, pod *corev1.Pod) {
		r.store.setPhase(claimsOf(pod), corev1.ClaimLost)
	})
}

func accident(name string, c choice, act func(*real, *corev1.Pod)) edit {
	return edit{name: name, act: func(r *real) {
		if pod := c.of(r.store.snapshot()); pod != nil {
			act(r, pod)
		}
	}}
}

// orphaned: a person deletes the workload, and nothing that it owns.
func orphaned() edit {
	return edit{name: "delete it with --cascade=orphan", act: func(r *real) { r.store.orphan() }}
}

// wiped: a person deletes the workload and what it owns.
func wiped() edit {
	return edit{name: "delete it", act: func(r *real) { r.store.wipe() }}
}
