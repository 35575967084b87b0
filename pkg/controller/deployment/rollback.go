package deployment

import (
	"fmt"
	"maps"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// rollback obeys the deprecated annotation that asks for a revision, and removes it
// in any case. Follows rollback.go rollback, v1.37.0.
func (s *sync) rollback(sets []*appsv1.ReplicaSet) error {
	f, err := s.identify(sets, true)
	if err != nil {
		return err
	}
	number, _ := rollbackTo(s.d)
	if number == 0 {
		number = revision.Last(f.all())
	}
	if number == 0 {
		return s.clearRollback("there is no revision to roll back to")
	}
	for _, rs := range f.all() {
		if n, err := revision.Number(rs); err == nil && n == number {
			return s.rollbackToSet(rs, number)
		}
	}
	return s.clearRollback(fmt.Sprintf("revision %d does not exist", number))
}

// rollbackToSet follows rollback.go rollbackToTemplate, v1.37.0.
func (s *sync) rollbackToSet(rs *appsv1.ReplicaSet, number int64) error {
	if revision.SameTemplate(&s.d.Spec.Template, &rs.Spec.Template) {
		return s.clearRollback(fmt.Sprintf("revision %d is the current template", number))
	}
	template := rs.Spec.Template.DeepCopy()
	template.Labels = maps.Clone(template.Labels)
	if template.Labels == nil {
		template.Labels = map[string]string{}
	}
	delete(template.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
	s.d.Spec.Template = *template
	s.d.Annotations = rolledBack(s.d.Annotations, rs.Annotations)
	return s.clearRollback(fmt.Sprintf("the template goes back to revision %d", number))
}

// rolledBack keeps the Deployment's own annotations and takes all others from the
// ReplicaSet. Follows deployment_util.go SetDeploymentAnnotationsTo, v1.37.0.
func rolledBack(deployment, replicaSet map[string]string) map[string]string {
	annotations := map[string]string{}
	for key, value := range deployment {
		if revision.Kept(key) {
			annotations[key] = value
		}
	}
	for key, value := range replicaSet {
		if !revision.Kept(key) {
			annotations[key] = value
		}
	}
	return annotations
}

// clearRollback follows rollback.go updateDeploymentAndClearRollbackTo, v1.37.0.
func (s *sync) clearRollback(message string) error {
	delete(s.d.Annotations, appsv1.DeprecatedRollbackTo)
	_, err := s.send(controller.Write{
		Verb:    controller.Update,
		Object:  s.ref("Deployment", s.d.Name),
		Body:    copyOf(s.d),
		Reason:  controller.RollbackAnnotation,
		Message: message,
	})
	return err
}

// rollbackTo returns the revision that the deprecated annotation asks for.
// Follows rollback.go getRollbackTo, v1.37.0.
func rollbackTo(d *appsv1.Deployment) (int64, bool) {
	number, err := strconv.ParseInt(d.Annotations[appsv1.DeprecatedRollbackTo], 10, 64)
	return number, err == nil
}
