package api_test

import (
	"testing"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestARequestGoesOutWhenItsTokenComes(t *testing.T) {
	tests := []struct {
		name  string
		limit api.Limit
		asked []time.Duration
		sent  []time.Duration
	}{
		{"no limit", api.Limit{},
			[]time.Duration{0, 0, 0},
			[]time.Duration{0, 0, 0}},
		{"a full bucket, then one by one", api.Limit{QPS: 2, Burst: 3},
			[]time.Duration{0, 0, 0, 0, 0},
			[]time.Duration{0, 0, 0, 500 * time.Millisecond, time.Second}},
		{"first come, first served, also for tokens to come", api.Limit{QPS: 2, Burst: 1},
			[]time.Duration{0, 0, 0, 600 * time.Millisecond},
			[]time.Duration{0, 500 * time.Millisecond, time.Second, 1500 * time.Millisecond}},
		{"part of a token is kept", api.Limit{QPS: 2, Burst: 1},
			[]time.Duration{0, 400 * time.Millisecond, 900 * time.Millisecond},
			[]time.Duration{0, 500 * time.Millisecond, time.Second}},
		{"no more than the burst is kept", api.Limit{QPS: 2, Burst: 2},
			[]time.Duration{0, time.Hour, time.Hour, time.Hour},
			[]time.Duration{0, time.Hour, time.Hour, time.Hour + 500*time.Millisecond}},
		{"a rate that is no whole number of nanoseconds", api.Limit{QPS: 3, Burst: 1},
			[]time.Duration{0, 0, 0, 0},
			[]time.Duration{0, 333333333, 666666666, 999999999}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bucket := tt.limit.Bucket()
			for i, asked := range tt.asked {
				if sent := bucket.Take(start.Add(asked)).Sub(start); sent != tt.sent[i] {
					t.Errorf("request %d, asked for at %s, goes out at %s, want %s", i+1, asked, sent, tt.sent[i])
				}
			}
		})
	}
}

func TestOnlyLimitsThatAClientTakesAreTaken(t *testing.T) {
	for _, limit := range []api.Limit{{}, api.Default(), {QPS: 0.5, Burst: 1}} {
		if err := limit.Check(); err != nil {
			t.Errorf("%+v: %v", limit, err)
		}
	}
	for _, limit := range []api.Limit{{QPS: -1, Burst: 1}, {QPS: 20}, {Burst: 30}, {QPS: 1e9, Burst: 1}, {QPS: 1, Burst: 1 << 40}} {
		if err := limit.Check(); err == nil {
			t.Errorf("%+v is taken", limit)
		}
	}
}
