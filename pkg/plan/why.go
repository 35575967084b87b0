package plan

import (
	"fmt"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// why says in a few words what a wave does and because of what.
func why(w timeline.Wave) string {
	for _, known := range []struct{ reason, words string }{
		{"Asked", "the change asks for this size"},
		{"RecreateDown", "all old pods stop first"},
		{"Saturated", "the new ReplicaSet holds everything"},
		{"Proportional", "the change of size is shared out between old and new"},
		{"AboveDesired", "the new ReplicaSet is too large"},
	} {
		if _, ok := w.Moved(known.reason); ok {
			return known.words
		}
	}
	if by, ok := w.Moved("OnlyActive"); ok {
		return resized(w, by)
	}
	if w.OldFrom == 0 && w.OldTo == 0 && w.Came == 0 {
		return fromNothing(w)
	}
	return moves(w, 0)
}

// resized is a new number of replicas, and what a rollout does with it at once.
func resized(w timeline.Wave, by int32) string {
	if len(w.Moves) == 1 {
		return "the only ReplicaSet takes the new size"
	}
	return fmt.Sprintf("%+d for the new size, then %s", by, moves(w, by))
}

// fromNothing is a ReplicaSet that grows where no old pod is left.
func fromNothing(w timeline.Wave) string {
	grown := w.NewTo - w.NewFrom
	_, created := w.Moved("NewTemplate")
	_, recreated := w.Moved("RecreateUp")
	switch {
	case created && grown == 0:
		return "a new ReplicaSet for the pod template"
	case recreated || created && w.At > 0:
		return fmt.Sprintf("no old pod is left: %d new may start", grown)
	case created && grown == 1:
		return "nothing to wait for"
	case created:
		return fmt.Sprintf("nothing to wait for: all %d start at once", grown)
	}
	return moves(w, 0)
}

// moves says how a rolling update moves on. Before it, the size changed by resized.
func moves(w timeline.Wave, resized int32) string {
	unhealthy, _ := w.Moved("UnhealthyOld")
	healthy, _ := w.Moved("EnoughAvailable")
	grown := w.NewTo - w.NewFrom
	if w.Came > 0 {
		return came(w, -unhealthy, -unhealthy-healthy, grown)
	}
	var parts []string
	switch {
	case unhealthy == -1:
		parts = append(parts, "1 unavailable old goes first")
	case unhealthy < 0:
		parts = append(parts, fmt.Sprintf("%d unavailable old go first", -unhealthy))
	}
	if healthy < 0 {
		parts = append(parts, spare(w, -healthy, resized))
	}
	if grown > 0 {
		parts = append(parts, extra(w, resized+unhealthy+healthy, grown))
	}
	switch {
	case len(parts) > 0:
	case w.OldTo > 0:
		return "no pod may start yet"
	default:
		return "no old pod is left"
	}
	return strings.Join(parts, ", ")
}

// spare says why healthy old pods may go: there are more than are wanted, or some
// may be missing.
func spare(w timeline.Wave, gone, resized int32) string {
	if available := w.Before.Available + min(resized, 0); available > w.Before.Desired {
		return fmt.Sprintf("%d available, so %d old may go", available, gone)
	}
	return fmt.Sprintf("%d may be missing", gone)
}

// extra says what lets the new ReplicaSet grow: surge, or what others leave free.
func extra(w timeline.Wave, others, grown int32) string {
	rest := w.Before.Total + others
	over := max(rest+grown-w.Before.Desired, 0) - max(rest-w.Before.Desired, 0)
	if over > 0 {
		return fmt.Sprintf("%d may be extra", over)
	}
	return fmt.Sprintf("%d new may start", grown)
}

// came says what pods of the new revision make possible by being available: that
// old ones go, of which some may be unavailable.
func came(w timeline.Wave, unhealthy, gone, grown int32) string {
	switch {
	case gone > 0:
		return newAvailable(w) + ", so " + mayGo(w, unhealthy, gone)
	case allAvailable(w) && w.NewTo == 1:
		return "the pod is available"
	case allAvailable(w):
		return fmt.Sprintf("all %d available", w.NewTo)
	case grown > 0:
		return newAvailable(w) + fmt.Sprintf(", so %d new may start", grown)
	}
	return newAvailable(w)
}

// allAvailable reports whether there are only new pods left, all of them available.
func allAvailable(w timeline.Wave) bool {
	return w.OldTo == 0 && w.State.Available == w.State.Total && w.State.Total == w.NewTo
}

func newAvailable(w timeline.Wave) string {
	switch {
	case allAvailable(w) && w.NewTo == 1:
		return "the new pod is available"
	case allAvailable(w):
		return fmt.Sprintf("all %d new available", w.NewTo)
	}
	return fmt.Sprintf("%d new available", w.Came)
}

func mayGo(w timeline.Wave, unhealthy, gone int32) string {
	switch {
	case unhealthy == gone:
		return fmt.Sprintf("%d unavailable old may go", gone)
	case unhealthy > 0:
		return fmt.Sprintf("%d old may go (%d unavailable)", gone, unhealthy)
	case w.OldTo == 0 && gone == 1:
		return "the last old one may go"
	case w.OldTo == 0:
		return fmt.Sprintf("the last %d old may go", gone)
	}
	return fmt.Sprintf("%d old may go", gone)
}
