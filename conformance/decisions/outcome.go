package decisions

import (
	"encoding/json"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// Sent is one write as it goes over the wire, whoever sent it.
type Sent struct {
	Verb     controller.Verb `json:"verb"`
	Resource string          `json:"resource"`
	Name     string          `json:"name,omitempty"`
	// Body is the object of a Create or Update, or the patch, as JSON without
	// apiVersion and kind.
	Body json.RawMessage `json:"body,omitempty"`
	// Refused is the text of the refusal; empty: accepted.
	Refused string `json:"refused,omitempty"`
	// Count is how many identical writes this stands for.
	Count int `json:"count"`
}

// Outcome is everything one sync led to.
type Outcome struct {
	Sent   []Sent
	WakeAt time.Time // zero: no sync was planned
	// Took is for how long the real controller waited between tries.
	Took time.Duration
	Err  error

	// Reasons are why, where Decide was asked.
	Reasons []controller.Reason
	// Trace is what the real controller logged.
	Trace []string
}

func refusedBy(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
