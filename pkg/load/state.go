package load

import (
	"cmp"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

// StateOptions is what a state means depends on.
type StateOptions struct {
	Namespace string // of -n: for objects that name none
	Profile   kubeversion.Profile
}

// State returns the documents as the objects of a cluster: with namespaces and
// defaults, and valid. The same documents in any order give an equal Snapshot.
// The sentences are warnings.
func State(documents []cluster.Document, o StateOptions) (*cluster.Snapshot, []string, error) {
	var found problems
	known := scopesOf(documents)
	who := identities{
		namespace: cmp.Or(o.Namespace, onlyNamespaceOf(documents, known), defaultNamespace),
		scopes:    known,
		seen:      map[identity]cluster.Source{},
		problems:  &found,
	}
	s := state{decoder: newDecoder(&found), profile: o.Profile}
	for _, document := range who.all(s.withoutHeader(documents)) {
		s.add(document)
	}
	s.refuseStrangers()
	if err := found.err(); err != nil {
		return nil, nil, err
	}
	s.snapshot.Sort()
	return &s.snapshot, s.warnings(), nil
}

type state struct {
	decoder
	profile  kubeversion.Profile
	snapshot cluster.Snapshot
	saved    *cluster.Document // what a saved snapshot begins with, if there was one

	revisions []placedRevision
}

func (s *state) add(document cluster.Document) {
	if node, ok := serverNode(document); ok {
		s.snapshot.Nodes = append(s.snapshot.Nodes, node)
		return
	}
	typed := typedFor(document)
	if typed == nil {
		s.snapshot.Others = append(s.snapshot.Others, withoutSecrets(document.Object))
		return
	}
	if !s.decode(document, typed) {
		return
	}
	if !s.addWorkload(document, typed) {
		s.addAround(document, typed)
	}
}

// addWorkload is false for an object that is no workload.
func (s *state) addWorkload(document cluster.Document, typed cluster.Object) bool {
	switch object := typed.(type) {
	case *appsv1.Deployment:
		defaults.Deployment(object, s.profile)
		s.refuse(document, validate.Deployment(object, s.profile))
		s.snapshot.Deployments = append(s.snapshot.Deployments, object)
	case *appsv1.ReplicaSet:
		defaults.ReplicaSet(object, s.profile)
		s.refuse(document, validate.ReplicaSet(object, s.profile))
		s.snapshot.ReplicaSets = append(s.snapshot.ReplicaSets, object)
	case *appsv1.StatefulSet:
		defaults.StatefulSet(object, s.profile)
		if object.UID == "" { // what a server stored has no more than it keeps
			defaults.DropDisabled(nil, object, s.profile)
		}
		s.refuse(document, validate.StatefulSet(object, s.profile))
		s.snapshot.StatefulSets = append(s.snapshot.StatefulSets, object)
	case *appsv1.DaemonSet:
		defaults.DaemonSet(object, s.profile)
		s.refuse(document, validate.DaemonSet(object, s.profile))
		if object.UID == "" { // what a server stored has the number that it counts
			defaults.CountTemplates(nil, object)
		}
		s.snapshot.DaemonSets = append(s.snapshot.DaemonSets, object)
	default:
		return false
	}
	return true
}

// addAround takes what is around workloads.
func (s *state) addAround(document cluster.Document, typed cluster.Object) {
	switch object := typed.(type) {
	case *appsv1.ControllerRevision:
		s.addRevision(document, object)
	case *corev1.Pod:
		s.snapshot.Pods = append(s.snapshot.Pods, cluster.PlannedPod(object))
	case *corev1.PersistentVolumeClaim:
		s.snapshot.Claims = append(s.snapshot.Claims, object)
	case *corev1.Service:
		s.snapshot.Services = append(s.snapshot.Services, object)
	case *corev1.Node:
		s.snapshot.Nodes = append(s.snapshot.Nodes, cluster.PlannedNode(object))
	}
}

// refuse records what no server would have stored.
func (s *state) refuse(document cluster.Document, refusals []validate.Refusal) {
	for _, refusal := range refusals {
		s.problems.add(document.At(refusal.Field), "%s: %s: %s",
			describeObject(document.Object), refusal.Field, refusal.Reason)
	}
}

// withoutSecrets leaves of a Secret no more than its name.
func withoutSecrets(object *unstructured.Unstructured) *unstructured.Unstructured {
	if object.GetKind() != "Secret" || object.GroupVersionKind().Group != "" {
		return object
	}
	name := &unstructured.Unstructured{}
	name.SetAPIVersion(object.GetAPIVersion())
	name.SetKind(object.GetKind())
	name.SetNamespace(object.GetNamespace())
	name.SetName(object.GetName())
	return name
}
