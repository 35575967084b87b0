package decisions

import (
	"fmt"
	"slices"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// noteDaemon notes which way a sync of a DaemonSet went.
func noteDaemon(world *World, real Outcome, here map[string]bool) {
	l := newLandscape(world, real)
	created, refused, deleted := 0, 0, 0
	for _, s := range real.Sent {
		for _, cause := range []string{Quota, Conflict, NotFound, Invalid, AlreadyExists, NamespaceTerminating} {
			if s.Refused == errorOf(cause, s.Resource).Error() {
				here[fmt.Sprintf("refused: %s %s, %s", s.Verb, s.Resource, cause)] = true
			}
		}
		switch kindOf(s) {
		case "Create pods":
			node, _ := unassigned(s.Body)
			here["creation: the node "+l.needs(node)] = true
			created++
			if s.Refused != "" {
				refused++
			}
		case "Delete pods":
			here["deletion: the pod "+l.class(s.Name)] = true
			deleted++
		case cleanup:
			here["revision: deleted, "+l.kindOfRevision(s.Name)] = true
		}
	}
	note := func(way string, holds bool) {
		if holds {
			here[way] = true
		}
	}
	note("creation: as many as one sync may", created == mostPods)
	note("creation: slow start stops", refused > 0 && created > refused)
	note("deletion: as many as one sync may", deleted == mostPods)
	note("revision: pods get another hash", slices.ContainsFunc(real.Sent, isRelabelling))
	l.noteRevisions(real, here)
}

func (l *landscape) kindOfRevision(name string) string {
	if l.duplicates(name) {
		return "a duplicate"
	}
	return "old"
}

func (l *landscape) noteRevisions(real Outcome, here map[string]bool) {
	statuses := 0
	for _, s := range real.Sent {
		switch {
		case s.Verb == controller.UpdateStatus:
			statuses++
		case kindOf(s) != "Update controllerrevisions":
		case l.duplicates(s.Name) && !l.unlabelled(s.Name):
			here["revision: becomes the newest"] = true
		case l.unlabelled(s.Name):
			here["revision: gets a hash"] = true
		}
	}
	if statuses > 1 {
		here["tried again: UpdateStatus daemonsets"] = true
	}
}
