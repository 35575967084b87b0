package rollouts

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
)

// nodes stands in for admission, scheduler and kubelets: it names pods, binds each
// to a node of its own, and lets them become ready and go away.
type nodes struct {
	store *store
	seed  uint64
	// era is a letter in the names of the pods that are created: another one before
	// the change than after it.
	era string
	// flaky: one pod in twelve never becomes ready.
	flaky bool
	// alike: all pods of a DaemonSet take equally long to become ready.
	alike bool

	// made counts pods created, by owner, those of a StatefulSet by name.
	made    map[string]int
	diary   diary
	dealt   *dealt
	planned atomic.Int32 // things that will happen
	// crowded: two things had to happen at one instant.
	crowded bool
}

func newNodes(s *store, seed uint64, era string) *nodes {
	n := &nodes{store: s, seed: seed, era: era, made: map[string]int{}, diary: diary{}, dealt: newDealt()}
	s.admit = n.admit
	return n
}

// costOf is the deletion cost of the k-th pod of an owner: unique, and in no order.
func costOf(era string, k int) int32 {
	if era == afterChange {
		k += 5000
	}
	return int32(k*7919%10007 - 5000)
}

// The eras.
const (
	beforeChange = "a"
	afterChange  = "b"
)

// admit implements store.admit.
func (n *nodes) admit(pod *corev1.Pod) {
	owner := cluster.ControllerOf(pod)
	switch {
	case owner == nil:
		return
	case isStateful(pod):
		n.made[pod.Name]++
		pod.Spec.NodeName = "node-of-" + pod.Name
		return
	case isDaemon(pod):
		n.admitDaemon(pod)
		return
	}
	n.made[owner.Name]++
	k := n.made[owner.Name]
	pod.Name = fmt.Sprintf("%s%s%d", pod.GenerateName, n.era, k)
	pod.Spec.NodeName = "node-of-" + pod.Name
	metav1.SetMetaDataAnnotation(&pod.ObjectMeta, corev1.PodDeletionCost, strconv.Itoa(int(costOf(n.era, k))))
}

// stirred reports whether any pod was created or deleted.
func (n *nodes) stirred() bool { return len(n.made) > 0 || len(n.dealt.gone) > 0 }

// isStateful reports whether a pod is one of a StatefulSet, which keeps its name, or was
// one until it was orphaned.
func isStateful(pod *corev1.Pod) bool {
	_, ok := pod.Labels[appsv1.StatefulSetPodNameLabel]
	return ok
}

// birthOf tells which birth a pod had. Pods of the first state have the first one,
// as in a simulation. A pod of a StatefulSet has the one of its name that comes next.
func (n *nodes) birthOf(pod *corev1.Pod) birth {
	if isStateful(pod) {
		return birth{pod.Name, n.made[pod.Name]}
	}
	owner := cluster.ControllerOf(pod).Name
	suffix, created := strings.CutPrefix(pod.Name, pod.GenerateName+n.era)
	if !created {
		return birth{owner, 0}
	}
	k, err := strconv.Atoi(suffix)
	if err != nil {
		panic(err)
	}
	return birth{owner, k - 1}
}

// isBroken reports whether pods of a template never become ready.
func isBroken(spec corev1.PodSpec) bool {
	return strings.HasPrefix(spec.Containers[0].Image, "broken")
}

// created plans when a new pod becomes ready. The store calls it with the lock held.
func (n *nodes) created(pod *corev1.Pod) {
	if isDaemon(pod) {
		n.createdDaemon(pod)
		return
	}
	b := n.birthOf(pod)
	switch {
	case isStateful(pod) && isBroken(pod.Spec):
		n.dealt.never[b] = true
		return
	case isStateful(pod) && !n.store.isUsable(pod):
		n.dealt.ready[b] = wouldBeReady
		return
	case isBroken(pod.Spec):
		n.dealt.broken[b.owner] = true
		return
	}
	now := instant(time.Now())
	if after, fixed := n.dealt.ready[b]; fixed {
		n.crowded = n.crowded || !n.diary.claim(now.Add(after))
		n.becomeReady(pod, now.Add(after))
		return
	}
	if n.flaky && draw(n.seed, b.owner, b.index, "flaky")%12 == 0 {
		n.dealt.never[b] = true
		return
	}
	patience := time.Duration(draw(n.seed, b.owner, b.index, "ready")%6000) * time.Millisecond
	at := n.book(pod, now.Add(3*tick+patience), readyTicks)
	n.dealt.ready[b] = at.Sub(now)
	n.becomeReady(pod, at)
}

// book takes an instant for what a pod will do. Pods of a StatefulSet may share one: a
// Parallel one creates them side by side, and whichever came first would take the
// earlier instant.
func (n *nodes) book(pod *corev1.Pod, wish time.Time, fractions []int) time.Time {
	if isStateful(pod) {
		return diary{}.book(wish, fractions)
	}
	return n.diary.book(wish, fractions)
}

// deleted plans when a pod that is being deleted no longer exists.
func (n *nodes) deleted(pod *corev1.Pod) {
	if isDaemon(pod) {
		n.deletedDaemon(pod)
		return
	}
	b := n.birthOf(pod)
	now := instant(time.Now())
	if _, fixed := n.dealt.gone[b]; !fixed {
		patience := time.Duration(draw(n.seed, b.owner, b.index, "gone")%4000) * time.Millisecond
		n.dealt.gone[b] = n.book(pod, now.Add(2*tick+patience), goneTicks).Sub(now)
	}
	n.at(now.Add(n.dealt.gone[b]), func() { n.store.remove(pod) })
}

// adopt plans what the pods of the first state do from now on.
func (n *nodes) adopt(pods []*corev1.Pod, ready time.Duration) {
	now := instant(time.Now())
	for _, pod := range pods {
		owner := cluster.ControllerOf(pod)
		switch {
		case isStateful(pod):
			n.adoptStateful(pod)
			continue
		case owner == nil:
			continue
		case isDaemon(pod):
			n.adoptDaemon(pod)
			continue
		}
		b := birth{owner.Name, 0}
		if _, known := n.dealt.gone[b]; !known {
			n.dealt.gone[b] = time.Duration(5+draw(n.seed, b.owner, 0, "first gone")%30) * tick
		}
		switch {
		case pod.DeletionTimestamp != nil:
			n.deleted(pod)
		case isReady(pod):
		case isBroken(pod.Spec):
			n.dealt.broken[owner.Name] = true
		default:
			n.dealt.ready[b] = ready
			if at, ok := kubelet.Prospect(pod, ready, now); ok {
				n.crowded = n.crowded || !n.diary.claim(at)
				n.becomeReady(pod, at)
			}
		}
	}
}

// wouldBeReady is the latency of a pod that its claims keep from starting: the simulation
// has to know that by itself.
const wouldBeReady = time.Second

// adoptStateful plans what a pod of a StatefulSet's first state does from now on. Each
// has latencies of its own.
func (n *nodes) adoptStateful(pod *corev1.Pod) {
	b := n.birthOf(pod)
	switch {
	case pod.DeletionTimestamp != nil:
		n.deleted(pod)
	case isReady(pod) || isFinished(pod):
	case isBroken(pod.Spec):
		n.dealt.never[b] = true
	case !n.store.usable(pod):
		n.dealt.ready[b] = wouldBeReady
	default:
		patience := time.Duration(draw(n.seed, b.owner, b.index, "first ready")%6000) * time.Millisecond
		at := n.book(pod, instant(time.Now()).Add(3*tick+patience), readyTicks)
		n.dealt.ready[b] = at.Sub(pod.CreationTimestamp.Time)
		if _, ok := kubelet.Prospect(pod, n.dealt.ready[b], time.Now()); ok {
			n.becomeReady(pod, at)
		}
	}
}

func isFinished(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded
}

func (n *nodes) becomeReady(pod *corev1.Pod, at time.Time) {
	n.at(at, func() {
		n.store.change(pod.Name, func(now *corev1.Pod) {
			if now.UID == pod.UID && !isFinished(now) {
				becomeReady(now)
			}
		})
	})
}

func (n *nodes) at(at time.Time, do func()) {
	n.planned.Add(1)
	time.AfterFunc(time.Until(at), func() {
		defer n.planned.Add(-1)
		do()
	})
}

func isReady(pod *corev1.Pod) bool {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// instant is when what happens now was set off.
func instant(now time.Time) time.Time { return now.Truncate(tick) }
