package rollouts

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Draw returns the world of a seed and an index.
func Draw(seed, index uint64) *World {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, index))}
	w := &World{Name: fmt.Sprintf("SEED=%d ONE=%d", seed, index), Seed: g.Uint64(), Flaky: g.one(6)}
	if g.one(12) {
		g.bareReplicaSet(w)
		return w
	}
	g.deployment(w)
	return w
}

// generator draws the parts of a world.
type generator struct {
	*rand.Rand
	version int // of the last new image
}

// one is true in one of n cases.
func (g *generator) one(n int) bool { return g.IntN(n) == 0 }

func pick[T any](g *generator, options ...T) T { return options[g.IntN(len(options))] }

func (g *generator) bareReplicaSet(w *World) {
	w.Start = newReplicaSet(scale(g.size()), minReady(g.seconds()))
	if g.one(2) {
		w.Early = []edit{g.during(scale(g.size()))}
	}
	if g.one(3) {
		w.Create = newDeployment(scale(g.size()), g.strategy(), minReady(g.seconds()), g.deadline(),
			image(fmt.Sprintf("web:%d", 1+g.IntN(2))))
		return
	}
	w.Change = []edit{pick(g, scale(g.size()), scale(0), minReady(g.seconds()))}
}

// deployment fills in a world with a Deployment: it goes through its history
// without pods, then gets them, then perhaps changes again and is cut off.
func (g *generator) deployment(w *World) {
	w.Start = newDeployment(scale(0), g.strategy(), minReady(g.seconds()), g.deadline(),
		historyLimit(pick[int32](g, 0, 1, 2, 3, 10, unlimited)))
	g.version = 1
	for range g.IntN(5) {
		w.History = append(w.History, g.revision())
	}
	fill := scale(g.size())
	if g.one(4) {
		fill = g.during(fill)
	}
	w.Early = []edit{fill}
	for range pick(g, 0, 0, 1, 1, 1, 2) {
		w.Early = append(w.Early, g.during(g.edit()))
	}
	for range pick(g, 0, 1, 1, 1, 1, 1, 1, 1, 2) {
		w.Change = append(w.Change, g.edit())
	}
}

// during lets the controllers work on an edit for a while only.
func (g *generator) during(e edit) edit {
	e.after = time.Duration(1+g.IntN(120)) * tick
	return e
}

func (g *generator) size() int32 {
	switch n := g.IntN(20); {
	case n == 0:
		return 0
	case n < 3:
		return int32(13 + g.IntN(18))
	}
	return int32(1 + g.IntN(12))
}

func (g *generator) seconds() int32 {
	if g.one(2) {
		return 0
	}
	return int32(1 + g.IntN(8))
}

// deadline is longer than any minReadySeconds, as validation demands.
func (g *generator) deadline() edit {
	return deadline(pick(g, 600, 600, unlimited, int32(9+g.IntN(20)), int32(9+g.IntN(20))))
}

func (g *generator) strategy() edit {
	if g.one(6) {
		return recreate()
	}
	switch g.IntN(8) {
	case 0:
		return rolling("1", "0")
	case 1:
		return rolling("0", "1")
	case 2:
		return rolling("25%", "25%")
	case 3:
		return rolling("100%", "0")
	case 4:
		return rolling("0", "100%")
	}
	return rolling(g.bound(1), g.bound(0))
}

func (g *generator) bound(least int) string {
	if g.one(2) {
		return fmt.Sprint(least + g.IntN(5))
	}
	return fmt.Sprintf("%d%%", least+g.IntN(100))
}

// revision is a new image, one that was there before, or a broken one.
func (g *generator) revision() edit {
	if g.version > 1 && g.one(4) {
		return image(fmt.Sprintf("web:%d", 1+g.IntN(g.version)))
	}
	g.version++
	return image(fmt.Sprintf("web:%d", g.version))
}

func (g *generator) edit() edit {
	switch g.IntN(16) {
	case 0, 1:
		return scale(g.size())
	case 2:
		return scale(0)
	case 3:
		return together(g.revision(), scale(g.size()))
	case 4:
		return image(fmt.Sprintf("broken:%d", g.IntN(2)))
	case 5:
		return paused(true)
	case 6:
		return together(paused(false), g.revision())
	case 7:
		return paused(false)
	case 8:
		return minReady(g.seconds())
	case 9:
		return g.strategy()
	case 10:
		return pick(g, g.deadline(), annotate(fmt.Sprint(g.IntN(3))))
	case 11:
		return image(fmt.Sprintf("web:%d", 1+g.IntN(g.version)))
	}
	return g.revision()
}
