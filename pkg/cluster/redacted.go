package cluster

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Redacted is what stands in a snapshot for the n-th distinct value that nobody
// shall read: "(redacted 3)". Equal values have one number, so templates that were
// equal still are, and nothing else is told of a value.
func Redacted(n int) string { return fmt.Sprintf("(redacted %d)", n) }

// IsRedacted reports whether a text stands for a value that is not known.
func IsRedacted(text string) bool {
	number, ok := strings.CutPrefix(text, "(redacted ")
	number, closed := strings.CutSuffix(number, ")")
	return ok && closed && number != "" && strings.Trim(number, "0123456789") == ""
}

// HasRedacted reports whether a pod template has environment variables whose values
// are not known, so that nobody can tell its hash.
func HasRedacted(template *corev1.PodTemplateSpec) bool {
	isRedacted := func(c corev1.Container) bool {
		return slices.ContainsFunc(c.Env, func(env corev1.EnvVar) bool { return IsRedacted(env.Value) })
	}
	return slices.ContainsFunc(template.Spec.InitContainers, isRedacted) ||
		slices.ContainsFunc(template.Spec.Containers, isRedacted)
}
