package validate

import (
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// Deployment returns why a server would refuse to create the Deployment, which
// has its defaults. The order is by field.
// Follows pkg/apis/apps/validation/validation.go ValidateDeployment, v1.37.0.
func Deployment(d *appsv1.Deployment, profile kubeversion.Profile) []Refusal {
	r := &review{profile: profile, allowed: newTemplate(profile)}
	r.createdMeta(&d.ObjectMeta, subdomains())
	r.deploymentSpec(&d.Spec)
	return r.sorted()
}

// DeploymentUpdate returns why a server would refuse to make after of before.
// Follows pkg/apis/apps/validation/validation.go ValidateDeploymentUpdate, v1.37.0.
func DeploymentUpdate(before, after *appsv1.Deployment, profile kubeversion.Profile) []Refusal {
	r := &review{profile: profile, allowed: storedTemplate(profile, &before.Spec.Template)}
	r.updatedMeta(&before.ObjectMeta, &after.ObjectMeta)
	r.deploymentSpec(&after.Spec)
	r.sameSelector(before.Spec.Selector, after.Spec.Selector)
	return r.sorted()
}

// ReplicaSet returns why a server would refuse to create the ReplicaSet, which
// has its defaults. The order is by field.
// Follows pkg/apis/apps/validation/validation.go ValidateReplicaSet, v1.37.0.
func ReplicaSet(rs *appsv1.ReplicaSet, profile kubeversion.Profile) []Refusal {
	r := &review{profile: profile, allowed: newTemplate(profile)}
	r.createdMeta(&rs.ObjectMeta, subdomains())
	r.replicaSetSpec(&rs.Spec)
	return r.sorted()
}

// ReplicaSetUpdate returns why a server would refuse to make after of before.
// Follows pkg/apis/apps/validation/validation.go ValidateReplicaSetUpdate, v1.37.0.
func ReplicaSetUpdate(before, after *appsv1.ReplicaSet, profile kubeversion.Profile) []Refusal {
	r := &review{profile: profile, allowed: storedTemplate(profile, &before.Spec.Template)}
	r.updatedMeta(&before.ObjectMeta, &after.ObjectMeta)
	r.replicaSetSpec(&after.Spec)
	r.sameSelector(before.Spec.Selector, after.Spec.Selector)
	return r.sorted()
}

// deploymentSpec follows pkg/apis/apps/validation/validation.go ValidateDeploymentSpec, v1.37.0.
func (r *review) deploymentSpec(spec *appsv1.DeploymentSpec) {
	at := field.NewPath("spec")
	r.optionalNotNegative(at.Child("replicas"), spec.Replicas)
	r.selectorAndTemplate(at, spec.Selector, &spec.Template, r.template)
	r.strategy(at.Child("strategy"), &spec.Strategy)
	r.notNegative(at.Child("minReadySeconds"), int64(spec.MinReadySeconds))
	r.optionalNotNegative(at.Child("revisionHistoryLimit"), spec.RevisionHistoryLimit)
	if deadline := spec.ProgressDeadlineSeconds; deadline != nil {
		r.optionalNotNegative(at.Child("progressDeadlineSeconds"), deadline)
		if *deadline <= spec.MinReadySeconds {
			r.refuse(at.Child("progressDeadlineSeconds"),
				"is %d: it must be more than minReadySeconds, %d", *deadline, spec.MinReadySeconds)
		}
	}
}

// replicaSetSpec follows pkg/apis/apps/validation/validation.go ValidateReplicaSetSpec, v1.37.0.
func (r *review) replicaSetSpec(spec *appsv1.ReplicaSetSpec) {
	at := field.NewPath("spec")
	r.optionalNotNegative(at.Child("replicas"), spec.Replicas)
	r.notNegative(at.Child("minReadySeconds"), int64(spec.MinReadySeconds))
	r.selectorAndTemplate(at, spec.Selector, &spec.Template, r.template)
}

func (r *review) optionalNotNegative(at *field.Path, number *int32) {
	if number != nil {
		r.notNegative(at, int64(*number))
	}
}

// selectorAndTemplate leaves the template alone when the selector cannot be read,
// as the server does.
func (r *review) selectorAndTemplate(
	at *field.Path, selector *metav1.LabelSelector, template *corev1.PodTemplateSpec,
	look func(*field.Path, *corev1.PodTemplateSpec),
) {
	r.selector(at.Child("selector"), selector)
	matcher, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		r.refuse(at.Child("selector"), "cannot be read")
		return
	}
	if !matcher.Empty() && !matcher.Matches(labels.Set(template.Labels)) {
		r.refuse(at.Child("template", "metadata", "labels"), "the selector does not match them")
	}
	look(at.Child("template"), template)
}

// sameSelector follows pkg/apis/core/validation/validation.go ValidateImmutableField, v1.37.0.
func (r *review) sameSelector(before, after *metav1.LabelSelector) {
	if !equality.Semantic.DeepEqual(before, after) {
		r.refuse(field.NewPath("spec", "selector"), "cannot be changed")
	}
}

// strategy follows pkg/apis/apps/validation/validation.go ValidateDeploymentStrategy, v1.37.0.
func (r *review) strategy(at *field.Path, strategy *appsv1.DeploymentStrategy) {
	update := strategy.RollingUpdate
	switch strategy.Type {
	case appsv1.RecreateDeploymentStrategyType:
		if update != nil {
			r.refuse(at.Child("rollingUpdate"), "has no meaning when type is Recreate")
		}
	case appsv1.RollingUpdateDeploymentStrategyType:
		if update == nil {
			r.refuse(at.Child("rollingUpdate"), "is required")
			return
		}
		r.rollingUpdate(at.Child("rollingUpdate"), update)
	default:
		r.refuse(at, "type is %q: it can be Recreate or RollingUpdate", strategy.Type)
	}
}

// rollingUpdate treats an absent number as 0.
// Follows pkg/apis/apps/validation/validation.go ValidateRollingUpdateDeployment, v1.37.0.
func (r *review) rollingUpdate(at *field.Path, update *appsv1.RollingUpdateDeployment) {
	var unavailable, surge intstr.IntOrString
	if update.MaxUnavailable != nil {
		unavailable = *update.MaxUnavailable
	}
	if update.MaxSurge != nil {
		surge = *update.MaxSurge
	}
	r.countOrPercent(at.Child("maxUnavailable"), unavailable)
	r.countOrPercent(at.Child("maxSurge"), surge)
	if number(unavailable) == 0 && number(surge) == 0 {
		r.refuse(at.Child("maxUnavailable"), "cannot be 0 when maxSurge is 0")
	}
	if percent, ok := percentage(unavailable); ok && percent > 100 {
		r.refuse(at.Child("maxUnavailable"), "is %s, above 100%%", unavailable.StrVal)
	}
}

// countOrPercent follows pkg/apis/apps/validation/validation.go
// ValidatePositiveIntOrPercent, v1.37.0.
func (r *review) countOrPercent(at *field.Path, value intstr.IntOrString) {
	if value.Type == intstr.Int {
		r.notNegative(at, int64(value.IntVal))
		return
	}
	if _, ok := percentage(value); !ok {
		r.refuse(at, "%q is neither a number nor a percentage such as 25%%", value.StrVal)
	}
}

// percentage follows pkg/apis/apps/validation/validation.go getPercentValue, v1.37.0.
func percentage(value intstr.IntOrString) (int, bool) {
	if value.Type != intstr.String || len(validation.IsValidPercent(value.StrVal)) > 0 {
		return 0, false
	}
	percent, _ := strconv.Atoi(value.StrVal[:len(value.StrVal)-1])
	return percent, true
}

// number reads 25% as 25 and what is no number as 0.
// Follows pkg/apis/apps/validation/validation.go getIntOrPercentValue, v1.37.0.
func number(value intstr.IntOrString) int {
	if percent, ok := percentage(value); ok {
		return percent
	}
	return value.IntValue()
}
