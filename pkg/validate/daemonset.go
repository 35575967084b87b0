package validate

import (
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// DaemonSet returns why a server would refuse to create the DaemonSet, which has its
// defaults. The order is by field.
// Follows pkg/apis/apps/validation/validation.go ValidateDaemonSet, v1.37.0.
func DaemonSet(ds *appsv1.DaemonSet, profile kubeversion.Profile) []Refusal {
	r := &review{profile: profile, allowed: newTemplate(profile)}
	r.createdMeta(&ds.ObjectMeta, subdomains())
	r.templateGeneration(ds)
	r.daemonSetSpec(&ds.Spec)
	return r.sorted()
}

// DaemonSetUpdate returns why a server would refuse to make after of before. The count of
// templates plays no part: the server keeps its own.
// Follows pkg/apis/apps/validation/validation.go ValidateDaemonSetUpdate, v1.37.0.
func DaemonSetUpdate(before, after *appsv1.DaemonSet, profile kubeversion.Profile) []Refusal {
	r := &review{profile: profile, allowed: storedTemplate(profile, &before.Spec.Template)}
	r.updatedMeta(&before.ObjectMeta, &after.ObjectMeta)
	r.templateGeneration(after)
	r.daemonSetSpec(&after.Spec)
	r.sameSelector(before.Spec.Selector, after.Spec.Selector)
	return r.sorted()
}

// templateGeneration refuses an annotation that the server cannot decode.
// Follows pkg/apis/apps/v1/conversion.go Convert_v1_DaemonSet_To_apps_DaemonSet, v1.37.0.
func (r *review) templateGeneration(ds *appsv1.DaemonSet) {
	text, ok := ds.Annotations[appsv1.DeprecatedTemplateGeneration]
	if !ok {
		return
	}
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		r.refuse(field.NewPath("metadata", "annotations").Key(appsv1.DeprecatedTemplateGeneration),
			"%q is not a number", text)
	}
}

// daemonSetSpec follows pkg/apis/apps/validation/validation.go ValidateDaemonSetSpec,
// v1.37.0. Where the selector cannot be read, the template is looked at all the same.
func (r *review) daemonSetSpec(spec *appsv1.DaemonSetSpec) {
	at := field.NewPath("spec")
	if spec.Selector != nil {
		r.selector(at.Child("selector"), spec.Selector)
	}
	matcher, err := metav1.LabelSelectorAsSelector(spec.Selector)
	if err == nil && !matcher.Matches(labels.Set(spec.Template.Labels)) {
		r.refuse(at.Child("template", "metadata", "labels"), "the selector does not match them")
	}
	r.template(at.Child("template"), &spec.Template)
	r.notNegative(at.Child("minReadySeconds"), int64(spec.MinReadySeconds))
	r.daemonStrategy(at.Child("updateStrategy"), &spec.UpdateStrategy)
	r.optionalNotNegative(at.Child("revisionHistoryLimit"), spec.RevisionHistoryLimit)
}

// daemonStrategy follows pkg/apis/apps/validation/validation.go
// ValidateDaemonSetUpdateStrategy, v1.37.0.
func (r *review) daemonStrategy(at *field.Path, strategy *appsv1.DaemonSetUpdateStrategy) {
	switch {
	case strategy.Type == appsv1.OnDeleteDaemonSetStrategyType:
	case strategy.Type != appsv1.RollingUpdateDaemonSetStrategyType:
		r.refuse(at, "type is %q: it can be RollingUpdate or OnDelete", strategy.Type)
	case strategy.RollingUpdate == nil:
		r.refuse(at.Child("rollingUpdate"), "is required")
	default:
		r.rollingDaemonUpdate(at.Child("rollingUpdate"), strategy.RollingUpdate)
	}
}

// rollingDaemonUpdate takes exactly one of the two numbers, and treats an absent one as 0.
// Follows pkg/apis/apps/validation/validation.go ValidateRollingUpdateDaemonSet, v1.37.0.
func (r *review) rollingDaemonUpdate(at *field.Path, update *appsv1.RollingUpdateDaemonSet) {
	var numbers [2]intstr.IntOrString
	names := [2]string{"maxUnavailable", "maxSurge"}
	for i, given := range [2]*intstr.IntOrString{update.MaxUnavailable, update.MaxSurge} {
		if given != nil {
			numbers[i] = *given
		}
		r.countOrPercent(at.Child(names[i]), numbers[i])
		if percent, ok := percentage(numbers[i]); ok && percent > 100 {
			r.refuse(at.Child(names[i]), "is %s, above 100%%", numbers[i].StrVal)
		}
	}
	switch unavailable, surge := number(numbers[0]), number(numbers[1]); {
	case unavailable != 0 && surge != 0:
		r.refuse(at.Child("maxSurge"), "must be 0 when maxUnavailable is not")
	case unavailable == 0 && surge == 0:
		r.refuse(at.Child("maxUnavailable"), "cannot be 0 when maxSurge is 0")
	}
}
