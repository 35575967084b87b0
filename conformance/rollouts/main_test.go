package rollouts

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

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

// check carries out a world on both sides. It returns whether the world was of
// use and how the sides differ.
func check(t *testing.T, w *World) (start starting, real, ours rollout, difference string) {
	start, real = w.play(t)
	if start.unusable != "" {
		return start, real, ours, ""
	}
	ours, err := start.forecast()
	if err != nil {
		return start, real, ours, err.Error()
	}
	difference = compare(real, ours)
	if unknown := start.dealt.unknown; len(unknown) > 0 {
		difference += fmt.Sprintf("the simulation has births of its own: %v\n", unknown)
	}
	return start, real, ours, difference
}
