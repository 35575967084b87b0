package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
)

func daemonSets() []scenario { return slices.Concat(daemonUpdates(), daemonTroubles(), daemonNodes()) }

// daemonUpdates are new images that go well, on nine nodes.
func daemonUpdates() []scenario {
	return []scenario{
		{
			name: "ds-unavail1", about: "a new image, maxUnavailable 1",
			base: daemon(unavailable("1")), changes: one(image(2)),
		}, {
			name: "ds-unavail-third", about: "a new image, maxUnavailable 30%: rounded up, 3",
			base: daemon(unavailable("30%")), changes: one(image(2)), stagger: apart,
		}, {
			name: "ds-surge1", about: "a new image, maxSurge 1",
			base: daemon(surge("1")), changes: one(image(2)),
		}, {
			name: "ds-surge2", about: "a new image, maxSurge 2",
			base: daemon(surge("2")), changes: one(image(2)), stagger: apart,
		}, {
			name: "ds-on-delete", about: "OnDelete: a new image, then two pods deleted",
			base: daemon("updateStrategy: {type: OnDelete}"),
			changes: []step{
				{0, image(2)}, {3 * time.Second, deletePodOn("node4")}, {stuck, deletePodOn("node2")},
			},
		}, {
			name: "ds-min-ready", about: "minReadySeconds 3, maxUnavailable 3: nodes count 3 s after they became ready",
			base: daemon(unavailable("3"), "minReadySeconds: 3"), changes: one(image(2)),
			stagger: apart, quiet: 5 * time.Second,
		}, {
			name: "ds-undo", about: "back to the first revision of two, maxUnavailable 4",
			base: daemon(unavailable("4")), first: []recording.Change{image(2)},
			changes: one(recording.Change{Undo: 1}), stagger: apart,
		},
	}
}

// daemonTroubles are updates that stop at something, and what is then done about it.
func daemonTroubles() []scenario {
	return []scenario{
		{
			name: "ds-broken-and-back", about: "a broken image takes two nodes, and back",
			base:    daemon(unavailable("2")),
			changes: []step{{0, broken(2)}, {stuck, mended(1)}}, stagger: apart,
		}, {
			name: "ds-not-ready-holds", about: "a new image while node2 is not ready: its pod holds the budget of 1 until node2 comes back",
			base: daemon(unavailable("1")), first: nodes("not-ready:node2"), upset: true,
			changes: []step{{0, image(2)}, {stuck, node("ready:node2")}},
		}, {
			name: "ds-not-ready", about: "a new image while node2 is not ready, maxUnavailable 2: of the others one at a time",
			base: daemon(unavailable("2")), first: nodes("not-ready:node2"), upset: true,
			changes: one(image(2)),
		},
	}
}

// daemonNodes are changes of which nodes there are, or which of them have pods.
func daemonNodes() []scenario {
	return []scenario{
		{
			name: "ds-other-zones", about: "from two zones to two others: three nodes lost, three gained, three updated",
			base: daemon(zones("zone1, zone2")), changes: one(inZones("zone2", "zone3")), stagger: apart,
		}, {
			name: "ds-selector", about: "a nodeSelector: from all nodes to those of one zone, maxUnavailable 2",
			base:    daemon(unavailable("2")),
			changes: one(patch(`{"spec":{"template":{"spec":{"nodeSelector":{"topology.kubernetes.io/zone":"zone2"}}}}}`)),
			stagger: apart,
		}, {
			name: "ds-taints", about: "a NoSchedule taint lands on node3, a NoExecute taint on node4, and goes again",
			base: daemon(),
			changes: []step{
				{0, node("taint:node3=dedicated=gpu:NoSchedule")}, {3 * time.Second, node("taint:node4=dedicated=gpu:NoExecute")},
				{5 * time.Second, node("untaint:node4=dedicated")},
			},
		}, {
			name: "ds-labels", about: "one node gets another zone and loses its pod, one gains one",
			base: daemon(zones("zone1, zone2")),
			changes: []step{
				{0, node("label:node1=topology.kubernetes.io/zone=zone3")},
				{5 * time.Second, node("label:node3=topology.kubernetes.io/zone=zone1")},
			},
		}, {
			name: "ds-node-joins", about: "a node joins",
			base: daemon(), changes: one(node("add:node10=node1")),
		}, {
			name: "ds-node-leaves", about: "a node leaves: its pod stays for 40 s to 60 s",
			base: daemon(), changes: one(node("remove:node9")), quiet: 65 * time.Second,
		},
	}
}

func node(text string) recording.Change { return recording.Change{Node: text} }

func nodes(texts ...string) []recording.Change {
	var all []recording.Change
	for _, text := range texts {
		all = append(all, node(text))
	}
	return all
}

func deletePodOn(node string) recording.Change { return recording.Change{DeletePodOn: node} }

func unavailable(n string) string {
	return fmt.Sprintf("updateStrategy: {rollingUpdate: {maxUnavailable: %s}}", n)
}

func surge(n string) string {
	return fmt.Sprintf("updateStrategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: %s}}", n)
}

// zones is a required affinity, as a field of the template.
func zones(list string) string {
	return fmt.Sprintf("affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "+
		"[{matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [%s]}]}]}}}", list)
}

func inZones(list ...string) recording.Change {
	return patch(`{"spec":{"template":{"spec":{%s}}}}`, zones(strings.Join(list, ", ")))
}

// daemon is a DaemonSet with more lines in its spec; an affinity belongs to the template.
func daemon(more ...string) string {
	inSpec, inTemplate := "", ""
	for _, line := range more {
		if strings.HasPrefix(line, "affinity:") {
			inTemplate = line
			continue
		}
		inSpec += line + "\n  "
	}
	return fmt.Sprintf(`
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  %s
  template:
    metadata: {labels: {app: agent}}
    spec:
      %s
      containers:
      - {name: main, image: "registry.example/app:1", ports: [{containerPort: 80}]}
`, inSpec, inTemplate)
}
