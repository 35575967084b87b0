package decisions

import (
	"math"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	upstream "k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/deployment/util"
	"k8s.io/utils/ptr"
)

// current is the version of the template that the Deployment has.
const current = 9

// mood is what kind of state a world shows.
type mood int

const (
	complete  mood = iota // a rollout that is done
	rolling               // in the middle of a rollout
	scaling               // in the middle of a rollout, and the size was changed
	saturated             // the new ReplicaSet holds everything, old ones are still there
	odd                   // every number drawn on its own
)

// DeploymentWorld draws a world for the Deployment controller.
func DeploymentWorld(seed, index uint64) *World {
	g := newGenerator("Deployment", seed, index)
	state := g.mood()
	g.world.Deployment = g.deployment()
	g.replicaSets(state)
	g.deploymentStatus(state)
	g.conditions(state)
	g.disturb()
	g.recreatePods()
	g.refuseDeployment()
	return &g.world
}

func (g *generator) mood() mood {
	switch roll := g.IntN(100); {
	case roll < 18:
		return complete
	case roll < 52:
		return rolling
	case roll < 70:
		return scaling
	case roll < 73:
		return saturated
	}
	return odd
}

func (g *generator) deployment() *appsv1.Deployment {
	size := g.size()
	d := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{
			Name: "web", Namespace: namespace, UID: "deployment",
			ResourceVersion:   g.version(),
			Generation:        int64(g.between(1, 6)),
			CreationTimestamp: metav1.NewTime(g.now.Add(-1e15)),
			Labels:            map[string]string{"owner": "shop"},
			Annotations:       g.annotations(),
		},
		Spec: appsv1.DeploymentSpec{
			Replicas:                &size,
			Selector:                g.selector(),
			Template:                template(current),
			Strategy:                g.strategy(),
			MinReadySeconds:         oneOf[int32](g.dice, 0, 0, 0, 10, 30),
			RevisionHistoryLimit:    g.historyLimit(),
			Paused:                  g.percent(12),
			ProgressDeadlineSeconds: g.deadline(),
		},
	}
	if g.percent(1) {
		d.Name = strings.Repeat("long-", g.between(47, 50)) + "web"
	}
	if g.percent(4) {
		g.deletion(d)
	}
	return d
}

func (g *generator) annotations() map[string]string {
	all := map[string]string{}
	if g.percent(10) {
		return nil
	}
	if g.percent(60) {
		all["kubernetes.io/change-cause"] = oneOf(g.dice, "edit", "apply", "")
	}
	if g.percent(50) {
		all[corev1.LastAppliedConfigAnnotation] = `{"kind":"Deployment"}`
	}
	if g.percent(7) {
		all[appsv1.DeprecatedRollbackTo] = oneOf(g.dice, "0", "0", "1", "2", "3", "7", "abc", "",
			"-1", "99999999999999999999")
	}
	if g.percent(4) {
		all[oneOf(g.dice, util.DesiredReplicasAnnotation, util.MaxReplicasAnnotation,
			util.RevisionHistoryAnnotation)] = "5"
	}
	return all
}

func (g *generator) selector() *metav1.LabelSelector {
	if g.percent(1.5) {
		return &metav1.LabelSelector{}
	}
	if g.percent(0.5) {
		return invalidSelector()
	}
	if g.percent(5) {
		return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
			{Key: "app", Operator: metav1.LabelSelectorOpIn, Values: []string{"web", "www"}},
		}}
	}
	return &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}
}

func invalidSelector() *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
		{Key: "app", Operator: "Like"},
	}}
}

func (g *generator) strategy() appsv1.DeploymentStrategy {
	if g.percent(20) {
		return appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
	}
	if g.percent(1) {
		return appsv1.DeploymentStrategy{Type: "Canary"}
	}
	return appsv1.DeploymentStrategy{
		Type: appsv1.RollingUpdateDeploymentStrategyType,
		RollingUpdate: &appsv1.RollingUpdateDeployment{
			MaxSurge: g.fencepost(), MaxUnavailable: g.fencepost(),
		},
	}
}

func (g *generator) historyLimit() *int32 {
	if g.percent(8) {
		return nil
	}
	return ptr.To(oneOf[int32](g.dice, 10, 10, 10, 0, 0, 1, 1, 2, 3, math.MaxInt32))
}

func (g *generator) deadline() *int32 {
	if g.percent(8) {
		return nil
	}
	return ptr.To(oneOf[int32](g.dice, 600, 600, 600, 600, 60, 5, 1, 3600, math.MaxInt32,
		math.MaxInt32-1))
}

// fenceposts are what the Deployment's strategy comes to; no surge where it is
// invalid.
func (g *generator) fenceposts(size int32) (surge, unavailable int32) {
	d := *g.world.Deployment
	d.Spec.Replicas = &size
	return min(util.MaxSurge(d), 1000), util.MaxUnavailable(d)
}

// hashName is the name that the controller gives the new ReplicaSet.
func (g *generator) hashName() (name, hash string) {
	d := g.world.Deployment
	hash = upstream.ComputeHash(&d.Spec.Template, d.Status.CollisionCount)
	room := 253 - 1 - len(hash)
	return d.Name[:min(len(d.Name), room)] + "-" + hash, hash
}
