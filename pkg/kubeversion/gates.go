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
)

// stage is a gate's state from a minor version on.
type stage struct {
	since   int
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
	}
	return nil
}

func (g Gate) stage(v Version) stage {
	var current stage
	for _, s := range g.stages() {
		if s.since <= v.Minor {
			current = s
		}
	}
	return current
}

// knownGates names the gates that change anything here.
func knownGates() string {
	return strings.Join([]string{string(LogarithmicScaleDown), string(PodDeletionCost), string(TerminatingReplicas)}, ", ")
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
