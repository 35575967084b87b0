package plan_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// The published schema is that of the Go types; UPDATE_GOLDEN=1 writes it.
func TestSchemaIsInStep(t *testing.T) {
	const path = "../../docs/plan.schema.json"
	schema, err := plan.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, schema, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	published, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(published, schema) {
		t.Errorf("run make golden (-published +types):\n%s", cmp.Diff(string(published), string(schema)))
	}
}
