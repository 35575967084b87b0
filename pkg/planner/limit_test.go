package planner_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

// However slowly requests go out, what is true of every rollout stays true.
func TestLimitedRollouts(t *testing.T) {
	for seed := range uint64(1000) {
		w := &random{Rand: rand.New(rand.NewPCG(seed, 1))}
		request := w.request()
		request.Assume.API = api.Limit{QPS: 0.5 + 5*w.Float64(), Burst: 1 + w.IntN(8)}
		p, err := planner.Plan(request)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for _, rule := range []func(planner.Request, *plan.Workload) error{
			endsWell, sizesStayWithinBounds, goesForward, wavesFollow,
		} {
			if err := rule(request, &p.Workloads[0]); err != nil {
				t.Errorf("seed %d, %+v: %s of %s: %v", seed, request.Assume.API, p.Workloads[0].Verdict, w.said, err)
			}
		}
	}
}

// sizesStayWithinBounds: what the ReplicaSets want together is never more than is
// allowed, and the floor is kept. There may be more pods than that while deletions
// wait for their turn.
func sizesStayWithinBounds(_ planner.Request, w *plan.Workload) error {
	if w.Verdict != plan.RollingUpdate {
		return nil
	}
	if w.Replicas == w.Start.Desired && *w.Summary.MinAvailable < w.Summary.Floor {
		return fmt.Errorf("%d available, floor %d", *w.Summary.MinAvailable, w.Summary.Floor)
	}
	most := max(w.Start.Total, w.Replicas+w.Strategy.MaxSurge, w.Start.Desired+w.Strategy.MaxSurge)
	for i, wave := range w.Waves {
		if wave.OldTo+wave.NewTo > most {
			return fmt.Errorf("wave %d: %+v, but %d are allowed", i+1, wave, most)
		}
	}
	return nil
}

// Requests that never wait change neither how a rollout ends nor when.
func TestALimitThatIsNeverReachedChangesNothing(t *testing.T) {
	for seed := range uint64(1000) {
		w := &random{Rand: rand.New(rand.NewPCG(seed, 1))}
		request := w.request()
		free := ending(t, request)
		request.Assume.API = api.Limit{QPS: 1e6, Burst: 1e6}
		if limited := ending(t, request); !reflect.DeepEqual(free, limited) {
			t.Errorf("seed %d, %s: %+v, with a limit %+v", seed, w.said, free, limited)
		}
	}
}

// ending is the summary of a plan without what depends on the order within an
// instant.
func ending(t *testing.T, request planner.Request) plan.Summary {
	t.Helper()
	p, err := planner.Plan(request)
	if err != nil {
		t.Fatal(err)
	}
	s := p.Workloads[0].Summary
	s.Steps, s.MinAvailable, s.MaxUnavailable, s.MaxTotal = 0, nil, 0, 0
	return s
}

// A plan says what the limit is, and that it waits for it only where it does.
func TestThePlanSaysWhereRequestsWait(t *testing.T) {
	tests := []struct {
		replicas int32
		limit    api.Limit
		value    string
		from     string
		waits    bool
	}{
		{200, api.Limit{}, "", "", false},
		{3, api.Default(), "20/s, burst 30", "default", false},
		{200, api.Default(), "20/s, burst 30", "default", true},
		{3, api.Limit{QPS: 0.5, Burst: 1}, "0.5/s, burst 1", "flag", true},
	}
	for _, tt := range tests {
		request := rollout(tt.replicas)
		request.Assume.API = tt.limit
		p, err := planner.Plan(request)
		if err != nil {
			t.Fatal(err)
		}
		var got plan.Assumption
		for _, a := range p.Assumptions {
			if a.Name == "kube-api-qps" {
				got = a
			}
		}
		if got.Value != tt.value || got.From != tt.from || strings.HasPrefix(got.Note, "it bounds the forecast: ") != tt.waits {
			t.Errorf("%d replicas, %+v: %+v, want %+v", tt.replicas, tt.limit, got, tt)
		}
	}
}
