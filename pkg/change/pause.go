package change

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Pause holds a Deployment's rollout. Of one that is paused it changes nothing.
type Pause struct{}

// Apply implements Intent.
func (Pause) Apply(to Target) (Edit, error) { return setPaused(to, true) }

// Resume lets a paused Deployment's rollout go on. Of one that is not paused it
// changes nothing.
type Resume struct{}

// Apply implements Intent.
func (Resume) Apply(to Target) (Edit, error) { return setPaused(to, false) }

func setPaused(to Target, paused bool) (Edit, error) {
	after, err := to.workload()
	if err != nil {
		return Edit{}, err
	}
	d, ok := after.(*appsv1.Deployment)
	if !ok {
		return Edit{}, cannotPause(after, paused)
	}
	if d.Spec.Paused == paused {
		return to.edited(d, request{}, pausedAlready(paused))
	}
	d.Spec.Paused = paused
	return to.edited(d, request{})
}

// cannotPause says what does for the workload what a pause does for a Deployment.
func cannotPause(object cluster.Object, paused bool) error {
	ref := cluster.RefOf(object)
	set, ok := object.(*appsv1.StatefulSet)
	_, everywhere := object.(*appsv1.DaemonSet)
	switch {
	case everywhere && paused:
		return fmt.Errorf("%s cannot be paused, only a Deployment can: "+
			"with updateStrategy OnDelete it leaves all its pods as they are", ref)
	case everywhere:
		return fmt.Errorf("%s cannot be resumed, only a Deployment can: "+
			"with updateStrategy RollingUpdate it updates all its pods", ref)
	case !ok:
		return fmt.Errorf(
			"%s cannot be paused or resumed, only a Deployment can: scale it to 0 to stop it", ref)
	case paused:
		return fmt.Errorf(
			"%s cannot be paused, only a Deployment can: --partition %d keeps all its pods as they are",
			ref, *set.Spec.Replicas)
	}
	return fmt.Errorf(
		"%s cannot be resumed, only a Deployment can: --partition 0 updates all its pods", ref)
}

func pausedAlready(paused bool) string {
	if paused {
		return "it is paused already"
	}
	return "it is not paused"
}
