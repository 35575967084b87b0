package decisions

import (
	"fmt"
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

// belonging makes some ReplicaSets orphans, strays or somebody else's.
func (g *generator) belonging(rs *appsv1.ReplicaSet) {
	switch roll := g.IntN(100); {
	case roll < 4:
		rs.OwnerReferences = nil
	case roll < 6:
		rs.OwnerReferences = nil
		rs.Labels["app"] = "other"
	case roll < 9:
		rs.Labels["app"] = "other"
	case roll < 11:
		rs.OwnerReferences = []metav1.OwnerReference{ownerOf("Deployment", "api", "another")}
	case roll < 12:
		rs.OwnerReferences[0].Controller = ptr.To(false)
	case roll < 14:
		rs.OwnerReferences = append([]metav1.OwnerReference{bystander()}, rs.OwnerReferences...)
	}
	if g.percent(3) {
		g.deletion(rs)
	}
	if g.percent(1) {
		rs.Namespace = "elsewhere"
	}
}

// disturb adds what is rare: a second new ReplicaSet, a name that is taken, an
// owner that is gone.
func (g *generator) disturb() {
	if g.percent(3) {
		g.twin()
	}
	if g.percent(4) {
		g.takeName()
	}
	if g.percent(6) {
		g.world.Live = oneOf(g.dice, Deleting, Replaced, Gone, Unreadable)
	}
}

// twin is another ReplicaSet with the Deployment's template.
func (g *generator) twin() {
	sets := g.world.ReplicaSets
	for _, rs := range sets {
		if rs.UID != types.UID(fmt.Sprintf("replicaset-%d", current)) {
			continue
		}
		twin := rs.DeepCopy()
		twin.Name, twin.UID = rs.Name+oneOf(g.dice, "a", "-"), rs.UID+"-twin"
		if g.percent(50) {
			twin.CreationTimestamp = g.before(g.now)
		}
		*twin.Spec.Replicas = g.near(*rs.Spec.Replicas)
		g.world.ReplicaSets = append(sets, twin)
		return
	}
}

// takeName puts a ReplicaSet where the controller would create the new one: its
// own, which its selector does not match, or a foreign one.
func (g *generator) takeName() {
	name, hash := g.hashName()
	kept := g.world.ReplicaSets[:0]
	for _, rs := range g.world.ReplicaSets {
		if rs.Spec.Template.Spec.Containers[0].Image != template(current).Spec.Containers[0].Image {
			kept = append(kept, rs)
		}
	}
	taken := g.replicaSet(odd, current, g.near(*g.world.Deployment.Spec.Replicas))
	taken.Name, taken.UID = name, "taken"
	taken.CreationTimestamp = g.before(g.now)
	taken.Spec.Template.Labels["pod-template-hash"] = hash
	taken.Labels = map[string]string{"app": "other"}
	if g.percent(40) {
		foreign := []metav1.OwnerReference{ownerOf("Deployment", "api", "another")}
		taken.OwnerReferences = oneOf(g.dice, nil, foreign)
	}
	if g.percent(30) {
		taken.Spec.Template.Spec.Containers[0].Image = "foreign:1"
	}
	g.world.ReplicaSets = append(kept, taken)
}

// recreatePods puts a few pods under the ReplicaSets of a Recreate Deployment.
func (g *generator) recreatePods() {
	if g.world.Deployment.Spec.Strategy.Type != appsv1.RecreateDeploymentStrategyType {
		return
	}
	for _, rs := range g.world.ReplicaSets {
		for n := range oneOf(g.dice, 0, 0, 0, 0, 1, 1, 2) {
			g.world.Pods = append(g.world.Pods, g.recreatePod(rs, n))
		}
	}
}

func (g *generator) recreatePod(rs *appsv1.ReplicaSet, n int) *corev1.Pod {
	owner := ownerOf("ReplicaSet", rs.Name, rs.UID)
	if g.percent(8) {
		owner = oneOf(g.dice,
			ownerOf("ReplicaSet", "renamed", rs.UID),
			ownerOf("ReplicaSet", rs.Name, "recreated"),
			ownerOf("StatefulSet", rs.Name, rs.UID))
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		Name: fmt.Sprintf("pod-%s-%d", rs.UID, n), Namespace: rs.Namespace,
		UID:             types.UID(fmt.Sprintf("pod-%s-%d", rs.UID, n)),
		Labels:          maps.Clone(rs.Spec.Template.Labels),
		OwnerReferences: []metav1.OwnerReference{owner},
	}}
	pod.Status.Phase = oneOf(g.dice, corev1.PodRunning, corev1.PodPending, corev1.PodUnknown,
		corev1.PodSucceeded, corev1.PodFailed, corev1.PodFailed)
	if g.percent(30) {
		g.deletion(pod)
	}
	return pod
}
