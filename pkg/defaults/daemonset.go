package defaults

import (
	"maps"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// DaemonSet fills in the DaemonSet and its pod template, in place. What a server counts
// in its annotations is not a default: see CountTemplates.
// Follows pkg/apis/apps/v1/defaults.go SetDefaults_DaemonSet, v1.37.0.
func DaemonSet(ds *appsv1.DaemonSet, profile kubeversion.Profile) {
	s := &ds.Spec.UpdateStrategy
	value(&s.Type, appsv1.RollingUpdateDaemonSetStrategyType)
	if s.Type == appsv1.RollingUpdateDaemonSetStrategyType {
		pointer(&s.RollingUpdate, appsv1.RollingUpdateDaemonSet{})
		pointer(&s.RollingUpdate.MaxUnavailable, intstr.FromInt32(1))
		pointer(&s.RollingUpdate.MaxSurge, intstr.FromInt32(0))
	}
	pointer(&ds.Spec.RevisionHistoryLimit, 10)
	PodTemplate(&ds.Spec.Template, profile)
}

// CountTemplates gives a DaemonSet that is written the annotation with which a server
// counts its templates, in place: 1 for a new one (before is nil), and one more with each
// other template. Both have their defaults. Whatever a person wrote there is lost, but for
// the first number.
// Follows pkg/registry/apps/daemonset/strategy.go PrepareForCreate and PrepareForUpdate,
// v1.37.0.
func CountTemplates(before, after *appsv1.DaemonSet) {
	n := max(templateGeneration(after), 1)
	if before != nil {
		n = templateGeneration(before)
		if !equality.Semantic.DeepEqual(before.Spec.Template, after.Spec.Template) {
			n++
		}
	}
	annotations := map[string]string{}
	maps.Copy(annotations, after.Annotations)
	annotations[appsv1.DeprecatedTemplateGeneration] = strconv.FormatInt(n, 10)
	after.Annotations = annotations
}

// templateGeneration is 0 where there is none that can be read; a server refuses one that
// is not a number.
func templateGeneration(ds *appsv1.DaemonSet) int64 {
	n, err := strconv.ParseInt(ds.Annotations[appsv1.DeprecatedTemplateGeneration], 10, 64)
	if err != nil {
		return 0
	}
	return n
}
