package rollouts

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
)

// fixedSeed is that of a run without SEED: a red run means a broken change.
const fixedSeed = 37

// shards is how many worlds are tried side by side.
const shards = 2

func TestMain(m *testing.M) {
	// The handlers log and sleep: 26 years of a bubble's clock.
	utilruntime.ErrorHandlers = nil
	klog.SetLogger(logr.Discard())
	os.Exit(m.Run())
}

// number reads an environment variable; what it is otherwise is given.
func number(t *testing.T, variable string, otherwise uint64) uint64 {
	text := os.Getenv(variable)
	switch text {
	case "":
		return otherwise
	case "random":
		return rand.Uint64N(1 << 32)
	}
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s=%q is not a number", variable, text)
	}
	return value
}

// inParallel goes through worlds by index and adds up which ways they went.
func inParallel(t *testing.T, count uint64, try func(*testing.T, uint64) ways) ways {
	var lock sync.Mutex
	seen := ways{}
	began := time.Now()
	t.Run("worlds", func(t *testing.T) {
		for shard := range uint64(shards) {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				for index := shard; index < count; index += shards {
					went := try(t, index)
					lock.Lock()
					seen.add(went)
					lock.Unlock()
				}
			})
		}
	})
	t.Logf("%.1f rollouts a second", float64(count)/time.Since(began).Seconds())
	return seen
}

// check carries out a world on both sides and says how they differ.
func check(t *testing.T, w *World) (start starting, real, ours rollout, difference string) {
	start, real = w.play(t)
	if start.unusable != "" {
		return start, real, ours, ""
	}
	if start.endless {
		ours, difference = start.checkEndless(w, real)
	} else {
		ours, difference = start.checkEnding(real)
	}
	if unknown := start.dealt.unknown; len(unknown) > 0 {
		difference += fmt.Sprintf("only ours creates pods %v\n", unknown)
	}
	return start, real, ours, difference + start.checkBounds(real.journal.entries)
}

func (s starting) checkEnding(real rollout) (ours rollout, difference string) {
	ours, err := s.forecast(0)
	if err != nil {
		return ours, err.Error()
	}
	if hasLeaving(s.state) {
		return ours, compareTimeless(real, ours)
	}
	return ours, compare(real, ours)
}

// checkEndless compares what happened until both sides were cut off. Left alone, a
// simulation has to notice that it never settles.
func (s starting) checkEndless(w *World, real rollout) (ours rollout, difference string) {
	if ours, err := s.forecast(0); err != nil || ours.settled {
		return ours, fmt.Sprintf("only ours settles, %v\n", err)
	}
	ours, err := s.forecast(w.longest())
	if err != nil {
		return ours, err.Error()
	}
	return ours, compare(real.until(w.longest()), ours.until(w.longest()))
}
