package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
)

// stuck is long enough for a rollout to come to where it cannot go on.
const stuck = 8 * time.Second

func statefulSets() []scenario {
	return slices.Concat(updates(), troubles(), scalings(), scaleDowns())
}

// updates are new images, and ordinals, that go well.
func updates() []scenario {
	return []scenario{
		{
			name: "sts-3-ordered", about: "a new image, one pod after the other from the top",
			base: stateful(3, claims), changes: one(image(2)),
		}, {
			name: "sts-parallel", about: "a new image, Parallel: still one pod at a time",
			base: stateful(4, parallel), changes: one(image(2)), stagger: apart,
		}, {
			name: "sts-max-unavailable2", about: "a new image, OrderedReady, maxUnavailable 2",
			base: stateful(5, maxUnavailable("2")), changes: one(image(2)), stagger: apart,
		}, {
			name: "sts-max-unavailable-half", about: "a new image, OrderedReady, maxUnavailable 50%: rounded down, 2",
			base: stateful(5, maxUnavailable("50%")), changes: one(image(2)), stagger: apart,
		}, {
			name: "sts-parallel-max-unavailable2", about: "a new image, Parallel, maxUnavailable 2",
			base: stateful(5, parallel, maxUnavailable("2")), changes: one(image(2)), stagger: apart,
		}, {
			name: "sts-5-partition3", about: "a new image, partition 3: the two highest pods move",
			base: stateful(5, partition(3)), changes: one(image(2)),
		}, {
			name: "sts-partition-lowered", about: "a new image for the highest pod, then for all",
			base: stateful(3, partition(2)),
			changes: []step{
				{0, image(2)},
				{stuck, patch(`{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}`)},
			},
		}, {
			name: "sts-ordinals", about: "a new image, pods from db-5 on",
			base: stateful(3, "ordinals: {start: 5}"), changes: one(image(2)),
		}, {
			name: "sts-ordinals-moved", about: "ordinals.start from 0 to 2: two pods more above, two fewer below",
			base: stateful(3, claims), changes: one(patch(`{"spec":{"ordinals":{"start":2}}}`)),
		}, {
			name: "sts-min-ready", about: "minReadySeconds 3: the next pod goes 3 s after one became ready",
			base: stateful(3, "minReadySeconds: 3"), changes: one(image(2)), quiet: 5 * time.Second,
		}, {
			name: "sts-undo", about: "back to the first revision of two",
			base: stateful(3, claims), first: []recording.Change{image(2)},
			changes: one(recording.Change{Undo: 1}),
		},
	}
}

// troubles are updates that stop at something, and what is then done about it.
func troubles() []scenario {
	return []scenario{
		{
			name: "sts-broken-and-back", about: "a broken image; back, which stalls; the broken pod deleted",
			base:    stateful(3, claims),
			changes: []step{{0, broken(2)}, {stuck, mended(1)}, {stuck, deletePod("db-2")}},
		}, {
			name: "sts-parallel-broken-and-back", about: "a broken image and back, Parallel: nothing stalls",
			base:    stateful(3, parallel),
			changes: []step{{0, broken(2)}, {stuck, mended(1)}}, stagger: apart,
		}, {
			name: "sts-on-delete", about: "OnDelete: a new image, then two pods deleted, db-1 first",
			base: stateful(3, "updateStrategy: {type: OnDelete}"),
			changes: []step{
				{0, image(2)}, {3 * time.Second, deletePod("db-1")}, {stuck, deletePod("db-2")},
			},
		}, {
			name: "sts-unready-below", about: "a new image while db-0 is not ready: it blocks all; deleted, it does not",
			base: stateful(3), unready: []string{"db-0"},
			changes: []step{{0, image(2)}, {stuck, deletePod("db-0")}},
		}, {
			name: "sts-claim-deleted", about: "a new image while the claim of db-1 is being deleted: the pod gets a new one",
			base: stateful(3, claims), doomed: []string{"data-db-1"}, changes: one(image(2)),
		},
	}
}

func scalings() []scenario {
	return []scenario{
		{
			name: "sts-scale-up", about: "from 2 to 5 replicas, one after the other",
			base: stateful(2, claims), changes: one(replicas(5)),
		}, {
			name: "sts-scale-up-parallel", about: "from 2 to 5 replicas at once",
			base: stateful(2, claims, parallel), changes: one(replicas(5)), stagger: apart,
		}, {
			name: "sts-scale-down-parallel", about: "from 5 to 2 replicas at once",
			base: stateful(5, claims, parallel), changes: one(replicas(2)),
		}, {
			name: "sts-scale-down-and-up", about: "whenScaled Delete: from 3 to 1 replicas, and up again to new claims",
			base:    stateful(3, claims, retention("Retain", "Delete")),
			changes: []step{{0, replicas(1)}, {stuck, replicas(3)}},
		}, {
			name: "sts-scale-down-midway", about: "a new image, and from 5 to 3 replicas while db-3 is replaced",
			base:    stateful(5),
			changes: []step{{0, image(2)}, {4 * time.Second, replicas(3)}},
		}, {
			name: "sts-scale-down-stuck", about: "from 5 to 3 replicas: of two pods that are not ready the higher blocks",
			base: stateful(5), unready: []string{"db-3", "db-4"},
			changes: []step{{0, replicas(3)}, {stuck, deletePod("db-4")}},
		},
	}
}

// scaleDowns are of one StatefulSet under each retention policy.
func scaleDowns() []scenario {
	var all []scenario
	for _, policy := range []struct{ name, whenDeleted, whenScaled string }{
		{"sts-scale-down", "Retain", "Retain"}, {"sts-scale-down-when-scaled", "Retain", "Delete"},
		{"sts-scale-down-when-deleted", "Delete", "Retain"}, {"sts-scale-down-both", "Delete", "Delete"},
	} {
		all = append(all, scenario{
			name: policy.name,
			about: fmt.Sprintf("from 5 to 2 replicas; claims: whenDeleted %s, whenScaled %s",
				policy.whenDeleted, policy.whenScaled),
			base:    stateful(5, claims, retention(policy.whenDeleted, policy.whenScaled)),
			changes: one(replicas(2)),
		})
	}
	return all
}

// Lines of the spec of a StatefulSet.
const (
	parallel = "podManagementPolicy: Parallel"
	claims   = "volumeClaimTemplates: [{metadata: {name: data}, spec: " +
		"{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]"
)

func maxUnavailable(n string) string {
	return fmt.Sprintf("updateStrategy: {rollingUpdate: {maxUnavailable: %s}}", n)
}

func partition(n int) string {
	return fmt.Sprintf("updateStrategy: {rollingUpdate: {partition: %d}}", n)
}

func retention(whenDeleted, whenScaled string) string {
	return fmt.Sprintf("persistentVolumeClaimRetentionPolicy: {whenDeleted: %s, whenScaled: %s}", whenDeleted, whenScaled)
}

func deletePod(name string) recording.Change { return recording.Change{DeletePod: name} }

// stateful is a StatefulSet with more lines in its spec.
func stateful(size int, more ...string) string {
	return fmt.Sprintf(`
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: %d
  serviceName: db
  selector: {matchLabels: {app: db}}
  %s
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - {name: main, image: "registry.example/app:1", ports: [{containerPort: 80}]}
`, size, strings.Join(more, "\n  "))
}
