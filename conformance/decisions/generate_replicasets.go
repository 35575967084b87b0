package decisions

import (
	"fmt"
	"maps"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/controller/deployment/util"
	"k8s.io/utils/ptr"
)

// replicaSets draws the ReplicaSets of a Deployment: old ones and, mostly, the
// new one.
func (g *generator) replicaSets(state mood) {
	sizes, hasNew := g.sizes(state)
	for i, size := range sizes {
		version := i + 1
		if hasNew && i == len(sizes)-1 {
			version = current
		}
		g.world.ReplicaSets = append(g.world.ReplicaSets, g.replicaSet(state, version, size))
	}
	g.timestamps()
	g.revisions()
	for _, rs := range g.world.ReplicaSets {
		g.belonging(rs)
	}
	g.Shuffle(len(g.world.ReplicaSets), func(i, j int) {
		sets := g.world.ReplicaSets
		sets[i], sets[j] = sets[j], sets[i]
	})
}

// sizes of the ReplicaSets, old to new; the last is the new one if there is one.
func (g *generator) sizes(state mood) (sizes []int32, hasNew bool) {
	desired := g.previousSize(state)
	surge, unavailable := g.fenceposts(desired)
	idle := make([]int32, g.between(0, 3))
	switch state {
	case complete:
		return append(idle, desired), true
	case saturated:
		return append(idle, g.count(1, 5), g.count(0, 3), desired), true
	case odd:
		for range g.between(0, 5) {
			sizes = append(sizes, g.count(0, int(min(desired, 60_000))+5))
		}
		return sizes, len(sizes) > 0 && g.percent(75)
	}
	total := g.count(int(max(desired-unavailable, 0)), int(desired+surge))
	hasNew = g.percent(88)
	if hasNew {
		updated := g.count(0, int(min(total, desired)))
		return append(append(idle, g.parts(total-updated)...), updated), true
	}
	return append(idle, g.parts(total)...), false
}

// previousSize is the size that the ReplicaSets were last told.
func (g *generator) previousSize(state mood) int32 {
	desired := *g.world.Deployment.Spec.Replicas
	switch {
	case state != scaling:
		return desired
	case g.percent(50):
		return max(0, desired+g.count(-6, 6))
	}
	return g.size()
}

// parts splits a number into one to three.
func (g *generator) parts(total int32) []int32 {
	parts := []int32{total}
	for g.percent(35) && len(parts) < 3 {
		last := len(parts) - 1
		piece := g.count(0, int(parts[last]))
		parts = append(parts[:last], piece, parts[last]-piece)
	}
	return parts
}

func (g *generator) replicaSet(state mood, version int, size int32) *appsv1.ReplicaSet {
	d := g.world.Deployment
	hash := fmt.Sprintf("%x", 0x5c76f855b7+version*7919)
	name := fmt.Sprintf("%.200s-%s", d.Name, hash)
	content := template(version)
	if version == current {
		if g.percent(70) {
			name, hash = g.hashName()
		}
		if g.percent(5) {
			content = g.respelled(content)
		}
	}
	content.Labels["pod-template-hash"] = hash
	rs := &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: namespace, UID: types.UID(fmt.Sprintf("replicaset-%d", version)),
			ResourceVersion: g.version(), Generation: int64(g.between(1, 5)),
			Labels:          maps.Clone(content.Labels),
			Annotations:     g.setAnnotations(state),
			OwnerReferences: []metav1.OwnerReference{ownerOf("Deployment", d.Name, d.UID)},
		},
		Spec: appsv1.ReplicaSetSpec{
			Replicas:        &size,
			MinReadySeconds: d.Spec.MinReadySeconds,
			Selector:        &metav1.LabelSelector{MatchLabels: maps.Clone(content.Labels)},
			Template:        content,
		},
	}
	if g.percent(6) {
		rs.Spec.MinReadySeconds = oneOf[int32](g.dice, 0, 5, 10)
	}
	g.setStatus(state, rs)
	return rs
}

func (g *generator) setAnnotations(state mood) map[string]string {
	d := g.world.Deployment
	desired := *d.Spec.Replicas
	if state == scaling || state == odd && g.percent(40) || state == saturated && g.percent(25) {
		desired = g.previousSize(scaling)
	}
	surge, _ := g.fenceposts(desired)
	all := map[string]string{
		util.DesiredReplicasAnnotation: fmt.Sprint(desired),
		util.MaxReplicasAnnotation:     fmt.Sprint(desired + surge),
	}
	if g.percent(85) {
		if cause, ok := d.Annotations["kubernetes.io/change-cause"]; ok {
			all["kubernetes.io/change-cause"] = cause
		}
	}
	chance := 2.0
	if state == odd {
		chance = 12
	}
	for _, key := range []string{util.DesiredReplicasAnnotation, util.MaxReplicasAnnotation} {
		if g.percent(chance) {
			all[key] = oneOf(g.dice, "", "0", "-3", "abc", "2147483647", "2147483648",
				"4294967296", "1000000", "7", "+5", "007")
		}
		if g.percent(chance) {
			delete(all, key)
		}
	}
	return all
}

// timestamps are in order, with ties and exceptions.
func (g *generator) timestamps() {
	at := g.now.Truncate(time.Second).Add(-100 * time.Hour)
	for _, rs := range g.world.ReplicaSets {
		if !g.percent(15) {
			at = at.Add(time.Duration(g.between(1, 3000)) * time.Second)
		}
		rs.CreationTimestamp = metav1.NewTime(at)
		if g.percent(3) {
			rs.CreationTimestamp = g.before(g.now)
		}
		if g.percent(1) {
			rs.CreationTimestamp = metav1.Time{}
		}
	}
}

// revisions count upwards, with exceptions; the Deployment has the newest.
func (g *generator) revisions() {
	newest, tooLong := "", strings.Repeat("0", 2005)+"1"
	for i, rs := range g.world.ReplicaSets {
		revision := fmt.Sprint(i + 1)
		if g.percent(5) {
			revision = oneOf(g.dice, "x", "1", "2", "12", "0", "-4", "", "3.5",
				"9223372036854775807", "9223372036854775808", tooLong, tooLong, tooLong)
		}
		rs.Annotations[util.RevisionAnnotation] = revision
		newest = revision
		if g.percent(4) {
			delete(rs.Annotations, util.RevisionAnnotation)
		}
		if g.percent(12) {
			rs.Annotations[util.RevisionHistoryAnnotation] = oneOf(g.dice, "", "1", "1,2", ",",
				g.longHistory())
		}
		if g.percent(1) {
			rs.Annotations = nil
		}
	}
	d := g.world.Deployment
	if d.Annotations != nil && g.percent(85) {
		d.Annotations[util.RevisionAnnotation] = oneOf(g.dice, newest, newest, newest, newest,
			newest, "1", "77", "abc")
	}
}

// longHistory is near or above the 2000 characters that are kept.
func (g *generator) longHistory() string {
	if g.percent(10) {
		return strings.Repeat("9", g.between(1990, 2010))
	}
	return strings.Repeat("12,", g.between(660, 670)) + "3"
}

func (g *generator) setStatus(state mood, rs *appsv1.ReplicaSet) {
	size := *rs.Spec.Replicas
	status := &rs.Status
	status.ObservedGeneration = rs.Generation
	status.Replicas, status.ReadyReplicas, status.AvailableReplicas = size, size, size
	status.TerminatingReplicas = ptr.To(oneOf[int32](g.dice, 0, 0, 0, 1, 3))
	lags := map[mood]float64{complete: 12, rolling: 50, scaling: 55, saturated: 20, odd: 80}[state]
	if g.percent(lags) {
		status.Replicas = g.near(size)
		status.ReadyReplicas = min(g.near(size), status.Replicas)
		status.AvailableReplicas = min(g.near(size), status.ReadyReplicas)
	}
	if state == odd && g.percent(20) {
		status.AvailableReplicas = g.near(size)
	}
	switch {
	case state == rolling && g.percent(9):
		// Scaled down a moment ago: the status does not know yet.
		status.Replicas = size + g.count(1, 5)
		status.ReadyReplicas, status.AvailableReplicas = status.Replicas, status.Replicas
	case state == rolling && g.percent(9):
		// Broken.
		status.ReadyReplicas, status.AvailableReplicas = 0, 0
	}
	status.FullyLabeledReplicas = status.Replicas
	if g.percent(6) {
		status.ObservedGeneration -= int64(g.between(1, 3))
	}
	if g.percent(3) {
		status.ObservedGeneration = 0
	}
	if g.percent(6) {
		status.TerminatingReplicas = nil
	}
	if g.percent(4) {
		status.Conditions = g.failures()
	}
}

// near is a number around a size, mostly below it; never negative.
func (g *generator) near(size int32) int32 {
	switch roll := g.IntN(10); {
	case roll < 4:
		return size
	case roll < 6:
		return max(0, size-g.count(1, 3))
	case roll < 7:
		return 0
	case roll < 8:
		return size + g.count(1, 3)
	}
	return g.count(0, int(size))
}
