package rollouts

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

const statefulSetName = "db"

// newStatefulSet is a StatefulSet of one container, as an API server with some feature
// gates stores it.
func newStatefulSet(profile kubeversion.Profile, adjust ...edit) *appsv1.StatefulSet {
	set := &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: metav1.ObjectMeta{Name: statefulSetName, Namespace: namespace, Labels: map[string]string{"team": "shop"}},
		Spec: appsv1.StatefulSetSpec{
			ServiceName: "db",
			Selector:    &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
			Template:    template(),
		},
	}
	for _, e := range adjust {
		e.apply(set)
	}
	defaults.StatefulSet(set, profile)
	defaults.DropDisabled(nil, set, profile)
	return set
}

func describeStatefulSet(set *appsv1.StatefulSet) string {
	text := fmt.Sprintf("StatefulSet of %d, %s, %s", *set.Spec.Replicas, set.Spec.PodManagementPolicy,
		flat(set.Spec.UpdateStrategy))
	if set.Spec.Ordinals != nil {
		text += fmt.Sprintf(", from %d", set.Spec.Ordinals.Start)
	}
	return text + fmt.Sprintf(", minReadySeconds %d, history %s, %d claims, %s", set.Spec.MinReadySeconds,
		show(set.Spec.RevisionHistoryLimit), len(set.Spec.VolumeClaimTemplates),
		flat(set.Spec.PersistentVolumeClaimRetentionPolicy))
}

// The edits of a StatefulSet only.

func onStatefulSet(name string, apply func(*appsv1.StatefulSet)) edit {
	return edit{name: name, apply: func(object cluster.Object) { apply(object.(*appsv1.StatefulSet)) }}
}

func parallel() edit {
	return onStatefulSet("parallel", func(set *appsv1.StatefulSet) {
		set.Spec.PodManagementPolicy = appsv1.ParallelPodManagement
	})
}

// claimTemplates gives each pod claims of these names.
func claimTemplates(names ...string) edit {
	return onStatefulSet(fmt.Sprintf("claims %v", names), func(set *appsv1.StatefulSet) {
		for _, name := range names {
			set.Spec.VolumeClaimTemplates = append(set.Spec.VolumeClaimTemplates, corev1.PersistentVolumeClaim{
				ObjectMeta: metav1.ObjectMeta{Name: name},
				Spec: corev1.PersistentVolumeClaimSpec{
					AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
					Resources: corev1.VolumeResourceRequirements{
						Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")},
					},
				},
			})
		}
	})
}

// updates sets the strategy, with a rollingUpdate where one is given.
func updates(kind appsv1.StatefulSetUpdateStrategyType, rolling *appsv1.RollingUpdateStatefulSetStrategy) edit {
	strategy := appsv1.StatefulSetUpdateStrategy{Type: kind, RollingUpdate: rolling}
	return onStatefulSet("updates "+flat(strategy), func(set *appsv1.StatefulSet) {
		set.Spec.UpdateStrategy = *strategy.DeepCopy()
	})
}

// rollingFrom rolls the ordinals from a partition on, so many at once; empty: as many
// as the default is.
func rollingFrom(partition int32, unavailable string) edit {
	rolling := &appsv1.RollingUpdateStatefulSetStrategy{Partition: &partition}
	if unavailable != "" {
		most := intstr.Parse(unavailable)
		rolling.MaxUnavailable = &most
	}
	return updates(appsv1.RollingUpdateStatefulSetStrategyType, rolling)
}

func startOrdinal(start int32) edit {
	return onStatefulSet(fmt.Sprintf("ordinals from %d", start), func(set *appsv1.StatefulSet) {
		set.Spec.Ordinals = &appsv1.StatefulSetOrdinals{Start: start}
	})
}

// retention says what becomes of claims when the StatefulSet is deleted and when it is
// scaled down.
func retention(deleted, scaled appsv1.PersistentVolumeClaimRetentionPolicyType) edit {
	return onStatefulSet(fmt.Sprintf("retention %s/%s", deleted, scaled), func(set *appsv1.StatefulSet) {
		set.Spec.PersistentVolumeClaimRetentionPolicy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
			WhenDeleted: deleted, WhenScaled: scaled,
		}
	})
}
