package decisions

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"sync"
	"testing"

	"github.com/go-logr/logr"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
)

// shards is how many controllers run side by side.
const shards = 2

func TestMain(m *testing.M) {
	// The handlers log and sleep; an error of a sync is looked at here.
	utilruntime.ErrorHandlers = nil
	klog.SetLogger(logr.Discard())
	// A world is soon garbage, and hardly anything else is alive: 100 MB saves a third of the time.
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}

// run compares every planned world and returns which ways were taken.
func run(t *testing.T, draw func(seed, index uint64) *World, newReal func() (*real, error)) *ways {
	p, err := planned()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("SEED=%d WORLDS=%d", p.seed, p.worlds)
	taken := newWays()
	if p.one != nil {
		runOne(t, p, draw(p.seed, *p.one), newReal)
		return taken
	}
	var lock sync.Mutex
	t.Run("worlds", func(t *testing.T) {
		for shard := range uint64(shards) {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				mine := runShard(t, p, shard, draw, newReal)
				lock.Lock()
				defer lock.Unlock()
				taken.add(mine)
			})
		}
	})
	if p.complete() {
		return taken
	}
	return newWays()
}

func runShard(
	t *testing.T, p plan, shard uint64,
	draw func(seed, index uint64) *World, newReal func() (*real, error),
) *ways {
	controller, err := newReal()
	if err != nil {
		t.Fatal(err)
	}
	taken, wrong := newWays(), 0
	for index := shard; index < p.worlds; index += shards {
		world := draw(p.seed, index)
		real, ours, difference := check(t, controller, world)
		if difference != "" {
			wrong++
			if wrong <= 3 {
				t.Errorf("SEED=%d ONE=%d: %s", p.seed, index, difference)
			} else {
				t.Errorf("SEED=%d ONE=%d differs too", p.seed, index)
			}
		}
		if wrong == 20 {
			t.Fatal("too many differences")
		}
		taken.count(world, real, ours)
	}
	return taken
}

// check runs both sides and says how they differ. Decide must leave the world as
// it is.
func check(t *testing.T, controller *real, world *World) (real, ours Outcome, difference string) {
	real = controller.Sync(t, world)
	before := world.Copy()
	ours = Decided(world)
	difference = Compare(world, real, ours)
	if !reflect.DeepEqual(before, world.Copy()) {
		difference += "Decide changed what it sees\n"
	}
	return real, ours, difference
}

func runOne(t *testing.T, p plan, world *World, newReal func() (*real, error)) {
	controller, err := newReal()
	if err != nil {
		t.Fatal(err)
	}
	if p.keep != "" {
		keep(t, p.keep, world)
	}
	real, ours, difference := check(t, controller, world)
	t.Logf("world:\n%s", indented(t, world))
	t.Logf("real: wakes at %v, error %v\n%s", real.WakeAt, real.Err, indented(t, real.Sent))
	t.Logf("ours: wakes at %v, error %v, because %v\n%s", ours.WakeAt, ours.Err, ours.Reasons,
		indented(t, ours.Sent))
	t.Logf("trace of the real one: %q", real.Trace)
	if difference != "" {
		t.Error(difference)
	}
}

func keep(t *testing.T, name string, world *World) {
	path := filepath.Join("testdata", "cases", name+".json")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(indented(t, world), '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func indented(t *testing.T, value any) []byte {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return data
}
