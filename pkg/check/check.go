// Package check holds rules over a plan: what a person should know before it is
// carried out. A rule finds or does not find; it never fails and never changes
// what is planned.
package check

import (
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// Facts are what rules need to know and a plan does not hold. A rule whose facts
// are missing says nothing.
type Facts struct {
	// NodesUnchecked is why node capacity was not looked at ("cannot list
	// nodes"); empty if it was.
	NodesUnchecked string
	// AutoscalersUnchecked is why nobody knows of autoscalers ("cannot list
	// horizontalpodautoscalers"); empty if they are known.
	AutoscalersUnchecked string
	// Workloads has an entry for each workload of the plan that more is known of.
	Workloads map[cluster.Ref]WorkloadFacts
}

// WorkloadFacts are the facts of one workload, as they are after the change.
type WorkloadFacts struct {
	// ProgressDeadline is spec.progressDeadlineSeconds; zero where nothing is
	// reported (another kind, or the largest 32-bit number).
	ProgressDeadline time.Duration
	// Autoscalers are those in the state that target the workload.
	Autoscalers []Autoscaler
	// HistoryLimit is spec.revisionHistoryLimit, or its default.
	HistoryLimit int32
	// Revisions are the workload's old ReplicaSets or ControllerRevisions, for their
	// numbers.
	Revisions []Revision
	// StatefulSet is what is known of one; nil for other kinds.
	StatefulSet *StatefulSet
	// DaemonSet is what is known of one; nil for other kinds.
	DaemonSet *DaemonSet
}

// DaemonSet is what is known of a DaemonSet besides its plan.
type DaemonSet struct {
	Rolls bool // its strategy is RollingUpdate
	// NotReady are the nodes, by name, that are so before the change, Cordoned those that are
	// so after it; of those that should have a pod, or have one.
	NotReady, Cordoned []string
	HostPorts          []int32
}

// StatefulSet is what is known of a StatefulSet besides its plan.
type StatefulSet struct {
	// Service is spec.serviceName. ServicesUnchecked is why nobody knows whether it
	// exists; else Found says whether it does, and Headless whether it is.
	Service           string
	ServicesUnchecked string
	Found, Headless   bool
	// Claims are those in the state that keep a pod from starting.
	Claims []ClaimTrouble
	// Partition is how many of the first pods a rolling update leaves alone.
	Partition int
	// Missing is maxUnavailable as it is written; Ignored why the controller does not look
	// at it.
	Missing, Ignored string
	// Rolls: its strategy is RollingUpdate; NoBlock: without a rollingUpdate block.
	Rolls, NoBlock bool
}

// ClaimTrouble is a PersistentVolumeClaim that its pod has to wait for.
type ClaimTrouble struct {
	Name, Pod string
	Why       string // Pending, Lost or Terminating
	// KeptBy are the finalizers that keep one that is being deleted, besides that which
	// waits for its pods.
	KeptBy []string
}

// Autoscaler is a HorizontalPodAutoscaler.
type Autoscaler struct {
	Ref      cluster.Ref
	Min, Max int32
}

// Revision is the object that stands for a revision, and its number.
type Revision struct {
	Name   string
	Number int64
}

// subject is what a rule looks at.
type subject struct {
	workload *plan.Workload
	facts    WorkloadFacts
	nodes    string // Facts.NodesUnchecked
	scalers  string // Facts.AutoscalersUnchecked
}

// result is what a rule says: findings, or a sentence on why there are none, or
// neither where the rule has nothing to do with the workload.
type result struct {
	findings []plan.Finding
	passed   string
}

// rule looks at one workload.
type rule struct {
	name  string
	check func(subject) result
}

// rules returns all rules in the order of their findings: what hurts first.
func rules() []rule {
	return []rule{
		{"availability", availability},
		{"service", service},
		{"claims", claims},
		{"surge-host-port", surgeHostPort},
		{"not-ready-nodes", notReadyNodes},
		{"retention", retention},
		{"deadline", deadline},
		{"partition", partition},
		{"max-unavailable", maxUnavailable},
		{"rolling-update", rollingUpdate},
		{"autoscaler", autoscaler},
		{"history", history},
		{"surge", surge},
		{"nodes", nodes},
		{"cordoned-nodes", cordonedNodes},
		{"node-order", nodeOrder},
	}
}

// Run adds what the rules find to the workloads of the plan, behind the findings
// that are there. Run it once for a plan. What is rejected is not looked at.
func Run(p *plan.Plan, facts Facts) {
	all := rules()
	for i := range p.Workloads {
		w := &p.Workloads[i]
		if w.Verdict == plan.Rejected {
			continue
		}
		s := subject{
			workload: w, facts: facts.Workloads[w.Ref],
			nodes: facts.NodesUnchecked, scalers: facts.AutoscalersUnchecked,
		}
		for _, r := range all {
			add(w, r.name, r.check(s))
		}
	}
}

func add(w *plan.Workload, name string, r result) {
	for _, f := range r.findings {
		f.Rule = name
		w.Findings = append(w.Findings, f)
	}
	if r.passed != "" {
		w.Passed = append(w.Passed, r.passed)
	}
}

func warning(message string) result {
	return result{findings: []plan.Finding{{Severity: plan.Warning, Message: message}}}
}

func info(message string) result {
	return result{findings: []plan.Finding{{Severity: plan.Info, Message: message}}}
}
