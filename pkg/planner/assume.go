package planner

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
)

// The latencies of pods about which nothing is known.
const (
	defaultReady = 10 * time.Second
	defaultGone  = time.Second
)

// mostSeconds bounds a grace period, which can be any 64-bit number: a year.
const mostSeconds = 365 * 24 * 60 * 60

// Assume is what a person says about pods, and what is known of the cluster. Nil: it
// is measured, derived from the spec, or the default.
type Assume struct {
	ReadyAfter     *time.Duration
	NeverReady     bool
	TerminateAfter *time.Duration
	Stagger        time.Duration // each pod of a ReplicaSet takes so much longer than the one before
	Seed           *uint64       // latencies spread around readyAfter
	Horizon        time.Duration
	// API is how many requests each controller may send: api.Default() where the state
	// is that of a cluster, unless a person says otherwise. Zero: as many as it wants.
	API api.Limit
}

// assumed is what a forecast rests on.
type assumed struct {
	latencies kubelet.Latencies
	list      []plan.Assumption
}

// guess is one latency and where it comes from.
type guess struct {
	value time.Duration
	from  string
	note  string
}

func (r Request) assume(edits []change.Edit) assumed {
	measured := r.measured()
	per := kubelet.PerWorkload{Of: map[cluster.Ref]kubelet.Latencies{}, Others: r.Assume.latencies(
		guess{value: defaultReady}, guess{value: defaultGone})}
	ready, gone := map[cluster.Ref]guess{}, map[cluster.Ref]guess{}
	for _, e := range edits {
		template := of(e).template()
		ready[e.Ref] = r.Assume.readyGuess(measured[e.Ref], template)
		gone[e.Ref] = r.Assume.goneGuess(template)
		per.Of[e.Ref] = r.Assume.latencies(ready[e.Ref], gone[e.Ref])
	}
	list := listed("readyAfter", edits, ready, r.Assume.NeverReady)
	list = append(list, listed("terminateAfter", edits, gone, false)...)
	if r.Assume.Stagger > 0 {
		list = append(list, plan.Assumption{Name: "stagger", Value: r.Assume.Stagger.String(), From: "flag"})
	}
	if r.Assume.Seed != nil {
		list = append(list, plan.Assumption{Name: "seed", Value: fmt.Sprint(*r.Assume.Seed), From: "flag",
			Note: "pods take half to twice as long"})
	}
	if r.Assume.Horizon > 0 {
		list = append(list, plan.Assumption{Name: "horizon", Value: r.Assume.Horizon.String(), From: "flag"})
	}
	return assumed{latencies: per, list: append(list, r.gatesAssumption()...)}
}

// gatesAssumption says which feature gates the controllers are taken to have: no server
// tells. Of plain files the version is a guess as well, and the plan's source says it.
func (r Request) gatesAssumption() []plan.Assumption {
	if set := r.Profile.Overrides(); len(set) > 0 {
		return []plan.Assumption{{Name: "featureGates", Value: strings.Join(set, ","), From: "flag"}}
	}
	if !r.State.FromServer() {
		return nil
	}
	return []plan.Assumption{{Name: "featureGates", Value: "defaults of " + r.Source.KubeVersion, From: "default"}}
}

// limitAssumption tells the controller manager's request limit by the name of its own
// flag, and whether it is what the forecast waits for.
func limitAssumption(l api.Limit, result simulate.Result) []plan.Assumption {
	if l.None() {
		return nil
	}
	told := plan.Assumption{Name: "kube-api-qps", Value: fmt.Sprintf("%g/s, burst %d", l.QPS, l.Burst), From: "flag"}
	if l == api.Default() {
		told.From = "default"
	}
	if result.Waited > 0 {
		told.Note = fmt.Sprintf("it bounds the forecast: %d of %d requests wait", result.Waited, result.Sent)
	}
	return []plan.Assumption{told}
}

func (a Assume) latencies(ready, gone guess) kubelet.Latencies {
	fixed := kubelet.Fixed{ReadyAfter: ready.value, NeverReady: a.NeverReady, GoneAfter: gone.value}
	switch {
	case a.Seed != nil:
		return kubelet.Spread{Fixed: fixed, Seed: *a.Seed}
	case a.Stagger > 0:
		return kubelet.Staggered{Fixed: fixed, Step: a.Stagger}
	}
	return fixed
}

// readyGuess: a flag, else the workload's own pods, else what its probes say, else
// the default.
func (a Assume) readyGuess(own cluster.Readiness, template *corev1.PodTemplateSpec) guess {
	if a.ReadyAfter != nil {
		return guess{*a.ReadyAfter, "flag", ""}
	}
	if own.Pods > 0 {
		return guess{own.Median, "measured", fmt.Sprintf("%d pods: %s", own.Pods, spread(own))}
	}
	if delay := probeDelay(template); delay > defaultReady {
		return guess{delay, "spec", "initial delay of the probes"}
	}
	return guess{defaultReady, "default", ""}
}

// spread is "9-21s", or "12s" where all are the same.
func spread(own cluster.Readiness) string {
	if own.Least == own.Most {
		return plan.ShortDuration(own.Least)
	}
	return fmt.Sprintf("%s-%s", plan.ShortDuration(own.Least), plan.ShortDuration(own.Most))
}

func (a Assume) goneGuess(template *corev1.PodTemplateSpec) guess {
	if a.TerminateAfter != nil {
		return guess{*a.TerminateAfter, "flag", ""}
	}
	if pause := stopPause(template); pause > 0 {
		return guess{pause + defaultGone, "spec", "preStop sleep"}
	}
	return guess{defaultGone, "default", ""}
}

// probeDelay is the longest time that the probes let pass before they first ask.
func probeDelay(template *corev1.PodTemplateSpec) time.Duration {
	var longest time.Duration
	for _, c := range template.Spec.Containers {
		var delay time.Duration
		for _, probe := range []*corev1.Probe{c.StartupProbe, c.ReadinessProbe} {
			if probe != nil {
				delay += time.Duration(probe.InitialDelaySeconds) * time.Second
			}
		}
		longest = max(longest, delay)
	}
	return longest
}

// stopPause is the longest sleep before a container is told to stop, as far as the
// grace period lets it.
func stopPause(template *corev1.PodTemplateSpec) time.Duration {
	var longest int64
	for _, c := range template.Spec.Containers {
		if c.Lifecycle != nil && c.Lifecycle.PreStop != nil && c.Lifecycle.PreStop.Sleep != nil {
			longest = max(longest, c.Lifecycle.PreStop.Sleep.Seconds)
		}
	}
	if grace := template.Spec.TerminationGracePeriodSeconds; grace != nil {
		longest = min(longest, *grace)
	}
	return time.Duration(min(longest, mostSeconds)) * time.Second
}

// measured is how long the pods of each workload took: as somebody wrote down who
// read the state, else as its pods say.
func (r Request) measured() map[cluster.Ref]cluster.Readiness {
	known := r.State.Readiness
	if known == nil {
		known = r.State.MeasureReadiness()
	}
	of := map[cluster.Ref]cluster.Readiness{}
	for _, one := range known {
		of[one.Workload] = one
	}
	return of
}

// listed is one assumption for all workloads where they agree, else one for each.
func listed(name string, edits []change.Edit, of map[cluster.Ref]guess, never bool) []plan.Assumption {
	if never {
		return []plan.Assumption{{Name: name, Value: "never", From: "flag"}}
	}
	var list []plan.Assumption
	for _, e := range edits {
		g := of[e.Ref]
		item := plan.Assumption{Name: name, Value: g.value.String(), From: g.from, Note: g.note}
		if !slices.Contains(list, item) {
			list = append(list, item)
		}
	}
	if len(list) <= 1 {
		return list
	}
	list = nil
	for _, e := range edits {
		g := of[e.Ref]
		list = append(list, plan.Assumption{Name: name + " of " + e.Ref.String(), Value: g.value.String(), From: g.from, Note: g.note})
	}
	return list
}

// settledAssumptions turns what the simulation took for granted into assumptions.
func settledAssumptions(notes []string) []plan.Assumption {
	var list []plan.Assumption
	for _, note := range notes {
		list = append(list, plan.Assumption{Name: "state", Value: "settled", From: "default", Note: note})
	}
	return list
}
