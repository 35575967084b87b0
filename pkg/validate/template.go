package validate

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// newTemplate holds what the version allows in a template that is not stored yet.
// Follows pkg/api/pod/util.go GetValidationOptionsFromPodSpecAndMeta, v1.37.0, with
// the gates RelaxedEnvironmentVariableValidation and ContainerRestartRules.
func newTemplate(profile kubeversion.Profile) allowances {
	return allowances{
		relaxedEnv:          profile.RelaxesEnvNames(),
		containerRestart:    profile.RestartsContainersByRule(),
		invalidDeletionCost: !profile.Enabled(kubeversion.PodDeletionCost),
	}
}

// storedTemplate holds what the version allows in a change of a stored template:
// also what it has already.
func storedTemplate(profile kubeversion.Profile, before *corev1.PodTemplateSpec) allowances {
	allowed := newTemplate(profile)
	for _, containers := range [][]corev1.Container{before.Spec.InitContainers, before.Spec.Containers} {
		for _, container := range containers {
			allowed.relaxedEnv = allowed.relaxedEnv || usesRelaxedEnv(&container)
			allowed.partialPages = allowed.partialPages ||
				partialPages(container.Resources.Limits, container.Resources.Requests)
			allowed.containerRestart = allowed.containerRestart || len(container.RestartPolicyRules) > 0
		}
	}
	for _, container := range before.Spec.Containers {
		allowed.containerRestart = allowed.containerRestart || container.RestartPolicy != nil
	}
	allowed.partialPages = allowed.partialPages || partialPages(before.Spec.Overhead)
	if cost, ok := before.Annotations[corev1.PodDeletionCost]; ok && !validDeletionCost(cost) {
		allowed.invalidDeletionCost = true
	}
	allowed.strayTokens = hasStrayTokens(before.Spec.Volumes)
	allowed.invalidSpread = hasInvalidSpread(before.Spec.TopologySpreadConstraints)
	return allowed
}

// hasStrayTokens follows pkg/api/pod/util.go hasNonLocalProjectedTokenPath, v1.37.0.
func hasStrayTokens(volumes []corev1.Volume) bool {
	trial := &review{}
	for _, volume := range volumes {
		if volume.Projected == nil {
			continue
		}
		for _, source := range volume.Projected.Sources {
			if source.ServiceAccountToken != nil {
				trial.belowVisibly(nil, source.ServiceAccountToken.Path)
			}
		}
	}
	return len(trial.refusals) > 0
}

// hasInvalidSpread follows pkg/api/pod/util.go
// hasInvalidTopologySpreadConstraintLabelSelector, v1.37.0.
func hasInvalidSpread(constraints []corev1.TopologySpreadConstraint) bool {
	trial := &review{}
	for _, constraint := range constraints {
		trial.labelSelector(nil, constraint.LabelSelector)
	}
	return len(trial.refusals) > 0
}

func usesRelaxedEnv(container *corev1.Container) bool {
	for _, variable := range container.Env {
		if len(validation.IsEnvVarName(variable.Name)) > 0 {
			return true
		}
	}
	for _, source := range container.EnvFrom {
		if source.Prefix != "" && len(validation.IsEnvVarName(source.Prefix)) > 0 {
			return true
		}
	}
	return false
}

// template follows pkg/apis/core/validation/validation.go ValidatePodTemplateSpec and
// pkg/apis/apps/validation/validation.go ValidatePodTemplateSpecForReplicaSet, v1.37.0.
func (r *review) template(at *field.Path, template *corev1.PodTemplateSpec) {
	r.templateMeta(at, template)
	spec := at.Child("spec")
	r.podSpec(spec, &template.Spec)
	r.runsForever(spec, &template.Spec)
	r.noEphemeralContainers(spec, &template.Spec)
}

// templateMeta names labels and annotations without metadata, as the server does.
func (r *review) templateMeta(at *field.Path, template *corev1.PodTemplateSpec) {
	r.labels(at.Child("labels"), template.Labels)
	r.annotations(at.Child("annotations"), template.Annotations)
	if cost, ok := template.Annotations[corev1.PodDeletionCost]; ok &&
		!r.allowed.invalidDeletionCost && !validDeletionCost(cost) {
		r.refuse(at.Child("annotations").Key(corev1.PodDeletionCost), "%q is not a 32-bit number", cost)
	}
}

// runsForever wants pods that do not end by themselves.
func (r *review) runsForever(at *field.Path, spec *corev1.PodSpec) {
	if policy := spec.RestartPolicy; policy != corev1.RestartPolicyAlways {
		r.refuse(at.Child("restartPolicy"), "is %q: it can only be Always", policy)
	}
	if spec.ActiveDeadlineSeconds != nil {
		r.refuse(at.Child("activeDeadlineSeconds"), "cannot be set: these pods run until they are deleted")
	}
}

func (r *review) noEphemeralContainers(at *field.Path, spec *corev1.PodSpec) {
	if len(spec.EphemeralContainers) > 0 {
		r.refuse(at.Child("ephemeralContainers"), "can only be added to a running pod")
	}
}

// validDeletionCost refuses "+10" and "008" too.
// Follows pkg/apis/core/helper/helpers.go GetDeletionCostFromPodAnnotations, v1.37.0.
func validDeletionCost(cost string) bool {
	if strings.HasPrefix(cost, "+") || strings.HasPrefix(cost, "0") && cost != "0" {
		return false
	}
	_, err := strconv.ParseInt(cost, 10, 32)
	return err == nil
}

// podSpec follows pkg/apis/core/validation/validation.go ValidatePodSpec, v1.37.0.
func (r *review) podSpec(at *field.Path, spec *corev1.PodSpec) {
	if spec.TerminationGracePeriodSeconds == nil {
		r.refuse(at.Child("terminationGracePeriodSeconds"), "is required")
	}
	pod := &pod{review: r, spec: spec, volumes: r.volumes(at.Child("volumes"), spec.Volumes)}
	pod.containers(at.Child("containers"))
	pod.initContainers(at.Child("initContainers"))
	pod.hostPorts(at.Child("containers"))
	r.namesOf(at, spec)
	r.namespaces(at, spec)
	oneOf(r, at.Child("dnsPolicy"), spec.DNSPolicy, corev1.DNSClusterFirstWithHostNet,
		corev1.DNSClusterFirst, corev1.DNSDefault, corev1.DNSNone)
	r.dnsConfig(at.Child("dnsConfig"), spec.DNSPolicy, spec.DNSConfig)
	r.labels(at.Child("nodeSelector"), spec.NodeSelector)
	r.podSecurity(at.Child("securityContext"), spec.SecurityContext)
	r.gates(at, spec)
	for i, toleration := range spec.Tolerations {
		r.toleration(at.Child("tolerations").Index(i), toleration)
	}
	r.spread(at.Child("topologySpreadConstraints"), spec.TopologySpreadConstraints)
	if policy := spec.PreemptionPolicy; policy != nil {
		oneOf(r, at.Child("preemptionPolicy"), *policy, corev1.PreemptLowerPriority, corev1.PreemptNever)
	}
	if spec.Overhead != nil {
		r.resources(at.Child("overhead"), &corev1.ResourceRequirements{Limits: spec.Overhead})
	}
}

// namesOf checks the names that the pod refers to or goes by.
func (r *review) namesOf(at *field.Path, spec *corev1.PodSpec) {
	name := func(key, text string, rule func(string) []string, what string) {
		if text != "" {
			r.conforms(at.Child(key), text, rule, what)
		}
	}
	name("serviceAccountName", spec.ServiceAccountName, validation.IsDNS1123Subdomain, dnsSubdomain)
	name("nodeName", spec.NodeName, validation.IsDNS1123Subdomain, dnsSubdomain)
	name("hostname", spec.Hostname, validation.IsDNS1123Label, dnsLabel)
	name("subdomain", spec.Subdomain, validation.IsDNS1123Label, dnsLabel)
	name("priorityClassName", spec.PriorityClassName, validation.IsDNS1123Subdomain, dnsSubdomain)
	if class := spec.RuntimeClassName; class != nil {
		r.conforms(at.Child("runtimeClassName"), *class, validation.IsDNS1123Subdomain, dnsSubdomain)
	}
	for i, alias := range spec.HostAliases {
		r.address(at.Child("hostAliases").Index(i).Child("ip"), alias.IP)
		for j, hostname := range alias.Hostnames {
			r.conforms(at.Child("hostAliases").Index(i).Child("hostnames").Index(j), hostname,
				validation.IsDNS1123Subdomain, dnsSubdomain)
		}
	}
}
