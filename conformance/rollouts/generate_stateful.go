package rollouts

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// DrawStateful returns the world with a StatefulSet of a seed and an index, under
// feature gates as --feature-gates takes them; other gates, other worlds.
func DrawStateful(seed, index uint64, gates string) *World {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(len(gates))<<32+index))}
	w := &World{Name: fmt.Sprintf("SEED=%d ONE=%d", seed, index), Seed: g.Uint64(), Flaky: g.one(6), Gates: gates}
	g.statefulSet(w)
	return w
}

// statefulSet fills in a world with a StatefulSet: it goes through its history without
// pods, then gets them, then perhaps changes again and is cut off.
func (g *generator) statefulSet(w *World) {
	g.version = 1
	w.Start = newStatefulSet(w.profile(), g.statefulSpec(w)...)
	for range pick(g, 0, 0, 1, 2, 4) {
		w.History = append(w.History, g.revision())
	}
	fill := scale(g.statefulSize())
	if g.one(4) {
		fill = g.during(fill)
	}
	w.Early = []edit{fill}
	switch g.IntN(12) {
	case 0:
		g.newborn(w)
		return
	case 1, 2:
		g.trouble(w)
		return
	}
	for range pick(g, 0, 0, 1, 1, 1, 2) {
		w.Early = append(w.Early, g.while(g.statefulEdit(w)))
	}
	if g.one(3) {
		w.Early = append(w.Early, g.during(g.accident()))
	}
	if g.one(3) {
		w.Faults = []edit{g.accident()}
	}
	for range pick(g, 0, 1, 1, 1, 1, 1, 1, 1, 2) {
		w.Change = append(w.Change, g.statefulEdit(w))
	}
	g.remedy(w, 8)
}

// remedy lets a person delete a pod in one of n cases.
func (g *generator) remedy(w *World, n int) {
	if g.one(n) {
		w.Remedy = pick(g, g.stuckPod(), g.stuckPod(), g.anyPod())
	}
}

func (g *generator) anyPod() choice   { return nth("a pod", g.IntN(9), isAlive) }
func (g *generator) stuckPod() choice { return nth("a stuck pod", g.IntN(9), isStuck) }

// trouble makes the world one with a broken revision, and the change what a person
// then does about it.
func (g *generator) trouble(w *World) {
	w.Early = append(w.Early, g.while(image("broken:1")))
	if g.one(3) {
		w.Faults = []edit{crashing(g.anyPod())}
	}
	w.Change = []edit{pick(g, image("web:1"), image("web:1"), g.revision(), image("broken:2"),
		scale(1), scale(g.statefulSize()), startOrdinal(2), g.updates(w))}
	g.remedy(w, 2)
}

// newborn makes the change one that creates the StatefulSet anew, over what was left of
// it. Its template is the last one or new: an older revision would be renumbered in the
// sync that adopts it, and it depends on a race whether the API server refuses that.
func (g *generator) newborn(w *World) {
	if g.one(2) {
		w.Early = append(w.Early, g.while(pick(g, g.revision(), image("broken:1"))))
	}
	again := append(w.History[:len(w.History):len(w.History)], w.Early...)
	if g.one(2) {
		w.Early = append(w.Early, cut(killed(g.anyPod()), time.Duration(1+g.IntN(9))*tick))
	}
	left := pick(g, orphaned(), orphaned(), orphaned(), wiped())
	left.after = time.Duration(1+g.IntN(9)) * tick
	w.Early = append(w.Early, left)
	again = append(again, scale(g.statefulSize()))
	if g.one(2) {
		again = append(again, image("web:new"))
	}
	if g.one(2) {
		again = append(again, parallel())
	}
	set := w.Start.(*appsv1.StatefulSet).DeepCopy()
	for _, e := range again {
		e.apply(set)
	}
	w.Create = set
}

// statefulSpec draws what a StatefulSet is created with.
func (g *generator) statefulSpec(w *World) []edit {
	spec := []edit{scale(0), minReady(g.seconds()), g.updates(w), g.retention(),
		historyLimit(pick[int32](g, 0, 1, 2, 10, 10)),
		claimTemplates([]string{"data", "wal"}[:pick(g, 0, 1, 1, 2)]...)}
	if g.one(2) {
		spec = append(spec, parallel())
	}
	if g.one(4) {
		spec = append(spec, startOrdinal(pick[int32](g, 0, 1, 3)))
	}
	return spec
}

func (g *generator) statefulSize() int32 {
	switch n := g.IntN(20); {
	case n == 0:
		return 0
	case n < 3:
		return int32(9 + g.IntN(8))
	}
	return int32(1 + g.IntN(7))
}

// while lets the controller work on an edit for a while only.
func (g *generator) while(e edit) edit {
	e.after = time.Duration(1+g.IntN(300)) * tick
	return e
}

func (g *generator) updates(w *World) edit {
	recreates := strings.Contains(w.Gates, "StatefulSetRecreateStrategy=true")
	switch n := g.IntN(16); {
	case recreates && g.one(2), g.one(60):
		return updates(appsv1.RecreateStatefulSetStrategyType, nil)
	case n < 2:
		return updates(appsv1.OnDeleteStatefulSetStrategyType, nil)
	case n < 4:
		return updates(appsv1.RollingUpdateStatefulSetStrategyType, nil)
	case n < 7:
		return rollingFrom(int32(g.IntN(9)), g.unavailable())
	}
	return rollingFrom(0, g.unavailable())
}

func (g *generator) unavailable() string {
	switch g.IntN(5) {
	case 0:
		return ""
	case 1:
		return "1"
	case 2:
		return fmt.Sprint(2 + g.IntN(4))
	}
	return fmt.Sprintf("%d%%", 1+g.IntN(100))
}

func (g *generator) retention() edit {
	const keep, drop = appsv1.RetainPersistentVolumeClaimRetentionPolicyType,
		appsv1.DeletePersistentVolumeClaimRetentionPolicyType
	return retention(pick(g, keep, drop), pick(g, keep, drop))
}

func (g *generator) statefulEdit(w *World) edit {
	switch g.IntN(20) {
	case 0, 1, 2:
		return scale(g.statefulSize())
	case 3:
		return scale(0)
	case 4:
		return together(g.revision(), scale(g.statefulSize()))
	case 5, 6:
		return image(fmt.Sprintf("broken:%d", g.IntN(2)))
	case 7:
		return minReady(g.seconds())
	case 8:
		return g.updates(w)
	case 9:
		return together(g.updates(w), g.revision())
	case 10:
		return g.retention()
	case 11:
		return startOrdinal(pick[int32](g, 0, 1, 2, 4))
	case 12:
		return pick(g, annotate(fmt.Sprint(g.IntN(3))), historyLimit(pick[int32](g, 0, 1, 2, 10)))
	case 13, 14:
		return image(fmt.Sprintf("web:%d", 1+g.IntN(g.version)))
	}
	return g.revision()
}

// accident is something that happens to a pod or to its claims.
func (g *generator) accident() edit {
	switch g.IntN(10) {
	case 0:
		return killed(g.anyPod())
	case 1:
		return killed(g.stuckPod())
	case 2, 3:
		return ended(g.anyPod(), pick(g, corev1.PodFailed, corev1.PodSucceeded))
	case 4:
		return crashing(g.anyPod())
	case 5:
		return claimsDeleted(g.anyPod())
	case 6:
		return claimsDeleted(g.stuckPod())
	case 7:
		return claimsLost(g.anyPod())
	}
	return claimsUnbound(g.stuckPod())
}
