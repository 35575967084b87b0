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
	r.templateCount(ds.Annotations)
	r.daemonSetSpec(&ds.Spec)
	return r.sorted()
}

// DaemonSetUpdate returns why a server would refuse to make after of before.
// Follows pkg/apis/apps/validation/validation.go ValidateDaemonSetUpdate, v1.37.0.
func DaemonSetUpdate(before, after *appsv1.DaemonSet, profile kubeversion.Profile) []Refusal {
	r := &review{profile: profile, allowed: storedTemplate(profile, &before.Spec.Template)}
	r.updatedMeta(&before.ObjectMeta, &after.ObjectMeta)
	r.templateCount(after.Annotations)
	r.daemonSetSpec(&after.Spec)
	r.sameSelector(before.Spec.Selector, after.Spec.Selector)
	return r.sorted()
}

// templateCount wants a number in the annotation that counts templates: the server keeps
// it in a field, which it counts itself.
// Follows pkg/apis/apps/v1/conversion.go Convert_v1_DaemonSet_To_apps_DaemonSet, v1.37.0.
func (r *review) templateCount(annotations map[string]string) {
	text, ok := annotations[appsv1.DeprecatedTemplateGeneration]
	if !ok {
		return
	}
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		r.refuse(field.NewPath("metadata", "annotations").Key(appsv1.DeprecatedTemplateGeneration),
			"%q is not a number: leave the annotation out, the server counts by itself", text)
	}
}

// daemonSetSpec looks at the template even where the selector cannot be read, and takes
// no selector at all for one that matches nothing: the server does so with DaemonSets.
// Follows pkg/apis/apps/validation/validation.go ValidateDaemonSetSpec, v1.37.0.
func (r *review) daemonSetSpec(spec *appsv1.DaemonSetSpec) {
	at := field.NewPath("spec")
	if selector := spec.Selector; selector != nil {
		r.selector(at.Child("selector"), selector)
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

// daemonStrategy lets rollingUpdate stand beside OnDelete.
// Follows pkg/apis/apps/validation/validation.go ValidateDaemonSetUpdateStrategy, v1.37.0.
func (r *review) daemonStrategy(at *field.Path, strategy *appsv1.DaemonSetUpdateStrategy) {
	switch strategy.Type {
	case appsv1.OnDeleteDaemonSetStrategyType:
	case appsv1.RollingUpdateDaemonSetStrategyType:
		if strategy.RollingUpdate == nil {
			r.refuse(at.Child("rollingUpdate"), "is required")
			return
		}
		r.rollingDaemonUpdate(at.Child("rollingUpdate"), strategy.RollingUpdate)
	default:
		r.refuse(at, "type is %q: it can be RollingUpdate or OnDelete", strategy.Type)
	}
}

// rollingDaemonUpdate wants exactly one of the two numbers above 0: a node has the new
// pod beside the old one, or is without one for a while.
// Follows pkg/apis/apps/validation/validation.go ValidateRollingUpdateDaemonSet, v1.37.0.
func (r *review) rollingDaemonUpdate(at *field.Path, update *appsv1.RollingUpdateDaemonSet) {
	unavailable := r.upToAll(at.Child("maxUnavailable"), update.MaxUnavailable)
	surge := r.upToAll(at.Child("maxSurge"), update.MaxSurge)
	switch {
	case unavailable != 0 && surge != 0:
		r.refuse(at.Child("maxSurge"), "must be 0 unless maxUnavailable is 0, which is 1 by default")
	case unavailable == 0 && surge == 0:
		r.refuse(at.Child("maxUnavailable"), "cannot be 0 when maxSurge is 0")
	}
}

// upToAll takes a number, or a percentage up to 100%, and returns it; 0 for none.
func (r *review) upToAll(at *field.Path, value *intstr.IntOrString) int {
	if value == nil {
		return 0
	}
	r.countOrPercent(at, *value)
	if percent, ok := percentage(*value); ok && percent > 100 {
		r.refuse(at, "is %s, above 100%%", value.StrVal)
	}
	return number(*value)
}
