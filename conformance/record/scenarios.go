package main

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
)

// scenario is what to record: how it begins, and what is then changed.
type scenario struct {
	name  string
	about string
	base  string // the manifest of the workload
	quota string // the manifest of a quota in its namespace
	// first are changes that are made before and settle.
	first []recording.Change
	// unready are pods that lose their readiness before, for good; doomed are claims that
	// are deleted before, which pods still use.
	unready, doomed []string
	// changes are recorded.
	changes []step
	// stagger is the least time between two pods that become ready; 0: each 2 s after
	// it was bound.
	stagger time.Duration
	// quiet is for how long nothing must be written for it to be over; at least calm.
	quiet time.Duration
	// nodes: the nodes belong to the state.
	nodes bool
	// upset: it does not begin settled, since of its nodes some do not work.
	upset bool
	later string // why it is not replayed yet
}

func (s scenario) isDaemon() bool { return strings.Contains(s.base, "kind: DaemonSet") }

func (s scenario) isStateful() bool { return strings.Contains(s.base, "kind: StatefulSet") }

// step is a change and how long after the one before it is made.
type step struct {
	after  time.Duration
	change recording.Change
}

// named are the scenarios whose names match a pattern: "sts-*".
func named(pattern string) ([]scenario, error) {
	var found []scenario
	for _, s := range scenarios() {
		fits, err := path.Match(pattern, s.name)
		if err != nil {
			return nil, err
		}
		if fits {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("there is no scenario %s: see scenarios() in conformance/record", pattern)
	}
	return found, nil
}

// apart is long enough for the controllers to be quiet between two pods that become
// ready, so that timing decides nothing.
const apart = 300 * time.Millisecond

func scenarios() []scenario {
	return slices.Concat(grid(), deployments(), statefulSets(), daemonSets())
}

func deployments() []scenario {
	return []scenario{
		{
			name: "dep-10-quarter-at-once", about: "a new image, 25%/25%, pods that become ready together",
			base: rolling(10, "25%", "25%"), changes: one(image(2)),
		}, {
			name: "dep-10-surge3-at-once", about: "a new image, surge 3, pods that become ready together",
			base: rolling(10, "3", "0"), changes: one(image(2)),
		}, {
			name: "dep-recreate", about: "Recreate: all old pods stop first",
			base: manifest(4, "type: Recreate", ""), changes: one(image(2)), stagger: apart,
		}, {
			name: "dep-scale-up", about: "from 3 to 8 replicas",
			base: rolling(3, "25%", "25%"), changes: one(replicas(8)), stagger: apart,
		}, {
			name: "dep-scale-down", about: "from 8 to 3 replicas",
			base: rolling(8, "25%", "25%"), changes: one(replicas(3)), stagger: apart,
		}, {
			name: "dep-scale-up-midway", about: "from 10 to 20 replicas in the middle of a rollout",
			base: rolling(10, "25%", "25%"), stagger: apart,
			changes: []step{{0, image(2)}, {2750 * time.Millisecond, replicas(20)}},
		}, {
			name: "dep-scale-down-midway", about: "from 10 to 5 replicas in the middle of a rollout",
			base: rolling(10, "25%", "25%"), stagger: apart,
			changes: []step{{0, image(2)}, {2750 * time.Millisecond, replicas(5)}},
		}, {
			name: "dep-broken-image", about: "new pods never become ready: it stalls, and the deadline of 5 s passes",
			base:    manifest(6, strategy("25%", "25%"), "progressDeadlineSeconds: 5"),
			changes: one(broken(2)), stagger: apart, quiet: 8 * time.Second,
		}, {
			name: "dep-third-over-stuck", about: "a third revision over a second one whose pods never become ready",
			base: rolling(5, "1", "1"), stagger: apart,
			changes: []step{{0, broken(2)}, {3 * time.Second, mended(3)}},
		}, {
			name: "dep-paused", about: "paused and changed, which rolls nothing; scaled meanwhile; resumed",
			base: rolling(4, "1", "0"), stagger: apart,
			changes: []step{
				{0, patch(`{"spec":{"paused":true,"template":%s}}`, template(2))},
				{2 * time.Second, replicas(5)},
				{4 * time.Second, patch(`{"spec":{"paused":false}}`)},
			},
		}, {
			name: "dep-min-ready", about: "minReadySeconds 3: a pod counts 3 s after it became ready",
			base: manifest(4, strategy("1", "1"), "minReadySeconds: 3"),
			// A pod becomes ready while another one is so, but not for long enough.
			changes: one(image(2)), stagger: 1700 * time.Millisecond, quiet: 5 * time.Second,
		}, {
			name: "dep-undo", about: "back to the first revision of two",
			base: rolling(3, "1", "0"), first: []recording.Change{image(2)},
			changes: one(recording.Change{Undo: 1}), stagger: apart,
		}, {
			name: "dep-quota", about: "a quota of 4 pods blocks a rollout of 4 with surge 1",
			base: manifest(4, strategy("1", "0"), "progressDeadlineSeconds: 5"), quota: fourPods,
			changes: one(image(2)), stagger: apart, quiet: 8 * time.Second,
			later: "no quota is assumed in a simulation yet",
		}, {
			name: "dep-full-nodes", about: "no node has room for the one pod more of a rollout of 9 with surge 1",
			base: strings.Replace(manifest(9, strategy("1", "0"), "progressDeadlineSeconds: 5"),
				"name: main,", "name: main, resources: {requests: {cpu: 20}},", 1),
			changes: one(image(2)), stagger: apart, quiet: 8 * time.Second, nodes: true,
			later: "no scheduler is assumed in a simulation yet",
		},
	}
}

// grid is a new image under each of four strategies at three sizes.
func grid() []scenario {
	var all []scenario
	for _, size := range []int{1, 3, 10} {
		for _, s := range []struct{ name, surge, unavailable string }{
			{"surge1-unavail0", "1", "0"}, {"surge0-unavail1", "0", "1"},
			{"surge2-unavail1", "2", "1"}, {"quarter", "25%", "25%"},
		} {
			all = append(all, scenario{
				name:    fmt.Sprintf("dep-%d-%s", size, s.name),
				about:   fmt.Sprintf("a new image, maxSurge %s, maxUnavailable %s", s.surge, s.unavailable),
				base:    rolling(size, s.surge, s.unavailable),
				changes: one(image(2)), stagger: apart,
			})
		}
	}
	return all
}

func one(change recording.Change) []step { return []step{{0, change}} }

// patch is a strategic merge patch, in the one form in which it reads back.
func patch(format string, args ...any) recording.Change {
	text := fmt.Sprintf(format, args...)
	body, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		panic(fmt.Sprintf("the patch %s of a scenario: %v", text, err))
	}
	return recording.Change{Patch: body}
}

func replicas(n int) recording.Change { return patch(`{"spec":{"replicas":%d}}`, n) }

func image(revision int) recording.Change {
	return patch(`{"spec":{"template":%s}}`, template(revision))
}

func template(revision int) string {
	return fmt.Sprintf(`{"spec":{"containers":[{"name":"main","image":"registry.example/app:%d"}]}}`, revision)
}

// broken is an image that cannot be pulled; mended takes that back.
func broken(revision int) recording.Change {
	return patch(`{"spec":{"template":{"metadata":{"annotations":{"test/broken":"true"}},"spec":{"containers":`+
		`[{"name":"main","image":"registry.example/app:%d"}]}}}}`, revision)
}

func mended(revision int) recording.Change {
	return patch(`{"spec":{"template":{"metadata":{"annotations":null},"spec":{"containers":`+
		`[{"name":"main","image":"registry.example/app:%d"}]}}}}`, revision)
}

func rolling(size int, surge, unavailable string) string {
	return manifest(size, strategy(surge, unavailable), "")
}

func strategy(surge, unavailable string) string {
	return fmt.Sprintf("rollingUpdate: {maxSurge: %s, maxUnavailable: %s}", surge, unavailable)
}

// manifest is a Deployment with more lines in its spec.
func manifest(size int, strategy, more string) string {
	return fmt.Sprintf(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %d
  selector: {matchLabels: {app: web}}
  strategy: {%s}
  %s
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: main, image: "registry.example/app:1", ports: [{containerPort: 80}]}
`, size, strategy, more)
}

const fourPods = `
apiVersion: v1
kind: ResourceQuota
metadata: {name: pods}
spec: {hard: {pods: "4"}}
`
