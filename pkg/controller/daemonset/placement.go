package daemonset

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// Placement is where the pods of a DaemonSet belong, read once for many nodes. It works
// out each distinct set of what it looks at once: taints, and those labels that the
// template asks for.
type Placement struct {
	template    corev1.PodSpec // only the fields that are looked at
	comparisons bool
	tolerations []corev1.Toleration
	affine      bool // there is a required affinity
	terms       []term

	labels []string // that are looked at
	byName bool
	known  map[string]Fit
	buffer []byte
}

// PlacementOf reads where the pods of a DaemonSet belong.
func PlacementOf(ds *appsv1.DaemonSet, profile kubeversion.Profile) *Placement {
	template := lookedAt(&ds.Spec.Template.Spec)
	p := &Placement{
		template:    template,
		comparisons: profile.Enabled(kubeversion.TolerationComparison),
		tolerations: tolerationsOf(&template),
		labels:      slices.Sorted(maps.Keys(template.NodeSelector)),
		byName:      template.NodeName != "",
		known:       map[string]Fit{},
	}
	if a := template.Affinity; a != nil && a.NodeAffinity != nil &&
		a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution != nil {
		p.affine = true
		p.terms = termsOf(a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution)
	}
	for _, t := range p.terms {
		for _, r := range t {
			p.byName = p.byName || r.field
			if !r.field && !slices.Contains(p.labels, r.Key) {
				p.labels = append(p.labels, r.Key)
			}
		}
	}
	return p
}

func lookedAt(spec *corev1.PodSpec) corev1.PodSpec {
	return corev1.PodSpec{
		NodeName: spec.NodeName, NodeSelector: spec.NodeSelector, Affinity: spec.Affinity,
		Tolerations: spec.Tolerations, HostNetwork: spec.HostNetwork,
	}
}

// holdsFor reports whether the placement is that of a DaemonSet still. Templates that
// share their parts, as copies of one object do, are compared quickly.
func (p *Placement) holdsFor(ds *appsv1.DaemonSet, profile kubeversion.Profile) bool {
	spec := &ds.Spec.Template.Spec
	return p.template.NodeName == spec.NodeName && p.template.HostNetwork == spec.HostNetwork &&
		p.comparisons == profile.Enabled(kubeversion.TolerationComparison) &&
		reflect.DeepEqual(p.template.NodeSelector, spec.NodeSelector) &&
		reflect.DeepEqual(p.template.Affinity, spec.Affinity) &&
		reflect.DeepEqual(p.template.Tolerations, spec.Tolerations)
}

// Fit says whether the pods belong on a node, and why.
func (p *Placement) Fit(node *corev1.Node) Fit {
	if p.byName {
		return p.decide(node)
	}
	p.buffer = p.project(p.buffer[:0], node)
	if fit, ok := p.known[string(p.buffer)]; ok {
		return fit
	}
	fit := p.decide(node)
	p.known[string(p.buffer)] = fit
	return fit
}

// project writes what is looked at of a node.
func (p *Placement) project(to []byte, node *corev1.Node) []byte {
	for _, key := range p.labels {
		if value, ok := node.Labels[key]; ok {
			to = append(append(to, '='), value...)
		}
		to = append(to, 0)
	}
	for i := range node.Spec.Taints {
		taint := &node.Spec.Taints[i]
		for _, part := range [...]string{taint.Key, taint.Value, string(taint.Effect)} {
			to = append(append(to, part...), 0)
		}
	}
	return to
}

// decide follows daemon_controller.go nodeShouldRunDaemonPod, v1.37.0. Whether a node is
// ready, cordoned or full plays no part, but for its taints.
func (p *Placement) decide(node *corev1.Node) Fit {
	if p.template.NodeName != "" && p.template.NodeName != node.Name {
		return Fit{Reason: OtherNode, Message: "the pod template names node " + p.template.NodeName}
	}
	if missing := p.missingLabels(node); missing != "" {
		return Fit{Reason: SelectorMismatch, Message: missing}
	}
	if p.affine && !slices.ContainsFunc(p.terms, func(t term) bool { return len(t.failing(node)) == 0 }) {
		return Fit{Reason: AffinityMismatch, Message: mismatch(p.terms, node)}
	}
	return p.withTaints(node)
}

// missingLabels says which labels of the nodeSelector a node lacks.
func (p *Placement) missingLabels(node *corev1.Node) string {
	var missing []string
	for _, key := range slices.Sorted(maps.Keys(p.template.NodeSelector)) {
		wanted := p.template.NodeSelector[key]
		switch value, ok := node.Labels[key]; {
		case !ok:
			missing = append(missing, fmt.Sprintf("label %s=%s is missing", key, wanted))
		case value != wanted:
			missing = append(missing, fmt.Sprintf("label %s=%s is missing (it has %s=%s)", key, wanted, key, value))
		}
	}
	return strings.Join(missing, ", ")
}

// withTaints follows daemon_controller.go predicates, v1.37.0. A pod that runs stays
// unless it has to go at once; PreferNoSchedule keeps no pod away.
func (p *Placement) withTaints(node *corev1.Node) Fit {
	var against, tolerated []string
	evicted := false
	for i := range node.Spec.Taints {
		taint := &node.Spec.Taints[i]
		switch {
		case taint.Effect != corev1.TaintEffectNoSchedule && taint.Effect != corev1.TaintEffectNoExecute:
		case tolerates(p.tolerations, taint, p.comparisons):
			tolerated = append(tolerated, taint.ToString())
		default:
			against = append(against, taint.ToString())
			evicted = evicted || taint.Effect == corev1.TaintEffectNoExecute
		}
	}
	switch {
	case len(against) > 0:
		return Fit{Continue: !evicted, Reason: Tainted, Message: taintsAre(against, "not tolerated")}
	case len(tolerated) > 0:
		return Fit{Should: true, Continue: true, Reason: Tolerated, Message: taintsAre(tolerated, "tolerated")}
	}
	return Fit{Should: true, Continue: true, Reason: Untainted}
}

func taintsAre(taints []string, what string) string {
	if len(taints) == 1 {
		return fmt.Sprintf("taint %s is %s", taints[0], what)
	}
	return fmt.Sprintf("taints %s are %s", strings.Join(taints, ", "), what)
}
