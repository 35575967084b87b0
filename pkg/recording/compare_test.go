package recording_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// The real controllers take their time, the simulated ones do not.
const (
	// reaction is how long after a pod changed the last size that it leads to may
	// come. When two pods become ready within it, a size may be skipped.
	reaction = 150 * time.Millisecond
	// delay is by how much the reactions of a whole rollout may add up.
	delay = 500 * time.Millisecond
)

// comparison is a recorded part beside a simulated one.
type comparison struct {
	recorded, simulated rollout
	// conflicts: a write of the Deployment controller was refused on the way.
	conflicts bool

	sizes       int            // how many were compared
	skipped     map[string]int // of each ReplicaSet, how many sizes the real controller skipped
	differences []string       // that are known, and why
	problems    []string
}

func (c *comparison) run() {
	c.comparePods()
	c.compareProgress()
	if c.recorded.daemon != nil {
		c.compareDaemon()
		return
	}
	if c.recorded.stateful != nil {
		c.compareClaims()
		c.compareStateful()
		return
	}
	c.compareSizes()
	c.compareEnd()
}

func (c *comparison) report(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// compareSizes: where the order of all sizes is not the same, each ReplicaSet's
// recorded sizes are the simulated ones without some that were skipped.
func (c *comparison) compareSizes() {
	recorded, simulated := sizesOf(c.recorded), sizesOf(c.simulated)
	c.sizes = len(recorded)
	c.skipped = map[string]int{}
	for _, set := range setsOf(recorded, simulated) {
		c.compareSet(set, of(set, recorded), of(set, simulated))
	}
	if len(c.skipped) == 0 && !slices.EqualFunc(recorded, simulated, sameSize) {
		c.report("sizes in another order: recorded %v, simulated %v", recorded, simulated)
	}
}

// compareSet also says when: a size comes no sooner than simulated and not much
// later, and what was skipped was to be replaced within the reaction time.
func (c *comparison) compareSet(set string, recorded, simulated []happening) {
	rest := recorded
	for n, s := range simulated {
		if len(rest) > 0 && rest[0].size == s.size {
			if late := rest[0].at - s.at; late < 0 || late > delay {
				c.report("%s gets size %d after %v, simulated after %v", set, s.size, rest[0].at, s.at)
			}
			rest = rest[1:]
			continue
		}
		if n+1 == len(simulated) || simulated[n+1].at-s.at > reaction {
			c.report("%s never gets size %d, simulated after %v", set, s.size, s.at)
		}
		c.skipped[set]++
	}
	if len(rest) > 0 {
		c.report("%s gets size %d after %v, which is not simulated", set, rest[0].size, rest[0].at)
	}
}

func sizesOf(r rollout) []happening {
	return slices.DeleteFunc(slices.Clone(r.happenings), func(h happening) bool { return h.pod != "" })
}

func of(set string, list []happening) []happening {
	return slices.DeleteFunc(slices.Clone(list), func(h happening) bool { return h.set != set })
}

func sameSize(a, b happening) bool { return a.set == b.set && a.size == b.size }

func setsOf(lists ...[]happening) []string {
	sets := map[string]bool{}
	for _, list := range lists {
		for _, h := range list {
			sets[h.set] = true
		}
	}
	return slices.Sorted(maps.Keys(sets))
}

// comparePods compares when pods of each ReplicaSet were created, became ready, were
// deleted and went, and how few were ready and how many there were on the way.
func (c *comparison) comparePods() {
	c.compareTimes(podsOf(c.recorded), podsOf(c.simulated))
	if recorded, simulated := extremesOf(c.recorded), extremesOf(c.simulated); recorded != simulated {
		c.report("recorded %+v, simulated %+v", recorded, simulated)
	}
}

func (c *comparison) compareTimes(recorded, simulated map[string][]time.Duration) {
	for _, what := range slices.Sorted(maps.Keys(merged(recorded, simulated))) {
		r, s := recorded[what], simulated[what]
		if len(r) != len(s) {
			c.report("%s: recorded %d times, simulated %d times", what, len(r), len(s))
			continue
		}
		for n := range r {
			if late := r[n] - s[n]; late < -reaction || late > delay && !c.isCollected(what, s[n], late) {
				c.report("%s, number %d: recorded after %v, simulated after %v", what, n+1, r[n], s[n])
			}
		}
	}
}

// podsOf is when each thing happened to pods of each ReplicaSet.
func podsOf(r rollout) map[string][]time.Duration {
	when := map[string][]time.Duration{}
	for _, h := range r.happenings {
		if h.pod != "" {
			what := fmt.Sprintf("%s of a pod of %s", h.what, h.set)
			when[what] = append(when[what], h.at)
		}
	}
	return when
}

func merged(a, b map[string][]time.Duration) map[string][]time.Duration {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

// extremes are the fewest ready pods and the most pods that were not terminating,
// more than there were at first.
type extremes struct{ fewestReady, most int }

// extremesOf looks whenever the controllers are done: while they react, a pod may be
// created before or after another one is deleted.
func extremesOf(r rollout) extremes {
	var e extremes
	broken := map[string]bool{} // created and not ready
	ready, total := 0, 0
	for n, h := range r.happenings {
		switch {
		case h.pod == "":
		case h.what == timeline.Create:
			total++
			broken[h.pod] = true
		case h.what == timeline.Ready:
			ready++
			delete(broken, h.pod)
		case h.what == timeline.Delete:
			total--
			if !broken[h.pod] {
				ready--
			}
		}
		if n+1 == len(r.happenings) || r.happenings[n+1].at-h.at > reaction {
			e.fewestReady, e.most = min(e.fewestReady, ready), max(e.most, total)
		}
	}
	return e
}

// compareProgress compares whether it settles, and when the deadline was missed.
func (c *comparison) compareProgress() {
	if c.recorded.settled != c.simulated.settled {
		c.report("settled: recorded %v, simulated %v", c.recorded.settled, c.simulated.settled)
	}
	recorded, simulated := c.recorded.deadlineAt, c.simulated.deadlineAt
	if (recorded == nil) != (simulated == nil) || recorded != nil && (*recorded-*simulated).Abs() > delay {
		c.report("deadline missed: recorded after %v, simulated after %v", recorded, simulated)
	}
}

// asStored compares objects whole, but for identities that a simulation cannot know.
func asStored() []cmp.Option {
	return []cmp.Option{
		cmpopts.EquateEmpty(),
		cmp.Comparer(func(a, b metav1.Time) bool { return a.Sub(b.Time).Abs() <= time.Second }),
		cmpopts.IgnoreFields(metav1.ObjectMeta{}, "UID", "ResourceVersion"),
		cmpopts.SortSlices(func(a, b *appsv1.ReplicaSet) bool { return strings.Compare(a.Name, b.Name) < 0 }),
		cmpopts.SortSlices(func(a, b *appsv1.ControllerRevision) bool { return strings.Compare(a.Name, b.Name) < 0 }),
	}
}

// compareEnd compares the objects at the end.
func (c *comparison) compareEnd() {
	options := asStored()
	recorded, simulated := c.recorded.deployment.DeepCopy(), c.simulated.deployment.DeepCopy()
	missed := c.conflicts && !c.recorded.toldOfNew && c.simulated.toldOfNew
	if missed && withoutProgressing(recorded) == withoutProgressing(simulated) {
		c.differences = append(c.differences,
			"Progressing stays as it was, since the status that had the new ReplicaSet met a conflict")
	}
	if diff := cmp.Diff(recorded, simulated, options...); diff != "" {
		c.report("the Deployment at the end (-recorded +simulated)\n%s", diff)
	}
	if diff := cmp.Diff(c.withSkipped(c.recorded.sets), c.simulated.sets, options...); diff != "" {
		c.report("the ReplicaSets at the end (-recorded +simulated)\n%s", diff)
	}
}

// withoutProgressing removes the condition and returns its status and reason. When
// the controller tries again after a conflict the new ReplicaSet is there, so it
// never says that it created one, and the condition of the last rollout stays.
func withoutProgressing(d *appsv1.Deployment) string {
	told := ""
	d.Status.Conditions = slices.DeleteFunc(d.Status.Conditions, func(c appsv1.DeploymentCondition) bool {
		if c.Type == appsv1.DeploymentProgressing {
			told = fmt.Sprint(c.Status, c.Reason)
		}
		return c.Type == appsv1.DeploymentProgressing
	})
	return told
}

// withSkipped gives ReplicaSets the generation that they would have with the sizes
// that were skipped.
func (c *comparison) withSkipped(sets []*appsv1.ReplicaSet) []*appsv1.ReplicaSet {
	var counted []*appsv1.ReplicaSet
	for _, rs := range sets {
		rs = rs.DeepCopy()
		rs.Generation += int64(c.skipped[rs.Name])
		rs.Status.ObservedGeneration += int64(c.skipped[rs.Name])
		counted = append(counted, rs)
	}
	return counted
}

// compareChange: the API server stored what pkg/change says.
func compareChange(stored, after cluster.Object) string {
	after = after.DeepCopyObject().(cluster.Object)
	after.SetResourceVersion(stored.GetResourceVersion())
	return cmp.Diff(stored, after, cmpopts.EquateEmpty())
}

func isComplete(d *appsv1.Deployment) bool { return deployment.IsComplete(d, &d.Status) }
