package statefulset

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// PodSet is the pods of one StatefulSet by ordinal, so that a sync costs what it
// changes and not what there is. Time only moves forward in it.
type PodSet struct{ pods []*controller.Pod }

// NewPodSet takes pods in any state.
func NewPodSet(pods []*controller.Pod) *PodSet { return &PodSet{pods: pods} }

// Add takes one more pod.
func (s *PodSet) Add(pod *controller.Pod) {}

// MarkReady records that a pod of the set became ready. The instant is cut to
// whole seconds, as the API stores it.
func (s *PodSet) MarkReady(pod *controller.Pod, at time.Time) {}

// Terminate gives a pod of the set a deletionTimestamp.
func (s *PodSet) Terminate(pod *controller.Pod) {}

// Remove forgets a pod of the set that is gone.
func (s *PodSet) Remove(pod *controller.Pod) {}

// ClaimChanged records that a PersistentVolumeClaim came, went or changed.
func (s *PodSet) ClaimChanged(name string) {}

// IsMember reports whether a StatefulSet takes a pod for its own: the selector matches
// the labels, and the name is the StatefulSet's with a number.
// Follows stateful_set.go getPodsForStatefulSet, v1.37.0.
func IsMember(set *appsv1.StatefulSet, selector labels.Selector, pod *controller.Pod) bool {
	return false
}
