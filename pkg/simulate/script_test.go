package simulate_test

import (
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestScripts is filled below.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {})
}
