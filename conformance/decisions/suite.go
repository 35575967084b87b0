package decisions

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
)

// fixedSeed is that of a run without SEED: a red run means a broken change.
const fixedSeed = 37

// plan is which worlds a run goes through.
type plan struct {
	seed   uint64
	worlds uint64
	// one is the only world; nil: all.
	one *uint64
	// keep is the name under which that world is kept as a case.
	keep string
}

// randomSeed is the same in all tests of a run.
var randomSeed = sync.OnceValue(func() uint64 { return rand.Uint64N(1 << 32) })

// planned reads SEED, WORLDS, ONE and KEEP.
func planned() (plan, error) {
	p := plan{seed: fixedSeed, worlds: 20_000, keep: os.Getenv("KEEP")}
	if os.Getenv("SEED") == "random" {
		p.seed = randomSeed()
	} else if err := number("SEED", &p.seed); err != nil {
		return p, err
	}
	if err := number("WORLDS", &p.worlds); err != nil {
		return p, err
	}
	if os.Getenv("ONE") != "" {
		p.one = new(uint64)
		return p, number("ONE", p.one)
	}
	if p.keep != "" {
		return p, fmt.Errorf("KEEP needs ONE: which world to keep")
	}
	return p, nil
}

func number(variable string, into *uint64) error {
	text := os.Getenv(variable)
	if text == "" {
		return nil
	}
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return fmt.Errorf("%s=%q is not a number", variable, text)
	}
	*into = value
	return nil
}

// complete reports whether the run is the one that is expected to go every way.
func (p plan) complete() bool { return p.one == nil && p.worlds >= 20_000 }
