package kubeversion

import (
	"fmt"
	"sort"
	"strings"
)

// Gate names a feature gate as --feature-gates does.
type Gate string

// The gates that change what a workload controller decides.
const (
	TerminatingReplicas  Gate = "DeploymentReplicaSetTerminatingReplicas"
	PodDeletionCost      Gate = "PodDeletionCost"
	LogarithmicScaleDown Gate = "LogarithmicScaleDown"

	MaxUnavailableStatefulSet  Gate = "MaxUnavailableStatefulSet"
	StatefulSetRecreate        Gate = "StatefulSetRecreateStrategy"
	SemanticRevisionComparison Gate = "StatefulSetSemanticRevisionComparison"
	StatefulSetAutoDeletePVC   Gate = "StatefulSetAutoDeletePVC"
	StatefulSetStartOrdinal    Gate = "StatefulSetStartOrdinal"
	PodIndexLabel              Gate = "PodIndexLabel"

	TolerationComparison Gate = "TaintTolerationComparisonOperators"
)

// stage is a gate's state from a minor version on, or from a patch of it.
type stage struct {
	since   int
	patch   int
	known   bool
	enabled bool
	locked  bool
}

// stages returns the history of the gate, oldest first: the versioned defaults of
// pkg/features/kube_features.go, read in each minor version. After a gate is
// removed its behaviour is permanent.
func (g Gate) stages() []stage {
	switch g {
	case TerminatingReplicas:
		return []stage{
			{since: 33, known: true},
			{since: 35, known: true, enabled: true},
		}
	case PodDeletionCost:
		return []stage{{since: 22, known: true, enabled: true}}
	case LogarithmicScaleDown:
		return []stage{
			{since: 22, known: true, enabled: true},
			{since: 31, known: true, enabled: true, locked: true},
			{since: 37, enabled: true},
		}
	case TolerationComparison:
		return []stage{{since: 35, known: true}}
	}
	return g.statefulSetStages()
}

// statefulSetStages is stages for the gates of the StatefulSet controller.
func (g Gate) statefulSetStages() []stage {
	switch g {
	case MaxUnavailableStatefulSet:
		return []stage{
			{since: 24, known: true},
			{since: 35, known: true, enabled: true},
			// It was found to block rollouts, and put off until there was a better one.
			{since: 35, patch: 4, known: true},
			{since: 37, known: true, enabled: true},
		}
	case StatefulSetRecreate:
		return []stage{{since: 37, known: true}}
	case SemanticRevisionComparison:
		return []stage{{since: 34, patch: 2, known: true, enabled: true}}
	case StatefulSetAutoDeletePVC:
		return lockedOn(32, 35)
	case StatefulSetStartOrdinal:
		return lockedOn(31, 34)
	case PodIndexLabel:
		return lockedOn(32, 35)
	}
	return nil
}

// lockedOn is the history of a gate that was on in all versions that are planned for,
// locked since one minor version and removed in another.
func lockedOn(locked, removed int) []stage {
	return []stage{
		{since: Oldest, known: true, enabled: true},
		{since: locked, known: true, enabled: true, locked: true},
		{since: removed, enabled: true},
	}
}

func (g Gate) stage(v Version) stage {
	var current stage
	for _, s := range g.stages() {
		if v.since(s.since, s.patch) {
			current = s
		}
	}
	return current
}

// knownGates names the gates that change anything here.
func knownGates() string {
	known := []Gate{
		LogarithmicScaleDown, PodDeletionCost, TerminatingReplicas, MaxUnavailableStatefulSet, PodIndexLabel,
		StatefulSetAutoDeletePVC, StatefulSetRecreate, SemanticRevisionComparison, StatefulSetStartOrdinal,
		TolerationComparison,
	}
	var names []string
	for _, gate := range known {
		names = append(names, string(gate))
	}
	return strings.Join(names, ", ")
}

// WithGates returns the profile with gates set as --feature-gates does, for
// example "PodDeletionCost=false,AllAlpha=true" has an unknown gate and is an
// error. A gate that the version does not have, or has locked, is an error too.
func (p Profile) WithGates(list string) (Profile, error) {
	gates := map[Gate]bool{}
	for gate, on := range p.gates {
		gates[gate] = on
	}
	for _, item := range strings.Split(list, ",") {
		if strings.TrimSpace(item) == "" {
			continue
		}
		gate, on, err := p.parseGate(item)
		if err != nil {
			return p, err
		}
		gates[gate] = on
	}
	return Profile{Version: p.Version, gates: gates}, nil
}

func (p Profile) parseGate(item string) (Gate, bool, error) {
	name, value, ok := strings.Cut(strings.TrimSpace(item), "=")
	if !ok || (value != "true" && value != "false") {
		return "", false, fmt.Errorf("feature gate %q: write it as Name=true or Name=false", item)
	}
	gate, on := Gate(name), value == "true"
	at := gate.stage(p.Version)
	switch {
	case len(gate.stages()) == 0:
		return "", false, fmt.Errorf("feature gate %s changes nothing that is planned here: known are %s", name, knownGates())
	case !at.known:
		return "", false, fmt.Errorf("feature gate %s does not exist in Kubernetes 1.%d", name, p.Version.Minor)
	case at.locked && on != at.enabled:
		return "", false, fmt.Errorf("feature gate %s is locked to %v in Kubernetes 1.%d", name, at.enabled, p.Version.Minor)
	}
	return gate, on, nil
}

// Overrides lists the gates that a person set, as Name=value, sorted.
func (p Profile) Overrides() []string {
	var list []string
	for gate, on := range p.gates {
		list = append(list, fmt.Sprintf("%s=%v", gate, on))
	}
	sort.Strings(list)
	return list
}
