package decisions

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Worlds that were once decided differently stay so for ever: each file of
// testdata/cases is one, kept with KEEP.
func TestCases(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "cases", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			world := read(t, file)
			setGates(t, world.Gates)
			controller, err := newRealFor(world)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, difference := check(t, controller, world); difference != "" {
				t.Error(difference)
			}
		})
	}
}

func read(t *testing.T, file string) *World {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	world := &World{}
	if err := json.Unmarshal(data, world); err != nil {
		t.Fatal(err)
	}
	return world
}
