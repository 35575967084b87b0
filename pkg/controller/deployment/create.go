package deployment

import (
	"fmt"
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// createNew creates the new ReplicaSet, at the size that it may have at once.
// Follows sync.go getNewReplicaSet, v1.37.0.
func (s *sync) createNew(old []*appsv1.ReplicaSet, number int64) (*appsv1.ReplicaSet, error) {
	rs := s.describeNew()
	size, err := newSize(s.d, append(old[:len(old):len(old)], rs), rs)
	if err != nil {
		return nil, err
	}
	*rs.Spec.Replicas = size
	s.annotate(rs, number)
	setSizeAnnotations(rs, *s.d.Spec.Replicas, *s.d.Spec.Replicas+MaxSurge(s.d))

	stored, err := s.send(controller.Write{
		Verb:    controller.Create,
		Object:  s.ref("ReplicaSet", rs.Name),
		Body:    rs,
		To:      size,
		Reason:  controller.NewTemplate,
		Message: s.whyCreated(old, size),
	})
	switch {
	case apierrors.IsAlreadyExists(err):
		return s.meetExisting(rs.Name, number, err)
	case apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause):
		return nil, err
	case err != nil:
		s.noteRefusal(rs.Name, err)
		return nil, err
	}
	created := stored.(*appsv1.ReplicaSet)
	return created, s.noteNew(created.Name, number, true)
}

func (s *sync) whyCreated(old []*appsv1.ReplicaSet, size int32) string {
	if len(old) == 0 {
		return fmt.Sprintf("the first ReplicaSet of the Deployment, at %d", size)
	}
	if !isRollingUpdate(s.d) {
		return fmt.Sprintf("no old pod is left: the new template starts at %d", size)
	}
	return fmt.Sprintf("a new pod template: %s", s.surgeSentence(specReplicas(old)))
}

// describeNew is the ReplicaSet of the Deployment's template, at size 0.
func (s *sync) describeNew() *appsv1.ReplicaSet {
	template := s.d.Spec.Template.DeepCopy()
	hash, inName := s.hash(template)
	template.Labels = withLabel(template.Labels, hash)
	selector := s.d.Spec.Selector.DeepCopy()
	if selector != nil {
		selector.MatchLabels = withLabel(selector.MatchLabels, hash)
	}
	return &appsv1.ReplicaSet{
		TypeMeta: metav1.TypeMeta{APIVersion: appsv1.SchemeGroupVersion.String(), Kind: "ReplicaSet"},
		ObjectMeta: metav1.ObjectMeta{
			Name:            revision.ReplicaSetName(s.d.Name, inName, s.Profile),
			Namespace:       s.d.Namespace,
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(s.d, appsv1.SchemeGroupVersion.WithKind("Deployment"))},
			Labels:          maps.Clone(template.Labels),
		},
		Spec: appsv1.ReplicaSetSpec{
			Replicas:        new(int32),
			MinReadySeconds: s.d.Spec.MinReadySeconds,
			Selector:        selector,
			Template:        *template,
		},
	}
}

// Unknown stands for a hash that cannot be known: only a server with this program's
// API types hashes a template as this program does, and nobody can hash values that
// were left out of a snapshot. A name has it in brackets, so that nobody takes it for
// real; a label cannot.
const Unknown = "new"

// hash returns the hash of a template and what names have of it.
func (s *sync) hash(template *corev1.PodTemplateSpec) (hash, inName string) {
	if !s.Profile.SharesAPITypes() || cluster.HasRedacted(template) {
		return Unknown, "<" + Unknown + ">"
	}
	hash = revision.Hash(template, s.d.Status.CollisionCount)
	return hash, hash
}

func withLabel(labels map[string]string, hash string) map[string]string {
	with := maps.Clone(labels)
	if with == nil {
		with = map[string]string{}
	}
	with[appsv1.DefaultDeploymentUniqueLabelKey] = hash
	return with
}

// meetExisting: the name is taken. A ReplicaSet of this Deployment with this
// template is the new one, seen late; any other is a hash collision, and the next
// sync tries another hash.
func (s *sync) meetExisting(name string, number int64, taken error) (*appsv1.ReplicaSet, error) {
	existing := s.Lookup(name)
	if existing == nil {
		return nil, apierrors.NewNotFound(appsv1.Resource("replicaset"), name)
	}
	owner := metav1.GetControllerOfNoCopy(existing)
	if owner != nil && owner.UID == s.d.UID && revision.SameTemplate(&s.d.Spec.Template, &existing.Spec.Template) {
		return existing, s.noteNew(name, number, false)
	}
	if s.d.Status.CollisionCount == nil {
		s.d.Status.CollisionCount = new(int32)
	}
	*s.d.Status.CollisionCount++
	// Whether the count is stored or not, the sync fails and is tried again.
	_ = s.sendStatus(controller.HashCollision,
		fmt.Sprintf("ReplicaSet %s exists and is not this Deployment's: another hash is tried", name))
	return nil, taken
}

// noteRefusal reports a refused ReplicaSet in the status.
func (s *sync) noteRefusal(name string, refusal error) {
	if !hasProgressDeadline(s.d) {
		return
	}
	message := fmt.Sprintf("Failed to create new replica set %q: %v", name, refusal)
	setCondition(&s.d.Status, s.condition(appsv1.DeploymentProgressing, "False", replicaSetCreateError, message))
	// The refusal itself is what the sync fails with.
	_ = s.sendStatus(controller.ReplicaSetRefused, fmt.Sprintf("ReplicaSet %s was refused", name))
}

// noteNew writes the revision and the progress that a new ReplicaSet means.
func (s *sync) noteNew(name string, number int64, created bool) error {
	needsUpdate := setRevision(s.d, decimal(number))
	if created && hasProgressDeadline(s.d) {
		message := fmt.Sprintf("Created new replica set %q", name)
		setCondition(&s.d.Status, s.condition(appsv1.DeploymentProgressing, "True", newReplicaSetCreated, message))
		needsUpdate = true
	}
	if !needsUpdate {
		return nil
	}
	return s.sendStatus(controller.SyncRevision, fmt.Sprintf("the Deployment is at revision %d", number))
}
