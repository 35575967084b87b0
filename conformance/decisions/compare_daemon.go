package decisions

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	daemonutil "k8s.io/kubernetes/pkg/controller/daemon/util"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// mostPods is how many pods one sync creates at most, and how many it deletes.
const mostPods = 250

// outside names a pod or node that was chosen and may not be; empty: there is none.
func (l *landscape) outside(sent []Sent) string {
	for _, s := range sent {
		switch kindOf(s) {
		case "Create pods":
			if node, _ := unassigned(s.Body); l.needs(node) == "" {
				return "a pod for node " + node
			}
		case "Delete pods":
			if l.class(s.Name) == "" {
				return "the end of pod " + s.Name
			}
		}
	}
	return ""
}

// settled puts the writes of a DaemonSet's sync into an order in which only what is
// determined counts, and takes from them what is not.
//
// Objects are claimed, and nodes taken, in the order of a map. Pods are claimed again with
// each listing. Of pods and nodes among which the controller may choose only the class is
// left; all others keep their names, so that what is forced must be chosen, and what has no
// class must not be.
func (l *landscape) settled(sent []Sent) []Sent {
	sent = l.once(sent)
	for i := range sent {
		sent[i].Body = assignedVersion().ReplaceAll(sent[i].Body, []byte(`"resourceVersion":"assigned"`))
	}
	l.blurRevisions(sent)
	for start := 0; start < len(sent); {
		end := start + 1
		for end < len(sent) && kindOf(sent[end]) == kindOf(sent[start]) {
			end++
		}
		run := sent[start:end]
		switch kindOf(sent[start]) {
		case "Create pods":
			l.blurCreations(run)
		case "Delete pods":
			l.blurDeletions(run)
		}
		if kindOf(sent[start]) != cleanup {
			slices.SortStableFunc(run, bySent)
		}
		start = end
	}
	return sent
}

// assignedVersion is one that the server gave in this sync: they count writes.
var assignedVersion = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`"resourceVersion":"1\d{6}"`)
})

// cleanup is the kind of those writes that come in an order: deletions of old revisions.
const cleanup = "Delete controllerrevisions"

func kindOf(s Sent) string { return string(s.Verb) + " " + s.Resource }

func bySent(a, b Sent) int {
	return strings.Compare(a.Name+" "+a.Refused+" "+string(a.Body), b.Name+" "+b.Refused+" "+string(b.Body))
}

// once leaves out claims of pods that were sent before, and those writes that come in any
// order up to the first that is refused: where one is, only that remains, without its name.
func (l *landscape) once(sent []Sent) []Sent {
	stopped := map[string]bool{}
	for _, s := range sent {
		if s.Refused != "" {
			stopped[l.sequence(s)] = true
		}
	}
	var kept []Sent
	for _, s := range sent {
		again := s.Verb == controller.Patch && slices.ContainsFunc(kept, func(k Sent) bool { return equal(k, s) })
		if sequence := l.sequence(s); sequence != "" && stopped[sequence] {
			again = s.Refused == ""
			s.Name, s.Body = "", nil
		}
		if !again {
			kept = append(kept, s)
		}
	}
	return kept
}

// sequence names the writes that come one after the other, in any order, until one is
// refused; empty: this one is none of them.
func (l *landscape) sequence(s Sent) string {
	switch {
	case isRelabelling(s):
		return "pods get another hash"
	case s.Resource != "controllerrevisions":
		return ""
	case s.Verb == controller.Delete && l.duplicates(s.Name):
		return "duplicates"
	case s.Verb == controller.Update && l.unlabelled(s.Name):
		return "revisions get a hash"
	}
	return ""
}

// isRelabelling: a patch of labels is no claim.
func isRelabelling(s Sent) bool {
	return s.Resource == "pods" && s.Verb == controller.Patch && bytes.Contains(s.Body, []byte(`"labels"`))
}

// duplicates reports whether a revision has the template.
func (l *landscape) duplicates(name string) bool {
	revision := l.world.revision(name)
	return revision != nil && sameTemplate(l.world.DaemonSet, revision)
}

func (l *landscape) unlabelled(name string) bool {
	revision := l.world.revision(name)
	_, labelled := revision.Labels[hashLabel]
	return !labelled
}

// blurRevisions sorts the deletions of duplicates, which come before those of old revisions.
func (l *landscape) blurRevisions(sent []Sent) {
	for start := range sent {
		end := start
		for end < len(sent) && kindOf(sent[end]) == cleanup && l.duplicates(sent[end].Name) {
			end++
		}
		slices.SortStableFunc(sent[start:end], bySent)
	}
}

// blurCreations leaves of each pod the class of its node, and the node where there is no
// choice: neither is the number limited nor are there others of the class.
func (l *landscape) blurCreations(run []Sent) {
	limited := len(run) >= mostPods || slices.ContainsFunc(run, func(s Sent) bool { return s.Refused != "" })
	for i := range run {
		node, body := unassigned(run[i].Body)
		class := l.needs(node)
		run[i].Body = body
		run[i].Name = class
		if class == "" || class != candidate && !limited {
			run[i].Name += " " + node
		}
	}
	if limited {
		blurRefusals(run)
	}
}

// blurRefusals: which of equal writes is refused is random; how many are is not.
func blurRefusals(run []Sent) {
	var refusals []string
	for i := range run {
		refusals = append(refusals, run[i].Refused)
		run[i].Refused = ""
	}
	slices.Sort(refusals)
	slices.SortStableFunc(run, bySent)
	for i := range run {
		run[i].Refused = refusals[i]
	}
}

// unassigned takes the node out of a pod: its affinity and nothing else tells nodes apart.
func unassigned(body json.RawMessage) (string, json.RawMessage) {
	var pod corev1.Pod
	if err := json.Unmarshal(body, &pod); err != nil {
		panic(err)
	}
	node, err := daemonutil.GetTargetNodeName(&pod)
	if err != nil {
		return "", body
	}
	quoted := []byte(`"key":"metadata.name","operator":"In","values":["` + node + `"]`)
	return node, bytes.Replace(body, quoted, []byte(`"key":"metadata.name"`), 1)
}

// blurDeletions does the same for deletions.
func (l *landscape) blurDeletions(run []Sent) {
	limited := len(run) >= mostPods
	for i := range run {
		switch class := l.class(run[i].Name); {
		case class == "":
		case limited:
			run[i].Name = l.order(class)
		case l.anyOld(run[i].Name) != "":
			run[i].Name = l.anyOld(run[i].Name)
		case class == failed:
			run[i].Name = class + " on " + l.onSite[run[i].Name].node
		}
	}
	if l.mayRefuseSome() {
		blurRefusals(run)
	}
}

// anyOld is the class of a pod that an update may take as well as others; empty: it is
// deleted for what it is. Pods that have failed and are left alone for a while may be updated,
// and so may all for which there was another cause, but whose deletion was refused.
func (l *landscape) anyOld(name string) string {
	s, class := l.onSite[name], l.class(name)
	old := ""
	if s.old != nil && s.old.Name == name {
		old = l.classOfOld(s, s.old)
	}
	choice := old == candidate || old == leaving
	if choice && (class == old || class == failed || l.mayRefuse()) {
		return old
	}
	return ""
}

// order is the class of a pod where only so many are deleted: the upkeep of nodes takes its
// pods in any order, an update those first that are not available.
func (l *landscape) order(class string) string {
	if class == candidate || class == broken {
		return class
	}
	return "upkeep"
}

// mayRefuse reports whether deletions of pods may be refused: then an update may come after
// upkeep that deleted nothing.
func (l *landscape) mayRefuse() bool {
	return slices.ContainsFunc(l.world.Refusals, func(r Refusal) bool {
		return r.Verb == controller.Delete && r.Resource == "pods"
	})
}

// mayRefuseSome reports whether that depends on how many were deleted before.
func (l *landscape) mayRefuseSome() bool {
	return slices.ContainsFunc(l.world.Refusals, func(r Refusal) bool {
		return r.Verb == controller.Delete && r.Resource == "pods" && (r.After > 0 || r.Times > 0)
	})
}
