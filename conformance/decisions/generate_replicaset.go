package decisions

import (
	"fmt"
	"maps"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// ReplicaSetWorld draws a world for the ReplicaSet controller.
func ReplicaSetWorld(seed, index uint64) *World {
	g := newGenerator("ReplicaSet", seed, index)
	owned := g.percent(60)
	rs := g.standing("web-1", owned)
	g.world.ReplicaSets = append(g.world.ReplicaSets, rs)
	g.podsOf(rs, g.podCount(rs))
	if owned {
		g.siblings()
	}
	g.strangers()
	g.shufflePods()
	g.standingStatus(rs)
	g.refuseReplicaSet()
	if g.percent(6) && !g.refusesStatus() {
		g.world.Live = oneOf(g.dice, Deleting, Replaced, Gone, Unreadable)
	}
	return &g.world
}

// standing is a ReplicaSet of its own or of a Deployment.
func (g *generator) standing(name string, owned bool) *appsv1.ReplicaSet {
	content := template(1)
	content.Labels["pod-template-hash"] = name
	content.Finalizers = oneOf(g.dice, nil, nil, []string{"example.com/pod"})
	rs := &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: namespace, UID: types.UID(name), ResourceVersion: g.version(),
			Generation: int64(g.between(1, 4)), CreationTimestamp: g.before(g.now),
			Labels: maps.Clone(content.Labels),
		},
		Spec: appsv1.ReplicaSetSpec{
			Replicas:        ptr.To(g.count(0, 40)),
			MinReadySeconds: oneOf[int32](g.dice, 0, 0, 1, 10, 10, 60),
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{
				"app": "web", "pod-template-hash": name,
			}},
			Template: content,
		},
	}
	if owned {
		rs.OwnerReferences = []metav1.OwnerReference{ownerOf("Deployment", "web", "deployment")}
	}
	if g.percent(60) {
		*rs.Spec.Replicas = g.count(0, 8)
	}
	g.strange(rs)
	return rs
}

func (g *generator) strange(rs *appsv1.ReplicaSet) {
	switch roll := g.IntN(1000); {
	case roll < 40:
		g.deletion(rs)
	case roll < 43:
		rs.Spec.Selector = invalidSelector()
	case roll < 50:
		rs.Spec.Selector = &metav1.LabelSelector{}
	case roll < 60:
		rs.Spec.Template.Labels = nil
	case roll < 65:
		// The end tells it from a sibling that is as long.
		rs.Name = strings.Repeat("w", g.between(251, 253)-len(rs.UID)) + string(rs.UID)
	case roll < 70:
		rs.Spec.Template.Annotations = nil
	case roll < 80:
		*rs.Spec.Replicas = oneOf[int32](g.dice, 499, 500, 501, 1200)
	}
}

// podCount is mostly near the size.
func (g *generator) podCount(rs *appsv1.ReplicaSet) int {
	size := int(*rs.Spec.Replicas)
	switch roll := g.IntN(1000); {
	case roll < 350:
		return size
	case roll < 600:
		return max(0, size-g.between(1, 4))
	case roll < 850:
		return size + g.between(1, 6)
	case roll < 853:
		return size + g.between(650, 900)
	}
	return g.between(0, 40)
}

// siblings are other ReplicaSets of the same Deployment, with their pods.
func (g *generator) siblings() {
	for n := range g.between(0, 2) {
		sibling := g.standing(fmt.Sprintf("web-%d", n+2), true)
		g.world.ReplicaSets = append(g.world.ReplicaSets, sibling)
		g.podsOf(sibling, g.between(0, 6))
	}
}

// strangers are pods of the namespace that belong to nobody or to somebody else.
func (g *generator) strangers() {
	rs := g.world.ReplicaSets[0]
	for range oneOf(g.dice, 0, 0, 0, 1, 2, 4) {
		before := len(g.world.Pods)
		g.podsOf(rs, 1)
		pod := g.world.Pods[before]
		switch g.IntN(6) {
		case 0, 1:
			pod.OwnerReferences = nil
		case 2:
			pod.OwnerReferences = nil
			pod.Labels["app"] = "other"
		case 3:
			pod.Labels["app"] = "other"
		case 4:
			pod.OwnerReferences = []metav1.OwnerReference{oneOf(g.dice,
				ownerOf("ReplicaSet", rs.Name, "recreated"),
				ownerOf("ReplicaSet", "renamed", rs.UID),
				ownerOf("Job", rs.Name, rs.UID))}
		case 5:
			pod.Namespace = "elsewhere"
		}
	}
}

func (g *generator) shufflePods() {
	g.Shuffle(len(g.world.Pods), func(i, j int) {
		pods := g.world.Pods
		pods[i], pods[j] = pods[j], pods[i]
	})
}

// standingStatus is mostly what the pods add up to, so that many syncs have
// nothing to write.
func (g *generator) standingStatus(rs *appsv1.ReplicaSet) {
	world := g.world
	counts := replicaSetView(&world, nil).Owned.Counts(g.now)
	rs.Status = statusOf(counts)
	rs.Status.ObservedGeneration = rs.Generation
	if g.percent(40) {
		rs.Status.Replicas = g.near(rs.Status.Replicas)
		rs.Status.FullyLabeledReplicas = g.near(rs.Status.FullyLabeledReplicas)
		rs.Status.ReadyReplicas = g.near(rs.Status.ReadyReplicas)
		rs.Status.AvailableReplicas = g.near(rs.Status.AvailableReplicas)
	}
	if g.percent(8) {
		rs.Status.TerminatingReplicas = oneOf(g.dice, nil, ptr.To(g.count(0, 5)))
	}
	if g.percent(8) {
		rs.Status.ObservedGeneration += int64(g.between(-2, 1))
	}
	if g.percent(10) {
		rs.Status.Conditions = g.failures()
	}
}

func statusOf(counts controller.Counts) appsv1.ReplicaSetStatus {
	return appsv1.ReplicaSetStatus{
		Replicas: counts.Active, FullyLabeledReplicas: counts.FullyLabeled,
		ReadyReplicas: counts.Ready, AvailableReplicas: counts.Available,
		TerminatingReplicas: &counts.Terminating,
	}
}

func (g *generator) refusesStatus() bool {
	for _, rule := range g.world.Refusals {
		if rule.Verb == controller.UpdateStatus {
			return true
		}
	}
	return false
}
