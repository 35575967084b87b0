// Package failure holds errors that end a command: with hints, and with an exit
// code.
package failure

import (
	"errors"
	"fmt"
	"io"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// Hinted is an error with lines that say what may have been meant.
type Hinted struct {
	Err   error
	Hints []string
}

// Error implements error.
func (h Hinted) Error() string { return h.Err.Error() }

// Unwrap returns the error without its hints.
func (h Hinted) Unwrap() error { return h.Err }

// WithHint adds hints to an error.
func WithHint(err error, hints ...string) error { return Hinted{Err: err, Hints: hints} }

// Exit is how a command ends that did its work but has bad news.
type Exit struct{ Code int }

// Error implements error.
func (e Exit) Error() string { return fmt.Sprintf("exit code %d", e.Code) }

// Report writes what a person should read of an error and returns the exit code.
func Report(w io.Writer, err error) int {
	if err == nil {
		return plan.ExitFine
	}
	var exit Exit
	if errors.As(err, &exit) {
		return exit.Code
	}
	for _, line := range split(err) {
		fmt.Fprintf(w, "error: %s\n", line)
	}
	var hinted Hinted
	if errors.As(err, &hinted) {
		for _, hint := range hinted.Hints {
			fmt.Fprintf(w, "hint: %s\n", hint)
		}
	}
	return plan.ExitError
}

// split returns the lines of an error that joins several.
func split(err error) []string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var lines []string
		for _, one := range joined.Unwrap() {
			lines = append(lines, split(one)...)
		}
		return lines
	}
	return []string{err.Error()}
}
