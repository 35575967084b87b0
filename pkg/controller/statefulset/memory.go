package statefulset

import (
	"maps"
	"reflect"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// Memory is what one sync of a StatefulSet worked out about its revisions, so that the
// next need not encode the template again. It holds nothing that could not be worked
// out anew: a zero one is as good, only slower.
type Memory struct {
	template    *corev1.PodTemplateSpec
	annotations map[string]string
	collisions  int32 // names that were taken: they change the hash
	profile     kubeversion.Profile
	proposed    *appsv1.ControllerRevision
	// latest is the revision that was found to mean what is proposed.
	latest   *appsv1.ControllerRevision
	restored []restoredTemplate
}

type restoredTemplate struct {
	from     *appsv1.ControllerRevision
	template *corev1.PodTemplateSpec
}

// propose returns the revision of a StatefulSet as it is now; it is not to be changed.
func (m *Memory) propose(
	set *appsv1.StatefulSet, number int64, profile kubeversion.Profile,
) (*appsv1.ControllerRevision, error) {
	if m.template == nil || !sameTemplate(m.template, &set.Spec.Template) || !reflect.DeepEqual(m.profile, profile) {
		template := set.Spec.Template
		*m = Memory{template: &template, profile: profile}
	}
	collisions := collisionsOf(set)
	if m.proposed != nil && m.proposed.Revision == number && m.collisions == collisions &&
		maps.Equal(m.annotations, set.Annotations) {
		return m.proposed, nil
	}
	proposed, err := revision.NewControllerRevision(set, number, profile)
	if err != nil {
		return nil, err
	}
	m.proposed, m.annotations, m.collisions = proposed, set.Annotations, collisions
	return proposed, nil
}

// sameTemplate compares exactly: what means the same but is written otherwise is
// another revision. Templates that share their parts, as copies of one object do, are
// compared quickly.
func sameTemplate(a, b *corev1.PodTemplateSpec) bool { return reflect.DeepEqual(a, b) }

// meansLatest is revision.MeansLatest of what was proposed last.
func (m *Memory) meansLatest(
	set *appsv1.StatefulSet, latest *appsv1.ControllerRevision, profile kubeversion.Profile,
) bool {
	if m.latest != nil && m.latest == latest {
		return true
	}
	if !revision.MeansLatest(set, m.proposed, latest, profile) {
		return false
	}
	m.latest = latest
	return true
}

// restore returns the template of a revision.
func (m *Memory) restore(set *appsv1.StatefulSet, from *appsv1.ControllerRevision) (*corev1.PodTemplateSpec, error) {
	if revision.SameData(from, m.proposed) {
		return m.template, nil
	}
	for _, r := range m.restored {
		if r.from == from {
			return r.template, nil
		}
	}
	restored, err := revision.Restored(set, from)
	if err != nil {
		return nil, err
	}
	// Two are asked for in a sync: of which the next asks for one again, at least.
	if len(m.restored) > 1 {
		m.restored = m.restored[1:]
	}
	m.restored = append(m.restored, restoredTemplate{from, &restored.Spec.Template})
	return &restored.Spec.Template, nil
}
