package rollouts

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	daemonutil "k8s.io/kubernetes/pkg/controller/daemon/util"

	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
)

// Which node of a DaemonSet comes next is random. So what a pod takes to become ready goes
// by when it was created and not by its node, and all take equally long to go: then all
// counts are the same whichever nodes they are on. Where a node does not work, all pods take
// equally long to become ready as well.

// daemonBirth tells the birth of a pod of a DaemonSet by its name, in a simulation, and its
// place among those created. Pods of the first state have latencies of their own.
func daemonBirth(name string, index int) birth {
	if strings.Contains(name, "-#") {
		return birth{daemonSetName, index}
	}
	return birth{name, 0}
}

// birthOfDaemon is daemonBirth in the control plane.
func (n *nodes) birthOfDaemon(pod *corev1.Pod) birth {
	suffix, created := strings.CutPrefix(pod.Name, pod.GenerateName+n.era)
	k, err := strconv.Atoi(suffix)
	if !created || err != nil {
		return birth{pod.Name, 0}
	}
	return birth{daemonSetName, k - 1}
}

// admitDaemon names a pod and binds it to the node that it is for.
func (n *nodes) admitDaemon(pod *corev1.Pod) {
	target, err := daemonutil.GetTargetNodeName(pod)
	if err != nil {
		panic(err)
	}
	n.made[daemonSetName]++
	pod.Name = fmt.Sprintf("%s%s%d", pod.GenerateName, n.era, n.made[daemonSetName])
	pod.Spec.NodeName = target
}

// createdDaemon plans when a new pod becomes ready. The store calls it with the lock held.
func (n *nodes) createdDaemon(pod *corev1.Pod) {
	b := n.birthOfDaemon(pod)
	switch {
	case b.owner != daemonSetName: // somebody made it like another one
		return
	case isBroken(pod.Spec), n.flaky && draw(n.seed, b.owner, b.index, "flaky")%12 == 0:
		n.dealt.never[b] = true
		return
	case n.alike:
		n.dealt.ready[b] = time.Duration(1+n.seed%5)*time.Second + 215*time.Millisecond
	default:
		n.dealt.ready[b] = n.bookMoment(300 + draw(n.seed, b.owner, b.index, "ready")%6000).Sub(moment(time.Now()))
	}
	n.start(pod, moment(time.Now()).Add(n.dealt.ready[b]))
}

// start lets a pod become ready, if its node then works.
func (n *nodes) start(pod *corev1.Pod, at time.Time) {
	n.at(at, func() {
		if !n.store.worksNow(pod.Spec.NodeName) {
			return
		}
		n.store.change(pod.Name, func(now *corev1.Pod) {
			if now.UID == pod.UID && isAlive(now) && !isFinished(now) && !isReady(now) {
				becomeReady(now)
			}
		})
	})
}

// goneAfter is how long pods of DaemonSets take to go.
func (n *nodes) goneAfter() time.Duration {
	return time.Duration(1+n.seed%3)*time.Second + 15*time.Millisecond
}

// step is what lies at least between two things that are set off around a DaemonSet: time
// for the controller to react.
const step = 5 * time.Millisecond

// moment is when what happens now was set off.
func moment(now time.Time) time.Time { return now.Truncate(step) }

// bookMoment takes an instant some milliseconds from now at which a pod becomes ready. No
// other one of the world has the same fraction of a second: the controller looks again whole
// seconds later, and if another pod became ready at the very moment of that look, whether it
// looks for that one too would depend on a race.
func (n *nodes) bookMoment(milliseconds uint64) time.Time {
	for at := moment(time.Now().Add(time.Duration(milliseconds) * time.Millisecond)); ; at = at.Add(step) {
		if n.diary.claim(time.UnixMilli(at.UnixMilli() % 1000)) {
			return at
		}
	}
}

// deletedDaemon plans when a pod that is being deleted no longer exists: at once where its
// containers have ended, and never where its node does not work.
func (n *nodes) deletedDaemon(pod *corev1.Pod) {
	if isFinished(pod) {
		n.at(time.Now(), func() { n.store.remove(pod) })
		return
	}
	n.dealt.gone[n.birthOfDaemon(pod)] = n.goneAfter()
	n.at(moment(time.Now()).Add(n.goneAfter()), func() {
		if n.store.worksNow(pod.Spec.NodeName) {
			n.store.remove(pod)
		}
	})
}

// adoptDaemon plans what a pod of the first state does from now on.
func (n *nodes) adoptDaemon(pod *corev1.Pod) {
	b := n.birthOfDaemon(pod)
	n.dealt.gone[b] = n.goneAfter()
	switch _, err := n.store.get(machines, pod.Spec.NodeName); {
	case err != nil:
		n.collect(pod)
	case pod.DeletionTimestamp != nil:
		n.deletedDaemon(pod)
	case isReady(pod) || isFinished(pod):
	case isBroken(pod.Spec) || len(pod.Status.ContainerStatuses) > 0:
		n.dealt.never[b] = true
	default:
		at := n.bookMoment(300 + draw(n.seed, b.owner, 0, "first ready")%6000)
		n.dealt.ready[b] = at.Sub(pod.CreationTimestamp.Time)
		if at, ok := kubelet.Prospect(pod, n.dealt.ready[b], time.Now()); ok {
			n.start(pod, at)
		}
	}
}

// each does something to each pod on a node.
func (n *nodes) each(node string, do func(*corev1.Pod)) {
	for _, pod := range n.store.snapshot().Pods {
		if pod.Spec.NodeName == node {
			do(pod)
		}
	}
}

// collectedAfter is when a pod goes whose node no longer exists.
// Follows pkg/controller/podgc/gc_controller.go quarantineTime, v1.37.0.
const collectedAfter = 40 * time.Second

func (n *nodes) collect(pod *corev1.Pod) {
	n.at(moment(time.Now()).Add(collectedAfter), func() { n.store.remove(pod) })
}

// becomeUnready is what happens to a pod when its node is not ready any more.
func (n *nodes) becomeUnready(pod *corev1.Pod) {
	n.store.change(pod.Name, func(pod *corev1.Pod) {
		for i, c := range pod.Status.Conditions {
			if c.Type == corev1.PodReady {
				pod.Status.Conditions[i].Status = corev1.ConditionFalse
			}
		}
	})
}

// goOn is what happens to a pod when its node is ready again.
func (n *nodes) goOn(pod *corev1.Pod) {
	b := n.birthOfDaemon(pod)
	switch {
	case !isAlive(pod):
		n.deletedDaemon(pod)
	case isReady(pod) || isFinished(pod) || n.dealt.never[b]:
	default:
		n.start(pod, moment(time.Now()).Add(n.dealt.ready[b]))
	}
}
