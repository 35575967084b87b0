package validate

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/net"
)

// namespaces checks which namespaces of the node the pod shares; the server
// writes HostPID and HostIPC that way.
// Follows pkg/apis/core/validation/validation.go validateShareProcessNamespace and
// validateHostUsers, v1.37.0.
func (r *review) namespaces(at *field.Path, spec *corev1.PodSpec) {
	if spec.HostPID && spec.ShareProcessNamespace != nil && *spec.ShareProcessNamespace {
		r.refuse(at.Child("shareProcessNamespace"), "excludes hostPID")
	}
	if spec.HostUsers == nil || *spec.HostUsers {
		return
	}
	if spec.HostPID {
		r.refuse(at.Child("HostPID"), "excludes hostUsers: false")
	}
	if spec.HostIPC {
		r.refuse(at.Child("HostIPC"), "excludes hostUsers: false")
	}
}

// dnsConfig knows limits that resolvers have: 3 servers, 32 search domains.
// Follows pkg/apis/core/validation/validation.go validatePodDNSConfig, v1.37.0.
func (r *review) dnsConfig(at *field.Path, policy corev1.DNSPolicy, config *corev1.PodDNSConfig) {
	if policy == corev1.DNSNone && config == nil {
		r.refuse(at, "is required when dnsPolicy is None")
	}
	if config == nil {
		return
	}
	if policy == corev1.DNSNone && len(config.Nameservers) == 0 {
		r.refuse(at.Child("nameservers"), "are required when dnsPolicy is None")
		return
	}
	if n := len(config.Nameservers); n > 3 {
		r.refuse(at.Child("nameservers"), "are %d, more than 3", n)
	}
	for i, server := range config.Nameservers {
		r.address(at.Child("nameservers").Index(i), server)
	}
	if n := len(config.Searches); n > 32 {
		r.refuse(at.Child("searches"), "are %d, more than 32", n)
	}
	for i, option := range config.Options {
		r.required(at.Child("options").Index(i), option.Name)
	}
}

// address leaves 010.0.0.1 to the server: it is refused since 1.36, unless stored.
// Follows k8s.io/apimachinery pkg/util/validation/ip.go IsValidIPForLegacyField, v0.37.0.
func (r *review) address(at *field.Path, address string) {
	if net.ParseIPSloppy(address) == nil {
		r.refuse(at, "%q is no IP address", address)
	}
}

// podSecurity follows pkg/apis/core/validation/validation.go
// validatePodSpecSecurityContext, v1.37.0.
func (r *review) podSecurity(at *field.Path, context *corev1.PodSecurityContext) {
	if context == nil {
		return
	}
	r.id(at.Child("runAsUser"), context.RunAsUser)
	r.id(at.Child("runAsGroup"), context.RunAsGroup)
	r.id(at.Child("fsGroup"), context.FSGroup)
	for i := range context.SupplementalGroups {
		r.id(at.Child("supplementalGroups").Index(i), &context.SupplementalGroups[i])
	}
}

// id takes users and groups, whose numbers have the same range.
func (r *review) id(at *field.Path, id *int64) {
	if id != nil && len(validation.IsValidUserID(*id)) > 0 {
		r.refuse(at, "is %d: it can be 0 to 2147483647", *id)
	}
}

// gates follows pkg/apis/core/validation/validation.go validateReadinessGates and
// validateSchedulingGates, v1.37.0.
func (r *review) gates(at *field.Path, spec *corev1.PodSpec) {
	for i, gate := range spec.ReadinessGates {
		r.conforms(at.Child("readinessGates").Index(i).Child("conditionType"),
			string(gate.ConditionType), validation.IsQualifiedName, qualifiedName)
	}
	seen := map[string]bool{}
	for i, gate := range spec.SchedulingGates {
		path := at.Child("schedulingGates").Index(i)
		r.conforms(path, gate.Name, validation.IsQualifiedName, qualifiedName)
		if seen[gate.Name] {
			r.refuse(path, "%q is there twice", gate.Name)
		}
		seen[gate.Name] = true
	}
}

// toleration follows pkg/apis/core/validation/validation.go ValidateTolerations,
// v1.37.0. The operators Lt and Gt are behind a gate and left to the server.
func (r *review) toleration(at *field.Path, toleration corev1.Toleration) {
	if toleration.Key != "" {
		r.conforms(at.Child("key"), toleration.Key, validation.IsQualifiedName, qualifiedName)
	} else if toleration.Operator != corev1.TolerationOpExists {
		r.refuse(at.Child("operator"), "must be Exists where there is no key")
	}
	switch toleration.Operator {
	case "", corev1.TolerationOpEqual:
		r.conforms(at.Child("operator"), toleration.Value, validation.IsValidLabelValue, labelValue)
	case corev1.TolerationOpExists:
		if toleration.Value != "" {
			r.refuse(at.Child("operator"), "Exists takes no value")
		}
	case corev1.TolerationOpLt, corev1.TolerationOpGt:
	default:
		r.refuse(at.Child("operator"), "is %q: it can be Equal or Exists", toleration.Operator)
	}
	if toleration.TolerationSeconds != nil && toleration.Effect != corev1.TaintEffectNoExecute {
		r.refuse(at.Child("effect"), "must be NoExecute where there are tolerationSeconds")
	}
	if toleration.Effect != "" {
		oneOf(r, at.Child("effect"), toleration.Effect, corev1.TaintEffectNoSchedule,
			corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute)
	}
}

// spread names a repeated constraint as the server does:
// topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}.
// Follows pkg/apis/core/validation/validation.go validateTopologySpreadConstraints, v1.37.0.
func (r *review) spread(at *field.Path, constraints []corev1.TopologySpreadConstraint) {
	for i, constraint := range constraints {
		path := at.Index(i)
		if constraint.MaxSkew <= 0 {
			r.refuse(path.Child("maxSkew"), "is %d: it must be above 0", constraint.MaxSkew)
		}
		r.required(path.Child("topologyKey"), constraint.TopologyKey)
		action := constraint.WhenUnsatisfiable
		oneOf(r, path.Child("whenUnsatisfiable"), action, corev1.DoNotSchedule, corev1.ScheduleAnyway)
		for _, other := range constraints[i+1:] {
			if other.TopologyKey == constraint.TopologyKey && other.WhenUnsatisfiable == action {
				r.refuse(path.Child("{topologyKey, whenUnsatisfiable}"), "are there twice")
				break
			}
		}
		r.minDomains(path.Child("minDomains"), constraint.MinDomains, action)
		if !r.allowed.invalidSpread {
			r.labelSelector(path.Child("labelSelector"), constraint.LabelSelector)
		}
	}
}

func (r *review) minDomains(at *field.Path, least *int32, action corev1.UnsatisfiableConstraintAction) {
	if least == nil {
		return
	}
	if *least <= 0 {
		r.refuse(at, "is %d: it must be above 0", *least)
	}
	if action != corev1.DoNotSchedule {
		r.refuse(at, "has a meaning only with DoNotSchedule")
	}
}
