package rollouts

import (
	"fmt"
	"math/rand/v2"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
)

// DrawDaemon returns the world with a DaemonSet of a seed and an index.
func DrawDaemon(seed, index uint64) *World {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1<<40+index)), version: 1}
	w := &World{Name: fmt.Sprintf("SEED=%d ONE=%d", seed, index), Seed: g.Uint64()}
	for i := range 1 + g.IntN(12) {
		w.Nodes = append(w.Nodes, newNode(fmt.Sprintf("n%d", 10+i), pick(g, "ssd", "ssd", "hdd"), !g.one(8)))
	}
	w.Even = kubelet.Fixed{
		ReadyAfter: time.Duration(3+g.IntN(60)) * tick,
		GoneAfter:  time.Duration(2+g.IntN(40)) * tick,
	}
	w.Start = newDaemonSet(g.daemonStrategy(), minReady(g.seconds()), historyLimit(pick[int32](g, 0, 1, 2, 10, 10)),
		onlyOn(pick(g, "", "", "ssd")))
	for range pick(g, 0, 0, 1, 2, 3) {
		w.History = append(w.History, g.revision())
	}
	for range pick(g, 0, 0, 1, 1, 2) {
		w.Early = append(w.Early, g.while(g.daemonEdit()))
	}
	for range pick(g, 0, 1, 1, 1, 1, 1, 2) {
		w.Change = append(w.Change, g.daemonEdit())
	}
	if g.one(8) {
		w.Remedy = g.anyPod()
	}
	return w
}

func (g *generator) daemonStrategy() edit {
	switch g.IntN(8) {
	case 0:
		return onDelete()
	case 1, 2, 3:
		return daemonRolling("0", g.bound(1))
	}
	return daemonRolling(g.bound(1), "0")
}

func (g *generator) daemonEdit() edit {
	switch g.IntN(20) {
	case 0, 1:
		return image(fmt.Sprintf("broken:%d", g.IntN(2)))
	case 2, 3:
		return image(fmt.Sprintf("web:%d", 1+g.IntN(g.version)))
	case 4:
		return g.daemonStrategy()
	case 5:
		return together(g.daemonStrategy(), g.revision())
	case 6:
		return minReady(g.seconds())
	case 7:
		return onlyOn(pick(g, "", "ssd", "hdd"))
	case 8, 9:
		return joins(fmt.Sprintf("n%d", 30+g.IntN(1_000_000_000)), pick(g, "ssd", "hdd"))
	case 10:
		return taint(g.IntN(20), corev1.TaintEffectNoExecute)
	case 11:
		return taint(g.IntN(20), corev1.TaintEffectNoSchedule)
	case 12:
		return otherDisk(g.IntN(20), pick(g, "ssd", "hdd"))
	case 13:
		return pick(g, annotate(fmt.Sprint(g.IntN(3))), historyLimit(pick[int32](g, 0, 1, 2, 10)))
	}
	return g.revision()
}
