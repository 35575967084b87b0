package check_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-workload/kubectl-workload/pkg/check"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// db is a rollout of two pods with a claim each.
func db() plan.Workload {
	one := int32(1)
	w := plan.Workload{
		Ref:     cluster.Ref{APIVersion: "apps/v1", Kind: "StatefulSet", Namespace: "shop", Name: "db"},
		Verdict: plan.RollingUpdate, Restarts: 2, Replicas: 2,
		Start:   &timeline.State{Desired: 2, Total: 2, Ready: 2, Available: 2},
		Summary: plan.Summary{Outcome: plan.Settled, MinAvailable: &one, MaxTotal: 2, MaxPods: 2},
	}
	for i, name := range []string{"db-0", "db-1"} {
		w.Pods = append(w.Pods, plan.Pod{Name: name, Ordinal: i, DNS: name + ".db.shop.svc",
			Action: plan.PodRestarted, Claims: []plan.Claim{{Name: "data-" + name, Action: plan.ClaimKept}}})
	}
	return w
}

// fine is a StatefulSet of which there is nothing to say.
func fine() check.StatefulSet {
	return check.StatefulSet{Service: "db", Found: true, Headless: true, Rolls: true}
}

func TestRulesOfStatefulSets(t *testing.T) {
	tests := []struct {
		name   string
		change func(*plan.Workload, *check.StatefulSet)
		found  []string
	}{
		{name: "all is well", change: func(*plan.Workload, *check.StatefulSet) {}},
		{
			name:   "the Service is missing",
			change: func(_ *plan.Workload, s *check.StatefulSet) { s.Found = false },
			found: []string{"warning service: Service db is not in the state: " +
				"without it names like db-0.db.shop.svc do not resolve"},
		},
		{
			name:   "the Service has an address",
			change: func(_ *plan.Workload, s *check.StatefulSet) { s.Headless = false },
			found: []string{"warning service: Service db is not headless (clusterIP: None): " +
				"names like db-0.db.shop.svc do not resolve"},
		},
		{
			name:   "Services cannot be read",
			change: func(_ *plan.Workload, s *check.StatefulSet) { s.ServicesUnchecked = "cannot list services (forbidden)" },
			found:  []string{"info service: headless Service not checked: cannot list services (forbidden)"},
		},
		{
			name:   "no Service is named",
			change: func(_ *plan.Workload, s *check.StatefulSet) { s.Service = "" },
			found:  []string{"info service: no serviceName: its pods have no names of their own in the cluster"},
		},
		{
			name: "a settled StatefulSet is not nagged about its Service",
			change: func(w *plan.Workload, s *check.StatefulSet) {
				w.Verdict, s.Found = plan.NoChange, false
			},
		},
		{
			name: "pods wait for claims",
			change: func(_ *plan.Workload, s *check.StatefulSet) {
				s.Claims = []check.ClaimTrouble{{Name: "data-db-0", Pod: "db-0", Why: "Pending"},
					{Name: "data-db-1", Pod: "db-1", Why: "Terminating"}, {Name: "wal-db-1", Pod: "db-1", Why: "Lost"},
					{Name: "wal-db-0", Pod: "db-0", Why: "Terminating", KeptBy: []string{"example.com/backup"}}}
			},
			found: []string{
				"warning claims: claim data-db-0 is not bound: db-0 waits for it, and is taken never to be ready " +
					"(a class with WaitForFirstConsumer binds it once the pod has a node)",
				"warning claims: claim data-db-1 is being deleted: it goes, with its data, once no pod uses it; " +
					"db-1 cannot be created before that, and then gets a new one",
				"warning claims: claim wal-db-1 has lost its volume: db-1 waits for it and is never ready; " +
					"the claim has to be deleted and made anew",
				"warning claims: claim wal-db-0 is being deleted, and example.com/backup has to be removed from its " +
					"finalizers before it is gone; db-0 cannot be created before that",
			},
		},
		{
			name:   "a new pod gets old data",
			change: func(w *plan.Workload, _ *check.StatefulSet) { w.Pods[1].Claims[0].Action = plan.ClaimReused },
			found:  []string{"info claims: claim data-db-1 is re-used, with the data that earlier pods left"},
		},
		{
			name: "data goes with its pods",
			change: func(w *plan.Workload, _ *check.StatefulSet) {
				w.Pods[0].Claims[0].Action, w.Pods[1].Claims[0].Action = plan.ClaimDeleted, plan.ClaimDeleted
			},
			found: []string{"warning retention: whenScaled is Delete: claims data-db-0 and data-db-1 are deleted, " +
				"and the data is lost unless the volumes' reclaim policy is Retain"},
		},
		{
			name: "a partition holds the update for ever",
			change: func(w *plan.Workload, s *check.StatefulSet) {
				w.Summary.Outcome, s.Partition = plan.Held, 1
			},
			found: []string{"info partition: the update is never complete while the partition is 1: pods below it stay " +
				"at the old revision and come back at it; --partition 0 finishes the update"},
		},
		{
			name: "a field that the version does not know of",
			change: func(_ *plan.Workload, s *check.StatefulSet) {
				s.Missing, s.Ignored = "2", "feature gate MaxUnavailableStatefulSet is off in 1.36"
			},
			found: []string{"warning max-unavailable: maxUnavailable 2 is ignored: " +
				"feature gate MaxUnavailableStatefulSet is off in 1.36"},
		},
		{
			name:   "lost pods come back old",
			change: func(_ *plan.Workload, s *check.StatefulSet) { s.NoBlock = true },
			found: []string{"warning rolling-update: updateStrategy has no rollingUpdate block: a pod that is lost in " +
				"mid-rollout may come back at the old revision; write rollingUpdate: {partition: 0}"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w, set := db(), fine()
			test.change(&w, &set)
			found, _ := run(w, check.WorkloadFacts{StatefulSet: &set}, "")
			if diff := cmp.Diff(test.found, found); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
