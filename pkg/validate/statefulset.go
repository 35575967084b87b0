package validate

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// StatefulSet returns why a server would refuse to create the StatefulSet, which has
// its defaults and no fields that the server drops. The order is by field.
// Follows pkg/apis/apps/validation/validation.go ValidateStatefulSet and
// pkg/registry/apps/statefulset/strategy.go Validate, v1.37.0.
func StatefulSet(set *appsv1.StatefulSet, profile kubeversion.Profile) []Refusal {
	r := &statefulReview{
		review:   &review{profile: profile, allowed: newTemplate(profile)},
		service:  profile.ValidatesServiceNames(),
		template: profile.ValidatesStatefulTemplates(),
		claims:   profile.ValidatesStatefulTemplates(),
		recreate: profile.Enabled(kubeversion.StatefulSetRecreate),
	}
	r.createdMeta(&set.ObjectMeta, singleLabels())
	r.spec(&set.Spec)
	return r.sorted()
}

// StatefulSetUpdate returns why a server would refuse to make after of before. What
// cannot be changed comes with the way out. A template whose stored one is not valid
// is not looked at.
// Follows pkg/apis/apps/validation/validation.go ValidateStatefulSetUpdate and
// pkg/registry/apps/statefulset/strategy.go ValidateUpdate, v1.37.0.
func StatefulSetUpdate(before, after *appsv1.StatefulSet, profile kubeversion.Profile) []Refusal {
	r := &statefulReview{
		review:   &review{profile: profile, allowed: storedTemplate(profile, &before.Spec.Template)},
		template: profile.ValidatesStatefulTemplates(),
		recreate: profile.Enabled(kubeversion.StatefulSetRecreate) ||
			before.Spec.UpdateStrategy.Type == appsv1.RecreateStatefulSetStrategyType,
	}
	r.template = r.template && r.accepts(&before.Spec)
	r.updatedMeta(&before.ObjectMeta, &after.ObjectMeta)
	r.spec(&after.Spec)
	for _, change := range immutable(before, after, profile) {
		r.refuse(field.NewPath("spec", change), "cannot be changed: %s", recreation(before, after))
	}
	return r.sorted()
}

// statefulReview is a review of a StatefulSet, and what of it is looked at.
type statefulReview struct {
	*review
	service  bool // the name of its Service
	template bool // the pod template; else no more than its labels and annotations
	claims   bool // the claim templates
	recreate bool // the strategy Recreate exists
}

// accepts reports whether the spec is valid by the same rules.
func (r *statefulReview) accepts(spec *appsv1.StatefulSetSpec) bool {
	trial := *r
	trial.review = &review{profile: r.profile, allowed: r.allowed}
	trial.spec(spec)
	return len(trial.refusals) == 0
}

// spec follows pkg/apis/apps/validation/validation.go ValidateStatefulSetSpec, v1.37.0.
func (r *statefulReview) spec(spec *appsv1.StatefulSetSpec) {
	at := field.NewPath("spec")
	oneOf(r.review, at.Child("podManagementPolicy"), spec.PodManagementPolicy,
		appsv1.OrderedReadyPodManagement, appsv1.ParallelPodManagement)
	r.updateStrategy(at.Child("updateStrategy"), &spec.UpdateStrategy)
	r.retention(at, spec.PersistentVolumeClaimRetentionPolicy)
	if r.claims {
		for i, template := range spec.VolumeClaimTemplates {
			r.claimSpec(at.Child("volumeClaimTemplates").Index(i).Child("spec"), &template.Spec)
		}
	}
	r.optionalNotNegative(at.Child("replicas"), spec.Replicas)
	r.notNegative(at.Child("minReadySeconds"), int64(spec.MinReadySeconds))
	if spec.Ordinals != nil {
		r.notNegative(at.Child("ordinals.start"), int64(spec.Ordinals.Start))
	}
	if r.service && spec.ServiceName != "" {
		r.conforms(at.Child("serviceName"), spec.ServiceName, validation.IsDNS1123Label, dnsLabel)
	}
	look := func(at *field.Path, _ *corev1.PodTemplateSpec) { r.podTemplate(at, spec) }
	r.selectorAndTemplate(at, spec.Selector, &spec.Template, look)
	r.runsForever(at.Child("template", "spec"), &spec.Template.Spec)
}

// podTemplate looks at the template as the controller will use it: the claims are
// volumes, before those of the same name, and names in the DNS are the controller's.
// Follows pkg/apis/apps/validation/validation.go volumesToAddForTemplates and
// ValidatePodTemplateSpecForStatefulSet, v1.37.0.
func (r *statefulReview) podTemplate(at *field.Path, spec *appsv1.StatefulSetSpec) {
	r.templateMeta(at, &spec.Template)
	if !r.template {
		return
	}
	pod := spec.Template.Spec
	pod.Subdomain, pod.Hostname = "", ""
	pod.Volumes = nil
	for _, template := range spec.VolumeClaimTemplates {
		if !hasVolume(pod.Volumes, template.Name) {
			pod.Volumes = append(pod.Volumes, claimVolume(template.Name))
		}
	}
	claims := pod.Volumes
	for _, volume := range spec.Template.Spec.Volumes {
		if !hasVolume(claims, volume.Name) {
			pod.Volumes = append(pod.Volumes, volume)
		}
	}
	r.podSpec(at.Child("spec"), &pod)
	r.noEphemeralContainers(at.Child("spec"), &pod)
}

func hasVolume(volumes []corev1.Volume, name string) bool {
	return slices.ContainsFunc(volumes, func(v corev1.Volume) bool { return v.Name == name })
}

func claimVolume(name string) corev1.Volume {
	source := corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &source}}
}

func (r *statefulReview) updateStrategy(
	at *field.Path, strategy *appsv1.StatefulSetUpdateStrategy,
) {
	update := strategy.RollingUpdate
	switch {
	case strategy.Type == appsv1.RollingUpdateStatefulSetStrategyType:
		if update != nil {
			r.rollingStatefulUpdate(at.Child("rollingUpdate"), update)
		}
	case strategy.Type == "":
		r.refuse(at, "is required")
	case strategy.Type == appsv1.OnDeleteStatefulSetStrategyType,
		strategy.Type == appsv1.RecreateStatefulSetStrategyType && r.recreate:
		if update != nil {
			r.refuse(at.Child("rollingUpdate"), "has no meaning when type is %s", strategy.Type)
		}
	case strategy.Type == appsv1.RecreateStatefulSetStrategyType:
		r.refuse(at, "type is Recreate: the servers of 1.37 take it with the feature gate %s",
			kubeversion.StatefulSetRecreate)
	default:
		r.refuse(at, "type is %q: it can be RollingUpdate or OnDelete", strategy.Type)
	}
}

// rollingStatefulUpdate takes no more than 100%, and not 0, of which 0% is one.
// Follows pkg/apis/apps/validation/validation.go validateRollingUpdateStatefulSet, v1.37.0.
func (r *statefulReview) rollingStatefulUpdate(
	at *field.Path, update *appsv1.RollingUpdateStatefulSetStrategy,
) {
	r.optionalNotNegative(at.Child("partition"), update.Partition)
	if update.MaxUnavailable == nil {
		return
	}
	most := at.Child("maxUnavailable")
	r.countOrPercent(most, *update.MaxUnavailable)
	if number(*update.MaxUnavailable) == 0 {
		r.refuse(most, "cannot be 0")
	}
	if percent, ok := percentage(*update.MaxUnavailable); ok && percent > 100 {
		r.refuse(most, "is %s, above 100%%", update.MaxUnavailable.StrVal)
	}
}

// retention follows pkg/apis/apps/validation/validation.go
// ValidatePersistentVolumeClaimRetentionPolicy, v1.37.0.
func (r *statefulReview) retention(
	at *field.Path, policy *appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy,
) {
	if policy == nil {
		return
	}
	at = at.Child("persistentVolumeClaimRetentionPolicy")
	for key, when := range map[string]appsv1.PersistentVolumeClaimRetentionPolicyType{
		"whenDeleted": policy.WhenDeleted, "whenScaled": policy.WhenScaled,
	} {
		oneOf(r.review, at.Child(key), when, appsv1.RetainPersistentVolumeClaimRetentionPolicyType,
			appsv1.DeletePersistentVolumeClaimRetentionPolicyType)
	}
}

// claimSpec leaves where data comes from, and classes of attributes, to the server.
// Follows pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaimSpec, v1.37.0.
func (r *review) claimSpec(at *field.Path, spec *corev1.PersistentVolumeClaimSpec) {
	modes := at.Child("accessModes")
	if len(spec.AccessModes) == 0 {
		r.refuse(modes, "are required: at least one")
	}
	for _, mode := range spec.AccessModes {
		oneOf(r, modes, mode, corev1.ReadWriteOnce, corev1.ReadOnlyMany, corev1.ReadWriteMany,
			corev1.ReadWriteOncePod)
	}
	r.onePodAlone(modes, spec.AccessModes)
	r.labelSelector(at.Child("selector"), spec.Selector)
	storage := at.Child("resources").Key(string(corev1.ResourceStorage))
	if amount, ok := spec.Resources.Requests[corev1.ResourceStorage]; !ok {
		r.refuse(storage, "is required")
	} else if amount.Sign() <= 0 {
		r.refuse(storage, "is %s: it must be above 0", amount.String())
	}
	if class := spec.StorageClassName; class != nil && *class != "" {
		r.conforms(at.Child("storageClassName"), *class, validation.IsDNS1123Subdomain, dnsSubdomain)
	}
	if mode := spec.VolumeMode; mode != nil {
		oneOf(r, at.Child("volumeMode"), *mode,
			corev1.PersistentVolumeBlock, corev1.PersistentVolumeFilesystem)
	}
}

// onePodAlone refuses other modes beside ReadWriteOncePod.
func (r *review) onePodAlone(at *field.Path, modes []corev1.PersistentVolumeAccessMode) {
	shares := func(mode corev1.PersistentVolumeAccessMode) bool {
		return mode == corev1.ReadWriteOnce || mode == corev1.ReadOnlyMany || mode == corev1.ReadWriteMany
	}
	if slices.Contains(modes, corev1.ReadWriteOncePod) && slices.ContainsFunc(modes, shares) {
		r.refuse(at, "%s excludes all others", corev1.ReadWriteOncePod)
	}
}
