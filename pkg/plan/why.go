package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// why says in a few words what a wave does and because of what.
func why(w timeline.Wave) string {
	for _, known := range []struct{ reason, words string }{
		{"RecreateDown", "all old pods stop first"},
		{"RecreateUp", "no old pod is left"},
		{"Saturated", "the new ReplicaSet holds everything"},
		{"Proportional", "the change of size is shared out"},
		{"OnlyActive", "the only ReplicaSet takes the new size"},
		{"AboveDesired", "the new ReplicaSet is too large"},
	} {
		if slices.Contains(w.Reasons, known.reason) {
			return known.words
		}
	}
	if w.OldFrom == 0 && w.OldTo == 0 && w.Came == 0 && slices.Contains(w.Reasons, "NewTemplate") {
		return "a new ReplicaSet for the pod template"
	}
	return moves(w)
}

// moves says how a rolling update moves on.
func moves(w timeline.Wave) string {
	gone, grown := w.OldFrom-w.OldTo, w.NewTo-w.NewFrom
	if slices.Contains(w.Reasons, "UnhealthyOld") {
		return fmt.Sprintf("old pods that are not available go first (%d)", gone)
	}
	if w.Came > 0 {
		return came(w, gone, grown)
	}
	var parts []string
	if gone > 0 {
		parts = append(parts, fmt.Sprintf("%d may be missing", gone))
	}
	if grown > 0 {
		parts = append(parts, extra(gone, grown))
	}
	if len(parts) == 0 {
		return "no old pod is left"
	}
	return strings.Join(parts, ", ")
}

// extra says what lets the new ReplicaSet grow: what old pods leave free, or surge.
func extra(gone, grown int32) string {
	if grown > gone {
		return fmt.Sprintf("%d may be extra", grown-gone)
	}
	return fmt.Sprintf("%d new may start", grown)
}

func came(w timeline.Wave, gone, grown int32) string {
	words := fmt.Sprintf("%d new available", w.Came)
	switch {
	case w.OldTo == 0 || gone == 0 && grown == 0:
		return words
	case gone == 0:
		return words + fmt.Sprintf(", so %d new may start", grown)
	}
	return words + fmt.Sprintf(", so %d old may go", gone)
}
