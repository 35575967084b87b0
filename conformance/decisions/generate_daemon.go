package decisions

import (
	"fmt"
	"math"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/utils/ptr"
)

// daemonWorld draws a world for the DaemonSet controller.
type daemonWorld struct {
	*generator
	state mood
	ds    *appsv1.DaemonSet
	// defaulted: the templates are as an API server stores them.
	defaulted bool
	// old and update are the hashes that pods are moved from and to.
	old, update string
}

// DaemonSetWorld draws worlds for the DaemonSet controller.
func DaemonSetWorld(seed, index uint64) *World {
	d := &daemonWorld{generator: newGenerator("DaemonSet", seed, index)}
	d.state = d.mood()
	d.syncedBefore()
	d.draw()
	d.nodes()
	d.history()
	d.pods()
	d.status()
	d.disturb()
	d.refuseDaemon()
	return &d.world
}

// syncedBefore lets the controller remember pods that had failed: the delays of 1 s, 2 s
// and so on may be over or not, and be forgotten after half an hour.
func (d *daemonWorld) syncedBefore() {
	if !d.percent(12) {
		return
	}
	at := time.Duration(d.between(0, 2)) * time.Second
	for range d.between(1, 6) {
		d.world.Earlier = append(d.world.Earlier, at)
		at += oneOf(d.dice, time.Second, time.Second, 2*time.Second, 4*time.Second, 5*time.Second,
			16*time.Second, 999*time.Millisecond, 30*time.Minute, 30*time.Minute+time.Second)
	}
	d.world.Offset = at
	d.now = d.world.Now()
}

func (d *daemonWorld) draw() {
	d.ds = &appsv1.DaemonSet{
		ObjectMeta: metav1.ObjectMeta{
			Name: oneOf(d.dice, "agent", "agent", "agent", "agent-1"), Namespace: namespace, UID: "daemonset",
			ResourceVersion: d.version(), Generation: int64(d.between(1, 6)),
			CreationTimestamp: metav1.NewTime(d.now.Add(-1e15)),
			Annotations:       d.annotations(),
		},
		Spec: appsv1.DaemonSetSpec{
			Selector:             d.daemonSelector(),
			UpdateStrategy:       d.daemonStrategy(),
			RevisionHistoryLimit: ptr.To(oneOf[int32](d.dice, 10, 10, 10, 0, 1, 2, math.MaxInt32)),
			MinReadySeconds:      oneOf[int32](d.dice, 0, 0, 10, 30),
		},
	}
	d.placement()
	d.defaulted = d.percent(90)
	d.ds = d.at(current)
	switch roll := d.IntN(1000); {
	case roll < 20:
		d.deletion(d.ds)
	case roll < 30:
		d.ds.Spec.Template.Labels = nil
	case roll < 50:
		d.ds.Spec.Template = d.respelled(d.ds.Spec.Template)
	}
	d.world.DaemonSet = d.ds
}

// annotations have the generation of the template, as the API server counts it, or one that
// cannot be read.
func (d *daemonWorld) annotations() map[string]string {
	all := map[string]string{"team": "shop"}
	switch roll := d.IntN(100); {
	case roll < 4:
		return nil
	case roll < 85:
		all[appsv1.DeprecatedTemplateGeneration] = oneOf(d.dice, "3", "3", "3", "+3", "03")
	case roll < 90:
		all[appsv1.DeprecatedTemplateGeneration] = oneOf(d.dice, "", "three", "3.0")
	}
	return all
}

// placement is what the template asks for of nodes: the same in all its versions.
func (d *daemonWorld) placement() {
	spec := &d.ds.Spec.Template.Spec
	spec.HostNetwork = d.percent(20)
	if d.percent(3) {
		spec.NodeName = oneOf(d.dice, "n-1", "n-2", "gone-1")
	}
	if d.percent(20) {
		spec.NodeSelector = map[string]string{"disk": "ssd"}
	}
	if d.percent(20) {
		spec.Affinity = d.nodeAffinity()
	}
	for range oneOf(d.dice, 0, 0, 0, 1, 1, 2) {
		spec.Tolerations = append(spec.Tolerations, d.toleration())
	}
}

// at is the DaemonSet with another version of its template.
func (d *daemonWorld) at(version int) *appsv1.DaemonSet {
	ds := d.ds.DeepCopy()
	spec := d.ds.Spec.Template.Spec
	ds.Spec.Template = template(version)
	into := &ds.Spec.Template.Spec
	into.HostNetwork, into.NodeName, into.NodeSelector = spec.HostNetwork, spec.NodeName, spec.NodeSelector
	into.Affinity, into.Tolerations = spec.Affinity, spec.Tolerations
	if d.defaulted {
		strategy := ds.Spec.UpdateStrategy.DeepCopy()
		legacyscheme.Scheme.Default(ds)
		ds.Spec.UpdateStrategy = *strategy
	}
	return ds
}

func (d *daemonWorld) daemonSelector() *metav1.LabelSelector {
	switch roll := d.IntN(1000); {
	case roll < 4:
		return invalidSelector()
	case roll < 12:
		return &metav1.LabelSelector{}
	case roll < 14:
		return nil
	}
	return &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}
}

func (d *daemonWorld) daemonStrategy() appsv1.DaemonSetUpdateStrategy {
	strategy := appsv1.DaemonSetUpdateStrategy{Type: appsv1.RollingUpdateDaemonSetStrategyType}
	switch roll := d.IntN(1000); {
	case roll < 120:
		strategy.Type = appsv1.OnDeleteDaemonSetStrategyType
	case roll < 125:
		strategy.Type = "Weekly"
	}
	if d.percent(2) {
		return strategy
	}
	strategy.RollingUpdate = &appsv1.RollingUpdateDaemonSet{MaxUnavailable: d.daemonLimit(2)}
	if d.percent(50) {
		return strategy
	}
	strategy.RollingUpdate.MaxSurge = d.daemonLimit(6)
	if d.percent(90) {
		strategy.RollingUpdate.MaxUnavailable = ptr.To(intstr.FromInt32(0))
	}
	return strategy
}

// daemonLimit is a maxUnavailable or maxSurge, and none in so many of a hundred cases.
func (d *daemonWorld) daemonLimit(none int) *intstr.IntOrString {
	switch roll := d.IntN(100); {
	case roll < none:
		return nil
	case roll < 50:
		return ptr.To(intstr.FromInt32(oneOf[int32](d.dice, 1, 1, 1, 2, 2, 3, 5, 100, 0)))
	case roll < 97:
		return ptr.To(intstr.FromString(oneOf(d.dice, "0%", "1%", "10%", "20%", "25%", "30%", "33%", "34%", "50%",
			"66%", "67%", "99%", "100%")))
	}
	// The API takes none of these.
	return oneOf(d.dice, ptr.To(intstr.FromString("many")), ptr.To(intstr.FromInt32(-1)))
}

// nodes draws a few nodes, or none, or more than one sync may serve.
func (d *daemonWorld) nodes() {
	// In most worlds nearly all nodes are alike: else no rollout would get far.
	odd := oneOf(d.dice, 0.0, 0, 15, 50)
	for n := range d.nodeCount() {
		d.world.Nodes = append(d.world.Nodes, d.node(fmt.Sprintf("n-%d", n), odd))
	}
}

func (d *daemonWorld) nodeCount() int {
	switch roll := d.IntN(1000); {
	case roll < 20:
		return 0
	case roll < 650:
		return d.between(1, 6)
	case roll < 950:
		return d.between(7, 12)
	case roll < 996:
		return d.between(13, 40)
	}
	return mostPods + d.between(1, 50)
}

func (d *daemonWorld) node(name string, odd float64) *corev1.Node {
	node := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, ResourceVersion: d.version(), CreationTimestamp: d.before(d.now),
			Labels: map[string]string{
				"disk": "ssd", "zone": "a", "cpus": "4", corev1.LabelHostname: name,
			},
		},
		Status: corev1.NodeStatus{Conditions: []corev1.NodeCondition{{
			Type: corev1.NodeReady, Status: corev1.ConditionTrue,
		}}},
	}
	if d.percent(odd) {
		node.Labels["disk"] = oneOf(d.dice, "ssd", "hdd", "")
		node.Labels["zone"] = oneOf(d.dice, "a", "b", "c")
		node.Labels["cpus"] = oneOf(d.dice, "4", "8", "16", "many")
	}
	if d.percent(odd) {
		for range d.between(1, 2) {
			node.Spec.Taints = append(node.Spec.Taints, d.taint())
		}
	}
	if d.percent(5) {
		node.Status.Conditions[0].Status = corev1.ConditionFalse
		node.Spec.Taints = append(node.Spec.Taints,
			corev1.Taint{Key: corev1.TaintNodeNotReady, Effect: corev1.TaintEffectNoSchedule},
			corev1.Taint{Key: corev1.TaintNodeNotReady, Effect: corev1.TaintEffectNoExecute})
	}
	if d.percent(5) {
		node.Spec.Unschedulable = true
		node.Spec.Taints = append(node.Spec.Taints,
			corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule})
	}
	return node
}
