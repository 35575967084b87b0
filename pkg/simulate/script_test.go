package simulate_test

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// TestScripts runs the stories of testdata/deployment. A story has two commands:
//
//	deployment replicas=10 surge=25% unavailable=25%   a settled Deployment "web"
//	change image=web:2 ready=2s horizon=5s             change it and let time pass
//	change image=web:2 qps=20 burst=30                 the same with limited requests
//
// A change starts where the one before ended. Its trace has a line for each step of
// the Deployment's own objects, with what it is because of, and after each instant
// the pods: total, updated, available, terminating.
// UPDATE_GOLDEN=1 rewrites the traces; read them before you keep them.
func TestScripts(t *testing.T) {
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := flag.Set("rewrite", "true"); err != nil {
			t.Fatal(err)
		}
	}
	datadriven.Walk(t, "testdata/deployment", func(t *testing.T, path string) {
		s := &story{}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "deployment":
				return s.begin(t, d)
			case "change":
				return s.change(t, d)
			}
			t.Fatalf("%s: unknown command %q", d.Pos, d.Cmd)
			return ""
		})
	})
}

// story is a cluster with one Deployment and its clock.
type story struct {
	state *cluster.Snapshot
	now   time.Time
}

func (s *story) begin(t *testing.T, d *datadriven.TestData) string {
	s.now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	web := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "web"}},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "web:1"}}},
			},
		},
	}
	for _, arg := range d.CmdArgs {
		set(t, web, arg)
	}
	defaults.Deployment(web, kubeversion.Latest())
	s.state = &cluster.Snapshot{Deployments: []*appsv1.Deployment{web}}
	return fmt.Sprintf("%d pods", *web.Spec.Replicas)
}

// set gives a Deployment a field.
func set(t *testing.T, web *appsv1.Deployment, arg datadriven.CmdArg) {
	number := func() *int32 {
		n, err := strconv.ParseInt(arg.Vals[0], 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		value := int32(n)
		return &value
	}
	rolling := func() *appsv1.RollingUpdateDeployment {
		if web.Spec.Strategy.RollingUpdate == nil {
			web.Spec.Strategy.RollingUpdate = &appsv1.RollingUpdateDeployment{}
		}
		return web.Spec.Strategy.RollingUpdate
	}
	switch arg.Key {
	case "replicas":
		web.Spec.Replicas = number()
	case "image":
		web.Spec.Template.Spec.Containers[0].Image = arg.Vals[0]
	case "surge":
		value := intstr.Parse(arg.Vals[0])
		rolling().MaxSurge = &value
	case "unavailable":
		value := intstr.Parse(arg.Vals[0])
		rolling().MaxUnavailable = &value
	case "strategy":
		web.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.DeploymentStrategyType(arg.Vals[0])}
	case "min-ready":
		web.Spec.MinReadySeconds = *number()
	case "deadline":
		web.Spec.ProgressDeadlineSeconds = number()
	case "history":
		web.Spec.RevisionHistoryLimit = number()
	case "paused":
		web.Spec.Paused = arg.Vals[0] == "true"
	default:
		t.Fatalf("unknown field %q", arg.Key)
	}
}

// change changes the Deployment and lets time pass.
func (s *story) change(t *testing.T, d *datadriven.TestData) string {
	before := s.state.Deployments[0]
	after := before.DeepCopy()
	latencies := kubelet.Fixed{ReadyAfter: 10 * time.Second, GoneAfter: time.Second}
	config := simulate.Config{Profile: kubeversion.Latest(), Now: s.now}
	for _, arg := range d.CmdArgs {
		switch arg.Key {
		case "ready":
			latencies.NeverReady = arg.Vals[0] == "never"
			if !latencies.NeverReady {
				latencies.ReadyAfter = duration(t, arg)
			}
		case "gone":
			latencies.GoneAfter = duration(t, arg)
		case "horizon":
			config.Horizon = duration(t, arg)
		case "qps":
			arg.Scan(t, 0, &config.Limit.QPS)
		case "burst":
			arg.Scan(t, 0, &config.Limit.Burst)
		case "version":
			version, err := kubeversion.Parse(arg.Vals[0])
			if err != nil {
				t.Fatal(err)
			}
			config.Profile = kubeversion.NewProfile(version)
		default:
			set(t, after, arg)
		}
	}
	config.Latencies = latencies
	return s.run(t, config, simulate.Change{Before: before, After: after})
}

func duration(t *testing.T, arg datadriven.CmdArg) time.Duration {
	value, err := time.ParseDuration(arg.Vals[0])
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// run prints what happens, and makes its end the next beginning.
func (s *story) run(t *testing.T, config simulate.Config, change simulate.Change) string {
	var lines []string
	var last timeline.Event
	flush := func() {
		if last.Workload.Name != "" {
			lines = append(lines, fmt.Sprintf("%-6s pods: %s", last.At, counts(last.State)))
		}
	}
	config.Report = func(e timeline.Event) {
		if last.Workload.Name != "" && e.At != last.At {
			flush()
		}
		last = e
		if e.Object.Kind != "Pod" {
			lines = append(lines, line(e))
		}
	}
	result, err := simulate.Run(s.state, []simulate.Change{change}, config)
	if err != nil {
		return "error: " + err.Error()
	}
	flush()
	o := result.Outcomes[0]
	lines = append(lines, ending(o))
	if !config.Limit.None() {
		lines = append(lines, fmt.Sprintf("%d requests, %d of them waited", result.Sent, result.Waited))
	}
	s.state = &cluster.Snapshot{Deployments: []*appsv1.Deployment{o.Deployment}, ReplicaSets: o.ReplicaSets}
	s.now = s.now.Add(max(last.At, config.Horizon))
	return strings.Join(lines, "\n")
}

func line(e timeline.Event) string {
	text := fmt.Sprintf("%-6s %s %s", e.At, e.Action, e.Object.Name)
	if e.Sized {
		text += fmt.Sprintf(" %d -> %d", e.From, e.To)
	}
	return fmt.Sprintf("%s (%s: %s)", text, e.Reason, e.Message)
}

func counts(s timeline.State) string {
	return fmt.Sprintf("%d, %d updated, %d available, %d terminating", s.Total, s.Updated, s.Available, s.Terminating)
}

func ending(o simulate.Outcome) string {
	switch {
	case o.Settled:
		return fmt.Sprintf("settled after %s", o.LastChange)
	case o.HorizonReached:
		return fmt.Sprintf("cut: %s", counts(o.Last))
	case o.Held:
		return fmt.Sprintf("held: %s", o.Cause)
	}
	return fmt.Sprintf("stalled after %s: %s", o.LastChange, o.Cause)
}
