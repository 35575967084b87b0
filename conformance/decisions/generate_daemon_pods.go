package decisions

import (
	"fmt"
	"maps"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	"k8s.io/kubernetes/pkg/controller/daemon"
	daemonutil "k8s.io/kubernetes/pkg/controller/daemon/util"
	"k8s.io/utils/ptr"
)

// crew is how the pods of a world are, in percent.
type crew struct {
	present float64 // on nodes that should have one
	stray   float64 // on nodes that should have none, but may keep it
	wrong   float64 // on all others
	twice   float64 // a second one
	sick    float64
	fresh   float64 // at the revision to update to
	belongs float64 // orphans, strays and others'
}

func (d *daemonWorld) crew() crew {
	c := crew{present: 100, stray: 50, sick: oneOf(d.dice, 0.0, 5, 20), fresh: oneOf(d.dice, 0.0, 10, 40, 80)}
	c.belongs = oneOf(d.dice, 0.0, 0, 0, 15)
	if d.state == complete {
		c.fresh = 99
	}
	if d.percent(35) { // upkeep is needed
		c.present, c.wrong, c.twice = 85, oneOf(d.dice, 0.0, 40), oneOf(d.dice, 0.0, 0, 10)
		c.sick = oneOf(d.dice, 5.0, 20, 60)
	}
	if daemonutil.AllowsSurge(d.ds) && d.state != complete {
		c.twice = oneOf(d.dice, 0.0, 10, 30)
	}
	return c
}

// pods draws the pods of the DaemonSet, and some that only look like its own.
func (d *daemonWorld) pods() {
	c := d.crew()
	if d.percent(5) {
		c.present = 0
	}
	if len(d.world.Nodes) > mostPods {
		c = d.multitude()
	}
	for _, node := range d.world.Nodes {
		d.podsOn(node, c)
	}
	if d.percent(8) {
		for n := range d.between(1, 2) {
			d.add(d.daemonPod(fmt.Sprintf("gone-%d", n), c), c)
		}
	}
	if d.percent(4) {
		d.nowhere(c)
	}
	d.shufflePods()
}

// multitude are pods of which more have to come or to go than one sync may: none at all, all
// broken, or too many.
func (d *daemonWorld) multitude() crew {
	return oneOf(d.dice, crew{}, crew{present: 3},
		crew{present: 100, wrong: 100, sick: 90},
		crew{present: 100, wrong: 100, twice: 100},
		crew{present: 100, wrong: 100, stray: 100, fresh: oneOf(d.dice, 0.0, 2)})
}

func (d *daemonWorld) podsOn(node *corev1.Node, c crew) {
	should, stays := daemon.NodeShouldRunDaemonPod(klog.Background(), node, d.ds)
	chance := c.wrong
	switch {
	case should:
		chance = c.present
	case stays:
		chance = c.stray
	}
	if !d.percent(chance) {
		return
	}
	first := d.daemonPod(node.Name, c)
	d.add(first, c)
	if !d.percent(c.twice) {
		return
	}
	second := d.daemonPod(node.Name, c)
	if d.percent(80) { // the other revision
		first.Labels[hashLabel], second.Labels[hashLabel] = d.old, d.update
		delete(first.Labels, generationLabel)
	}
	if d.percent(60) { // the new one waits to be available, and the old one may not be ready
		d.readySince(second, corev1.ConditionTrue, d.around(d.now, d.ds.Spec.MinReadySeconds))
		if d.percent(40) {
			d.readySince(first, oneOf(d.dice, corev1.ConditionTrue, corev1.ConditionFalse),
				d.around(d.now, d.ds.Spec.MinReadySeconds))
		}
	}
	d.add(second, c)
	if d.percent(8) {
		d.add(d.daemonPod(node.Name, c), c)
	}
}

// generationLabel is the label of a pod with the generation of the template.
const generationLabel = "pod-template-generation"

func (d *daemonWorld) add(pod *corev1.Pod, c crew) {
	if d.percent(c.sick) {
		d.sicken(pod)
	}
	if d.percent(c.belongs) {
		d.podBelongs(pod)
	}
	d.world.Pods = append(d.world.Pods, pod)
}

// daemonPod is a healthy pod on a node or, at times, on its way there.
func (d *daemonWorld) daemonPod(node string, c crew) *corev1.Pod {
	name := fmt.Sprintf("%s-%d", d.ds.Name, len(d.world.Pods)*3+d.IntN(3))
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: namespace, UID: types.UID("pod-" + name),
			ResourceVersion: d.generator.version(), CreationTimestamp: d.before(d.now),
			Labels:          maps.Clone(template(current).Labels),
			OwnerReferences: []metav1.OwnerReference{ownerOf("DaemonSet", d.ds.Name, d.ds.UID)},
		},
		Spec: corev1.PodSpec{NodeName: node,
			Affinity: daemonutil.ReplaceDaemonSetPodNodeNameNodeAffinity(nil, node)},
		Status: corev1.PodStatus{Phase: corev1.PodRunning},
	}
	if d.percent(10) {
		pod.CreationTimestamp = metav1.NewTime(d.now.Truncate(time.Second).Add(-time.Minute))
	}
	d.revisionOf(pod, c)
	d.readySince(pod, corev1.ConditionTrue, metav1.NewTime(d.now.Add(
		-time.Duration(d.ds.Spec.MinReadySeconds+d.count(2, 5000))*time.Second).Truncate(time.Second)))
	return pod
}

func (d *daemonWorld) revisionOf(pod *corev1.Pod, c crew) {
	pod.Labels[hashLabel] = d.old
	if d.percent(c.fresh) {
		pod.Labels[hashLabel] = d.update
	}
	switch roll := d.IntN(100); {
	case roll < 2:
		delete(pod.Labels, hashLabel)
	case roll < 4:
		pod.Labels[hashLabel] = oneOf(d.dice, "", "forgotten", "twin0")
	case roll < 6:
		pod.Labels[generationLabel] = oneOf(d.dice, "3", "03", "", "+3")
		return
	}
	pod.Labels[generationLabel] = "2"
	if pod.Labels[hashLabel] == d.update {
		pod.Labels[generationLabel] = "3"
	}
}

func (d *daemonWorld) readySince(pod *corev1.Pod, status corev1.ConditionStatus, since metav1.Time) {
	pod.Status.Conditions = []corev1.PodCondition{{
		Type: corev1.PodReady, Status: status, LastTransitionTime: since,
	}}
}

// sicken makes a pod one of those that the controller waits for or replaces.
func (d *daemonWorld) sicken(pod *corev1.Pod) {
	since := d.around(d.now, d.ds.Spec.MinReadySeconds)
	switch d.IntN(11) {
	case 0, 1:
		pod.Status = corev1.PodStatus{Phase: corev1.PodPending}
		if d.percent(60) {
			pod.Spec.NodeName = ""
		}
	case 2:
		d.readySince(pod, oneOf(d.dice, corev1.ConditionFalse, corev1.ConditionUnknown), since)
	case 3, 4, 5:
		d.readySince(pod, corev1.ConditionTrue, since)
	case 6, 7:
		pod.Status.Phase = corev1.PodFailed
		d.readySince(pod, oneOf(d.dice, corev1.ConditionFalse, corev1.ConditionTrue), since)
	case 8:
		pod.Status.Phase = corev1.PodSucceeded
	case 9:
		d.deletion(pod)
	case 10:
		pod.Status.Phase = oneOf(d.dice, corev1.PodUnknown, corev1.PodPending)
		d.readySince(pod, corev1.ConditionTrue, oneOf(d.dice, metav1.Time{}, d.before(d.now)))
	}
	if d.percent(10) {
		d.deletion(pod)
	}
}

// nowhere adds a pod that asks for no node by name, for several, or for one in a later term.
func (d *daemonWorld) nowhere(c crew) {
	pod := d.daemonPod("n-1", c)
	pod.Spec.NodeName = ""
	required := pod.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	switch d.IntN(5) {
	case 0:
		pod.Spec.Affinity = nil
	case 1:
		pod.Spec.Affinity.NodeAffinity = nil
	case 2:
		required.NodeSelectorTerms = nil
	case 3:
		required.NodeSelectorTerms[0].MatchFields[0].Values = []string{"n-1", "n-2"}
	case 4:
		term := corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{d.labelRequirement()}}
		required.NodeSelectorTerms = append([]corev1.NodeSelectorTerm{term}, required.NodeSelectorTerms...)
	}
	d.add(pod, c)
}

// podBelongs makes a pod an orphan, a stray or somebody else's.
func (d *daemonWorld) podBelongs(pod *corev1.Pod) {
	switch roll := d.IntN(100); {
	case roll < 35:
		pod.OwnerReferences = nil
	case roll < 45:
		pod.OwnerReferences = nil
		pod.Labels["app"] = "other"
	case roll < 65:
		pod.Labels["app"] = "other"
	case roll < 80:
		pod.OwnerReferences = []metav1.OwnerReference{oneOf(d.dice,
			ownerOf("DaemonSet", d.ds.Name, "recreated"),
			ownerOf("DaemonSet", "renamed", d.ds.UID),
			ownerOf("ReplicaSet", d.ds.Name, d.ds.UID))}
	case roll < 85:
		pod.OwnerReferences[0].Controller = ptr.To(false)
	case roll < 95:
		pod.OwnerReferences = append([]metav1.OwnerReference{bystander()}, pod.OwnerReferences...)
	default:
		pod.Namespace = "elsewhere"
	}
}

// status is mostly what the pods add up to, so that many syncs have nothing to write.
func (d *daemonWorld) status() {
	status := &d.ds.Status
	status.ObservedGeneration = d.ds.Generation
	d.addUp(status)
	if d.percent(25) {
		status.CurrentNumberScheduled = d.near(status.CurrentNumberScheduled)
		status.NumberReady = d.near(status.NumberReady)
		status.NumberAvailable = d.near(status.NumberAvailable)
		status.UpdatedNumberScheduled = d.near(status.UpdatedNumberScheduled)
	}
	if d.percent(10) {
		status.NumberMisscheduled = d.near(status.NumberMisscheduled)
		status.NumberUnavailable = d.near(status.NumberUnavailable)
		status.DesiredNumberScheduled = d.near(status.DesiredNumberScheduled)
	}
	if d.percent(8) {
		status.ObservedGeneration += int64(d.between(-2, 1))
	}
	if d.percent(5) {
		status.Conditions = []appsv1.DaemonSetCondition{{Type: "Custom", Status: corev1.ConditionTrue}}
	}
}

func (d *daemonWorld) addUp(status *appsv1.DaemonSetStatus) {
	l := newLandscape(&d.world, Outcome{})
	for _, s := range l.sites {
		switch {
		case s.should:
			status.DesiredNumberScheduled++
		case s.exists && len(s.pods) > 0:
			status.NumberMisscheduled++
		}
		if !s.should || len(s.pods) == 0 {
			continue
		}
		status.CurrentNumberScheduled++
		if podutil.IsPodReady(s.pods[0]) {
			status.NumberReady++
		}
		if l.available(s.pods[0]) {
			status.NumberAvailable++
		}
		if l.updated(s.pods[0]) {
			status.UpdatedNumberScheduled++
		}
	}
	status.NumberUnavailable = status.DesiredNumberScheduled - status.NumberAvailable
}
