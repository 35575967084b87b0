package defaults

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// StatefulSet fills in the StatefulSet, its pod template and its claim templates, in
// place.
// Follows pkg/apis/apps/v1/defaults.go SetDefaults_StatefulSet, v1.37.0.
func StatefulSet(set *appsv1.StatefulSet, profile kubeversion.Profile) {
	value(&set.Spec.PodManagementPolicy, appsv1.OrderedReadyPodManagement)
	updateStrategy(&set.Spec.UpdateStrategy, profile)
	if profile.Enabled(kubeversion.StatefulSetAutoDeletePVC) {
		pointer(&set.Spec.PersistentVolumeClaimRetentionPolicy,
			appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{})
		retention := set.Spec.PersistentVolumeClaimRetentionPolicy
		value(&retention.WhenDeleted, appsv1.RetainPersistentVolumeClaimRetentionPolicyType)
		value(&retention.WhenScaled, appsv1.RetainPersistentVolumeClaimRetentionPolicyType)
	}
	pointer(&set.Spec.Replicas, 1)
	pointer(&set.Spec.RevisionHistoryLimit, 10)
	PodTemplate(&set.Spec.Template, profile)
	for i := range set.Spec.VolumeClaimTemplates {
		claim(&set.Spec.VolumeClaimTemplates[i])
	}
}

// updateStrategy adds a rollingUpdate only where nothing names the type. A manifest that
// says no more than "type: RollingUpdate" keeps none, and its pods that are lost in
// the middle of a rollout come back at the old revision:
//
//	updateStrategy: {}                      type: RollingUpdate, rollingUpdate: {partition: 0}
//	updateStrategy: {type: RollingUpdate}   type: RollingUpdate
func updateStrategy(s *appsv1.StatefulSetUpdateStrategy, profile kubeversion.Profile) {
	if s.Type == "" {
		s.Type = appsv1.RollingUpdateStatefulSetStrategyType
		pointer(&s.RollingUpdate, appsv1.RollingUpdateStatefulSetStrategy{})
	}
	if s.Type != appsv1.RollingUpdateStatefulSetStrategyType || s.RollingUpdate == nil {
		return
	}
	pointer(&s.RollingUpdate.Partition, 0)
	if profile.Enabled(kubeversion.MaxUnavailableStatefulSet) {
		pointer(&s.RollingUpdate.MaxUnavailable, intstr.FromInt32(1))
	}
}

// claim fills in a template of a claim, whose status has a phase as well.
// Follows pkg/apis/core/v1/defaults.go SetDefaults_PersistentVolumeClaim, v1.37.0.
func claim(c *corev1.PersistentVolumeClaim) {
	value(&c.Status.Phase, corev1.ClaimPending)
	claimSpec(&c.Spec)
	quantities(c.Status.Capacity)
	quantities(c.Status.AllocatedResources)
}

// claimSpec follows pkg/apis/core/v1/defaults.go SetDefaults_PersistentVolumeClaimSpec, v1.37.0.
func claimSpec(spec *corev1.PersistentVolumeClaimSpec) {
	pointer(&spec.VolumeMode, corev1.PersistentVolumeFilesystem)
	quantities(spec.Resources.Limits)
	quantities(spec.Resources.Requests)
}

// DropDisabled removes from a StatefulSet that is written what the server drops silently
// because a feature gate is off, in place, and names those fields. What before, nil for
// a new object, has already stays.
// Follows pkg/registry/apps/statefulset/strategy.go dropStatefulSetDisabledFields, v1.37.0.
func DropDisabled(before, after *appsv1.StatefulSet, profile kubeversion.Profile) []string {
	if before == nil {
		before = &appsv1.StatefulSet{}
	}
	var dropped []string
	was, update := before.Spec.UpdateStrategy.RollingUpdate, after.Spec.UpdateStrategy.RollingUpdate
	if !profile.Enabled(kubeversion.MaxUnavailableStatefulSet) && (was == nil || was.MaxUnavailable == nil) &&
		update != nil && update.MaxUnavailable != nil {
		update.MaxUnavailable = nil
		dropped = append(dropped, "spec.updateStrategy.rollingUpdate.maxUnavailable")
	}
	if !profile.Enabled(kubeversion.StatefulSetAutoDeletePVC) &&
		before.Spec.PersistentVolumeClaimRetentionPolicy == nil &&
		after.Spec.PersistentVolumeClaimRetentionPolicy != nil {
		after.Spec.PersistentVolumeClaimRetentionPolicy = nil
		dropped = append(dropped, "spec.persistentVolumeClaimRetentionPolicy")
	}
	if !profile.Enabled(kubeversion.StatefulSetStartOrdinal) && before.Spec.Ordinals == nil &&
		after.Spec.Ordinals != nil {
		after.Spec.Ordinals = nil
		dropped = append(dropped, "spec.ordinals")
	}
	return dropped
}
