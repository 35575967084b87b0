package validate

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// immutable returns the fields of the spec in which two StatefulSets differ and which
// no update can change. Servers up to 1.36 name no field, only the spec.
// Follows pkg/apis/apps/validation/validation.go ValidateStatefulSetUpdate, v1.37.0 and
// v1.31.14.
func immutable(before, after *appsv1.StatefulSet, profile kubeversion.Profile) []string {
	was, is := &before.Spec, &after.Spec
	var fields []string
	differ := func(name string, a, b any) {
		if !equality.Semantic.DeepEqual(a, b) {
			fields = append(fields, name)
		}
	}
	differ("selector", was.Selector, is.Selector)
	differ("volumeClaimTemplates", untyped(was.VolumeClaimTemplates), untyped(is.VolumeClaimTemplates))
	differ("serviceName", was.ServiceName, is.ServiceName)
	differ("podManagementPolicy", was.PodManagementPolicy, is.PodManagementPolicy)
	if !profile.UpdatesHistoryLimit() {
		differ("revisionHistoryLimit", was.RevisionHistoryLimit, is.RevisionHistoryLimit)
	}
	return fields
}

// untyped are the templates without apiVersion and kind, which servers do not store.
func untyped(templates []corev1.PersistentVolumeClaim) []corev1.PersistentVolumeClaim {
	bare := make([]corev1.PersistentVolumeClaim, len(templates))
	for i, template := range templates {
		bare[i] = template
		bare[i].TypeMeta = metav1.TypeMeta{}
	}
	return bare
}

// WayOut says how to get a StatefulSet that no update leads to; empty where nothing
// differs that an update cannot change.
func WayOut(before, after *appsv1.StatefulSet, profile kubeversion.Profile) string {
	if len(immutable(before, after, profile)) == 0 {
		return ""
	}
	return recreation(before, after)
}

// recreation keeps the pods running: the new StatefulSet adopts those that its selector
// matches, and can create no pod whose name one has that it does not.
func recreation(before, after *appsv1.StatefulSet) string {
	command := "kubectl delete statefulset " + before.Name
	if before.Namespace != "" {
		command += " -n " + before.Namespace
	}
	command += " --cascade=orphan"
	matcher, err := metav1.LabelSelectorAsSelector(after.Spec.Selector)
	if err == nil && matcher.Matches(labels.Set(before.Spec.Template.Labels)) {
		return command + ", then create it again: it takes over its pods"
	}
	return command + ", label its pods so that the new selector matches them, then create it again"
}
