package rollouts

import (
	"fmt"
	"math/rand/v2"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// DrawDaemon returns the world with a DaemonSet of a seed and an index.
func DrawDaemon(seed, index uint64) *World {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1<<48+index))}
	w := &World{Name: fmt.Sprintf("SEED=%d ONE=%d", seed, index), Seed: g.Uint64()}
	w.Alike = g.one(3)
	w.Flaky = !w.Alike && g.one(5)
	g.daemonSet(w)
	return w
}

// daemonSet fills in a world with a DaemonSet.
func (g *generator) daemonSet(w *World) {
	g.version = 1
	w.Nodes = g.machines()
	w.Start = newDaemonSet(g.rollsNodes(), minReady(g.seconds()), tolerates(g.one(4)), g.disk(),
		historyLimit(pick[int32](g, 0, 1, 2, 10, 10)))
	for range pick(g, 0, 0, 1, 2, 4) {
		w.History = append(w.History, g.revision())
	}
	for range pick(g, 0, 0, 1, 1, 2) {
		w.Early = append(w.Early, g.while(g.daemonEdit()))
	}
	for range pick(g, 0, 0, 1, 2) {
		w.Early = append(w.Early, g.while(onNodes(g.nodeChanges(w)...)))
	}
	if g.one(4) {
		w.Early = append(w.Early, g.during(g.daemonAccident()))
	}
	if g.one(3) {
		w.Faults = []edit{g.daemonAccident()}
	}
	for range pick(g, 0, 1, 1, 1, 1, 1, 2) {
		w.Change = append(w.Change, g.daemonEdit())
	}
	if g.one(3) || len(w.Change) == 0 {
		w.NodeChanges = g.nodeChanges(w)
	}
	if len(w.NodeChanges) == 0 && g.one(8) {
		w.Remedy = pick(g, g.stuckPod(), g.anyPod())
	}
}

func (g *generator) machines() []*corev1.Node {
	count := 1 + g.IntN(9)
	if g.one(8) {
		count = 10 + g.IntN(12)
	}
	var list []*corev1.Node
	for i := range count {
		node := newMachine(fmt.Sprintf("n%02d", i), pick(g, "ssd", "ssd", "hdd"))
		if g.one(6) {
			node.Spec.Taints = []corev1.Taint{{Key: "dedicated", Value: "gpu", Effect: corev1.TaintEffectNoSchedule}}
		}
		list = append(list, node)
	}
	return list
}

func (g *generator) disk() edit { return onDisk(pick(g, "", "", "ssd", "hdd")) }

func (g *generator) rollsNodes() edit {
	switch n := g.IntN(12); {
	case n == 0:
		return onDelete()
	case n < 5:
		return rollsNodes(g.bound(1), "0")
	}
	return rollsNodes("0", g.bound(1))
}

func (g *generator) daemonEdit() edit {
	switch g.IntN(16) {
	case 0, 1:
		return image(fmt.Sprintf("broken:%d", g.IntN(2)))
	case 2:
		return minReady(g.seconds())
	case 3:
		return g.rollsNodes()
	case 4:
		return together(g.rollsNodes(), g.revision())
	case 5:
		return g.disk()
	case 6:
		return tolerates(g.one(2))
	case 7:
		return pick(g, annotate(fmt.Sprint(g.IntN(3))), historyLimit(pick[int32](g, 0, 1, 2, 10)))
	case 8, 9:
		return image(fmt.Sprintf("web:%d", 1+g.IntN(g.version)))
	}
	return g.revision()
}

// daemonAccident is something that happens to a pod.
func (g *generator) daemonAccident() edit {
	switch g.IntN(8) {
	case 0:
		return killed(pick(g, g.anyPod(), g.stuckPod()))
	case 1, 2, 3:
		return ended(g.anyPod(), pick(g, corev1.PodFailed, corev1.PodFailed, corev1.PodSucceeded))
	case 4:
		return doubled(g.anyPod())
	}
	return crashing(g.anyPod())
}

// nodeChanges are one to three changes of nodes. Nodes stop and go on only where all pods
// are alike.
func (g *generator) nodeChanges(w *World) []nodeChange {
	var list []nodeChange
	for range 1 + g.IntN(3) {
		c := nodeChange{verb: pick(g, "add", "add", "remove", "cordon", "uncordon", "taint", "untaint", "label"), number: g.IntN(30)}
		if w.Alike && g.one(2) {
			c.verb = pick(g, "not-ready", "not-ready", "ready")
		}
		switch c.verb {
		case "taint":
			c.value = "dedicated=gpu:" + pick(g, "NoSchedule", "NoExecute", "PreferNoSchedule")
		case "untaint":
			c.value = "dedicated"
		case "label":
			c.value = pick(g, "disk=ssd", "disk=hdd", "disk-", "rack=1")
		}
		list = append(list, c)
	}
	return slices.CompactFunc(list, func(a, b nodeChange) bool { return a.number == b.number })
}
