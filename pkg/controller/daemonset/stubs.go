package daemonset

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// Memory is what the DaemonSet controller keeps from one sync to the next: how long it
// leaves failed pods of a node alone, and what it worked out about the template.
type Memory struct{}

// PodSet is the pods of one DaemonSet by node, with running counts, so that a sync costs
// what it changes and not what there is. Time only moves forward in it.
type PodSet struct{}

// Counts is how many pods and nodes there are of a DaemonSet.
type Counts struct {
	// Of nodes, as the status counts them.
	Desired, Current, Misscheduled, NodesReady, NodesAvailable, NodesUpdated int
	// Of pods: Total, Updated, Ready and Available neither finished nor terminating.
	Total, Updated, Ready, Available, Terminating int
}

func NewPodSet(pods []*controller.Pod) *PodSet                { return &PodSet{} }
func (s *PodSet) Add(pod *controller.Pod)                     {}
func (s *PodSet) MarkReady(pod *controller.Pod, at time.Time) {}
func (s *PodSet) Terminate(pod *controller.Pod)               {}
func (s *PodSet) Remove(pod *controller.Pod)                  {}
func (s *PodSet) Changed(pod *controller.Pod)                 {}
func (s *PodSet) All() []*controller.Pod                      { return nil }
func (s *PodSet) On(node string) []*controller.Pod            { return nil }
func (s *PodSet) Follow(sees View, now time.Time)             {}
func (s *PodSet) Counts(now time.Time) Counts                 { return Counts{} }

func Decide(sees View, now time.Time) controller.Decision { return controller.Decision{} }

// PodOn returns the pod that is created on a node, given the body of a write that
// creates several.
func PodOn(body *corev1.Pod, node string) *corev1.Pod { return body }

type placement struct{}

func newPlacement(ds *appsv1.DaemonSet, profile kubeversion.Profile) *placement { return &placement{} }
func (p *placement) explain(node *corev1.Node) Fit                              { return Fit{} }
