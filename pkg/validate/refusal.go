// Package validate says what an API server would refuse about a workload. It
// covers the rules that people run into, not each one that exists, and never
// refuses what a server accepts.
package validate

import (
	"cmp"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// Refusal is one reason why an API server would not take an object. Field is the
// path that the server names, for example
// spec.strategy.rollingUpdate.maxUnavailable, with the server's own oddities. It is
// empty where the reason is about no single field: a webhook's, a quota's.
type Refusal struct {
	Field  string
	Reason string
}

// String is one line for a person: "spec.replicas: is -1, below 0".
func (r Refusal) String() string {
	if r.Field == "" {
		return r.Reason
	}
	return r.Field + ": " + r.Reason
}

// review collects the refusals of one object.
type review struct {
	refusals []Refusal
	profile  kubeversion.Profile
	allowed  allowances
}

// allowances are rules that an update may break because the stored object
// already does.
type allowances struct {
	relaxedEnv          bool // environment variable names with any printable characters
	containerRestart    bool // restartPolicy of a container that is no sidecar
	partialPages        bool // amounts of huge pages that are no multiple of a page
	invalidDeletionCost bool
	strayTokens         bool // paths of projected tokens that lead out of their volume
	invalidSpread       bool // label selectors of topologySpreadConstraints
}

func (r *review) refuse(at *field.Path, format string, args ...any) {
	r.refusals = append(r.refusals, Refusal{Field: at.String(), Reason: fmt.Sprintf(format, args...)})
}

// sorted orders by field, then reason, each refusal once.
func (r *review) sorted() []Refusal {
	slices.SortFunc(r.refusals, func(a, b Refusal) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Reason, b.Reason))
	})
	return slices.Compact(r.refusals)
}

// required refuses a text that is empty, and reports whether it is there.
func (r *review) required(at *field.Path, text string) bool {
	if text == "" {
		r.refuse(at, "is required")
	}
	return text != ""
}

// notNegative refuses a number below 0.
func (r *review) notNegative(at *field.Path, number int64) {
	if number < 0 {
		r.refuse(at, "is %d, below 0", number)
	}
}

// conforms refuses a text that the rule has an objection to; what says in words
// what the text has to be.
func (r *review) conforms(at *field.Path, text string, rule func(string) []string, what string) {
	if len(rule(text)) > 0 {
		r.refuse(at, "%q is not %s", text, what)
	}
}

// oneOf refuses a value that is none of those allowed.
func oneOf[T ~string](r *review, at *field.Path, value T, allowed ...T) {
	switch {
	case slices.Contains(allowed, value):
	case value == "":
		r.refuse(at, "is required")
	default:
		r.refuse(at, "is %q: it can be %s", value, words(allowed))
	}
}

// words lists the values as a person would: Always, OnFailure or Never.
func words[T ~string](values []T) string {
	text := ""
	for i, value := range values {
		switch {
		case i == 0:
		case i == len(values)-1:
			text += " or "
		default:
			text += ", "
		}
		if value == "" {
			value = `""`
		}
		text += string(value)
	}
	return text
}

// What names have to be, in words.
const (
	dnsLabel      = "a DNS label: at most 63 of a-z, 0-9 and '-', a letter or digit at both ends"
	dnsSubdomain  = "a DNS name: at most 253 of a-z, 0-9, '-' and '.', a letter or digit at both ends"
	qualifiedName = "a qualified name: up to 63 letters, digits, '-', '_' and '.', with or without a DNS name and '/' before it"
	labelValue    = "a label value: at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends"
	portName      = "a port name: at most 15 of a-z, 0-9 and single '-', with at least one letter"
)
