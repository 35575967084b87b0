package render_test

import (
	"fmt"
	"maps"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// golden returns the plans that have golden files, by file name.
func goldenPlans() map[string]*plan.Plan {
	plans := statefulPlans()
	maps.Copy(plans, daemonPlans())
	maps.Copy(plans, deploymentPlans())
	return plans
}

func deploymentPlans() map[string]*plan.Plan {
	return map[string]*plan.Plan{
		"rolling_update":      live(rollingUpdate()),
		"rolling_one_by_one":  guessed(oneByOne(300)),
		"rolling_surge_1_0":   guessed(oneByOne(4)),
		"rolling_cjk":         live(wideNames()),
		"recreate":            guessed(recreate()),
		"scale_up":            guessed(scale(3, 10)),
		"scale_down":          guessed(scale(10, 3)),
		"no_change":           live(noChange("web")),
		"in_place":            live(inPlace()),
		"rejected":            guessed(rejected()),
		"stall":               live(stall()),
		"paused":              live(paused()),
		"create":              guessed(create()),
		"delete":              live(deleted()),
		"continues":           live(continues()),
		"irregular_waves":     live(irregular()),
		"workloads_5":         guessed(rollingUpdate(), recreate(), create(), noChange("cache"), stall()),
		"workloads_2_settled": live(rollingUpdate(), scaleNamed("api", 3, 5)),
		"workloads_40":        guessed(many(40)...),
		"nothing":             live(),
		"long_context":        longContext(),
		"assumed_each":        assumedEach(many(12)),
	}
}

func live(workloads ...plan.Workload) *plan.Plan {
	p := of(workloads)
	p.Source = plan.Source{Mode: "live", Context: "prod-eu", KubeVersion: "v1.37.2",
		ReadAt: "2026-11-21T14:02:11Z"}
	p.Assumptions = []plan.Assumption{
		{Name: "readyAfter", Value: "12s", From: "measured", Note: "10 pods: 9-21s"},
		{Name: "terminateAfter", Value: "30s", From: "default"},
		{Name: "defaulting", Value: "local", From: "default"},
	}
	return p
}

// longContext is of a cluster that a cloud named.
func longContext() *plan.Plan {
	p := live(noChange("web"))
	p.Source.Context = "arn:aws:eks:eu-central-1:123456789012:cluster/production-blue"
	return p
}

func guessed(workloads ...plan.Workload) *plan.Plan {
	p := of(workloads)
	p.Source = plan.Source{Mode: "files", KubeVersion: "v1.37.0"}
	p.Assumptions = []plan.Assumption{
		{Name: "readyAfter", Value: "10s", From: "default"},
		{Name: "terminateAfter", Value: "1s", From: "default"},
	}
	return p
}

func of(workloads []plan.Workload) *plan.Plan {
	p := &plan.Plan{APIVersion: plan.APIVersion, Kind: plan.Kind, Workloads: workloads}
	for _, w := range workloads {
		p.Summary.Restarts += w.Restarts
		p.Summary.MaxPods += w.Summary.MaxPods
	}
	return p
}

func deployment(name string, verdict plan.Verdict) plan.Workload {
	return plan.Workload{
		Ref:     cluster.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: name},
		Verdict: verdict,
		Summary: plan.Summary{Outcome: plan.Settled},
	}
}

func image(from, to string) plan.Change {
	return plan.Change{Path: `spec.template.spec.containers[name="web"].image`, From: from, To: to}
}

func number(n int32) *int32 { return &n }

func settledPods(n int32) *timeline.State {
	return &timeline.State{Desired: n, Total: n, Ready: n, Available: n}
}

func rollingUpdate() plan.Workload {
	w := deployment("web", plan.RollingUpdate)
	w.Restarts, w.Replicas, w.Start = 10, 10, settledPods(10)
	w.Changes = []plan.Change{image("web:1", "web:2")}
	w.Strategy = &plan.Strategy{Type: "RollingUpdate", MaxSurge: 3, MaxUnavailable: 2,
		Words: "3 extra allowed (25% up), 2 missing allowed (25% down)"}
	w.Waves = []plan.Wave{
		{At: "0s", OldFrom: 10, OldTo: 8, NewTo: 5, Available: 8, Pods: 15,
			Why: "2 may be missing, 3 may be extra"},
		{At: "12s", OldFrom: 8, OldTo: 3, NewFrom: 5, NewTo: 10, Available: 8, Pods: 18,
			Why: "5 new available, so 5 old may go"},
		{At: "24s", OldFrom: 3, NewFrom: 10, NewTo: 10, Available: 10, Pods: 13, Why: "10 new available"},
	}
	w.Summary = plan.Summary{Outcome: plan.Settled, Duration: "24s", Steps: 40, Floor: 8,
		MinAvailable: number(8), MaxUnavailable: 2, MaxTotal: 13, MaxPods: 18}
	w.Passed = []string{"longest wait without progress 12s, the deadline is 10m"}
	w.Findings = []plan.Finding{
		{Rule: "nodes", Severity: plan.Info, Message: "node capacity not checked: cannot list nodes"},
		{Rule: "autoscaler", Severity: plan.Warning,
			Message: "hpa/web (10-40) may change replicas meanwhile; planned at 10"},
	}
	return w
}

func oneByOne(replicas int32) plan.Workload {
	w := deployment("ledger", plan.RollingUpdate)
	w.Restarts, w.Replicas, w.Start = replicas, replicas, settledPods(replicas)
	w.Changes = []plan.Change{{
		Path: `spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]`,
		To:   "2026-11-21T14:02:11Z"}}
	w.Strategy = &plan.Strategy{Type: "RollingUpdate", MaxSurge: 1,
		Words: "1 extra allowed, 0 missing allowed"}
	for i := range replicas + 1 {
		wave := plan.Wave{At: at(int(i) * 10), OldFrom: replicas - max(i-1, 0), OldTo: replicas - i,
			NewFrom: i, NewTo: min(i+1, replicas), Available: replicas, Pods: replicas + min(i+1, 2),
			Why: "1 new available, so 1 old may go and 1 new may start"}
		if i == 0 {
			wave.Why = "1 may be extra"
		}
		w.Waves = append(w.Waves, wave)
	}
	w.Summary = plan.Summary{Outcome: plan.Settled, Duration: at(int(replicas)*10 + 1), Floor: replicas,
		MinAvailable: number(replicas), MaxTotal: replicas + 1, MaxPods: replicas + 2}
	return w
}

func at(seconds int) string { return (time.Duration(seconds) * time.Second).String() }

func wideNames() plan.Workload {
	w := rollingUpdate()
	w.Ref.Name = "web\x1b[31m-evil\x1b]0;title\x07"
	w.Changes = []plan.Change{
		image("レジストリ.example/ウェブ:1\u202e", "レジストリ.example/ウェブ:2🚀"),
		image("registry.internal.example.com/team-payments/backend/web@sha256:"+
			"0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
			"registry.internal.example.com/team-payments/backend/web@sha256:"+
				"ffffffff4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d70000"),
	}
	w.Waves[1].Why = "新しい ポッド 5 個 が 利用可能 に なった ので、 古い ポッド 5 個 を 止められる 🚀 ready"
	return w
}

func recreate() plan.Workload {
	w := deployment("queue", plan.Recreate)
	w.Restarts, w.Replicas, w.Start = 3, 3, settledPods(3)
	w.Changes = []plan.Change{image("queue:1", "queue:2")}
	w.Strategy = &plan.Strategy{Type: "Recreate"}
	w.Waves = []plan.Wave{
		{At: "0s", OldFrom: 3, Pods: 3, Why: "all old pods stop first"},
		{At: "1s", NewTo: 3, Pods: 3, Why: "no old pod is left"},
	}
	w.Summary = plan.Summary{Outcome: plan.Settled, Duration: "11s", MinAvailable: number(0),
		MaxUnavailable: 3, MaxTotal: 3, MaxPods: 3}
	w.Findings = []plan.Finding{{Rule: "availability", Severity: plan.Warning, At: "0s",
		Message: "no pod is available for 11s, from 0s to 11s"}}
	return w
}

func scale(from, to int32) plan.Workload { return scaleNamed("web", from, to) }

func scaleNamed(name string, from, to int32) plan.Workload {
	w := deployment(name, plan.Scale)
	w.Replicas, w.Start = to, settledPods(from)
	w.Changes = []plan.Change{{Path: "spec.replicas", From: from, To: to}}
	w.Waves = []plan.Wave{{At: "0s", NewFrom: from, NewTo: to, Available: min(from, to),
		Pods: max(from, to), Why: "the only ReplicaSet takes the new size"}}
	w.Summary = plan.Summary{Outcome: plan.Settled, Duration: "10s", Floor: min(from, to),
		MinAvailable: number(min(from, to)), MaxTotal: max(from, to), MaxPods: max(from, to)}
	return w
}

func noChange(name string) plan.Workload {
	w := deployment(name, plan.NoChange)
	w.Replicas, w.Start = 10, settledPods(10)
	w.Summary = plan.Summary{Outcome: plan.Settled, Duration: "0s", Floor: 8, MinAvailable: number(10),
		MaxTotal: 10, MaxPods: 10}
	return w
}

func inPlace() plan.Workload {
	w := noChange("web")
	w.Verdict = plan.InPlace
	w.Changes = []plan.Change{
		{Path: "spec.minReadySeconds", To: 10},
		{Path: `metadata.labels["team"]`, From: "a", To: ""},
	}
	return w
}

func rejected() plan.Workload {
	w := deployment("web", plan.Rejected)
	w.Start, w.Replicas = settledPods(10), 10
	w.Changes = []plan.Change{{Path: "spec.selector.matchLabels",
		From: map[string]string{"app": "web"}, To: map[string]string{"app": "web", "tier": "front"}}}
	w.Findings = []plan.Finding{{Rule: "validation", Severity: plan.Error,
		Message: "spec.selector: field is immutable; delete the Deployment or keep app=web"}}
	return w
}

func stall() plan.Workload {
	w := deployment("checkout", plan.RollingUpdate)
	w.Restarts, w.Replicas, w.Start = 10, 10, settledPods(10)
	w.Changes = []plan.Change{image("checkout:7", "checkout:8-typo")}
	w.Strategy = &plan.Strategy{Type: "RollingUpdate", MaxSurge: 3, MaxUnavailable: 2,
		Words: "3 extra allowed (25% up), 2 missing allowed (25% down)"}
	w.Waves = []plan.Wave{{At: "0s", OldFrom: 10, OldTo: 8, NewTo: 5, Available: 8, Pods: 15,
		Why: "2 may be missing, 3 may be extra"}}
	w.Moments = &plan.Moments{End: timeline.State{Desired: 10, Total: 13, Updated: 5, Ready: 8, Available: 8}}
	w.Summary = plan.Summary{Outcome: plan.Stalled, Duration: "1s", Floor: 8, MinAvailable: number(8),
		MaxUnavailable: 2, MaxTotal: 13, MaxPods: 15, DeadlineAt: "10m1s",
		Cause: "5 new pods are never ready (--ready-after never), and no old pod may go: 8 must stay available"}
	return w
}

func paused() plan.Workload {
	w := deployment("web", plan.RollingUpdate)
	w.Restarts, w.Replicas, w.Start = 10, 10, settledPods(10)
	w.Changes = []plan.Change{image("web:1", "web:2")}
	w.Strategy = &plan.Strategy{Type: "RollingUpdate", MaxSurge: 3, MaxUnavailable: 2}
	w.Summary = plan.Summary{Outcome: plan.Held, Duration: "0s", Floor: 8, MinAvailable: number(10),
		MaxTotal: 10, MaxPods: 10,
		Cause: "the Deployment is paused; kubectl rollout resume deployment/web lets it go on"}
	return w
}

func create() plan.Workload {
	w := deployment("search", plan.Create)
	w.Replicas = 4
	w.Start = &timeline.State{}
	w.Waves = []plan.Wave{{At: "0s", NewTo: 4, Pods: 4, Why: "a new ReplicaSet for the pod template"}}
	w.Summary = plan.Summary{Outcome: plan.Settled, Duration: "10s", MaxTotal: 4, MaxPods: 4}
	return w
}

func deleted() plan.Workload {
	w := deployment("legacy", plan.Delete)
	w.Start = settledPods(2)
	w.Summary = plan.Summary{Outcome: plan.Settled, Duration: "30s", MinAvailable: number(0), MaxPods: 2, MaxTotal: 2}
	return w
}

func continues() plan.Workload {
	w := rollingUpdate()
	w.Verdict, w.Restarts, w.Changes, w.Findings = plan.Continues, 3, nil, nil
	w.Start = &timeline.State{Desired: 10, Total: 13, Updated: 10, Ready: 5, Available: 5, Terminating: 2}
	w.Waves = w.Waves[2:]
	w.Waves[0].At = "4.25s"
	w.Summary.Duration, w.Summary.MinAvailable = "34.25s", number(5)
	return w
}

func irregular() plan.Workload {
	w := oneByOne(60)
	waves := w.Waves[:0]
	old, fresh := int32(200), int32(0)
	for i := 0; fresh < 200; i++ {
		step := min(1+int32(i*i%7), 200-fresh)
		waves = append(waves, plan.Wave{At: at(i * 3), OldFrom: old, OldTo: old - step, NewFrom: fresh,
			NewTo: fresh + step, Available: 200 - step, Pods: 200 + step, Why: fmt.Sprintf("%d new available", step)})
		old, fresh = old-step, fresh+step
	}
	w.Waves = waves
	w.Restarts, w.Replicas, w.Start = 200, 200, settledPods(200)
	return w
}
