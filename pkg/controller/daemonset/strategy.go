package daemonset

import (
	"errors"
	"fmt"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// generationLabel is the label of a pod with the generation of the template that it was
// made of; the API server counts those in an annotation of the DaemonSet.
const generationLabel = "pod-template-generation"

// templateGeneration returns the generation of the template, or nothing where there is
// none that can be read.
// Follows daemonset_util.go GetTemplateGeneration, v1.37.0.
func templateGeneration(ds *appsv1.DaemonSet) string {
	n, err := strconv.ParseInt(ds.Annotations[appsv1.DeprecatedTemplateGeneration], 10, 64)
	if err != nil {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// MaxSurge returns how many nodes may have an extra pod, of so many that should have one.
// A percentage is rounded up.
// Follows daemonset_util.go SurgeCount, v1.37.0.
func MaxSurge(ds *appsv1.DaemonSet, desired int) (int, error) {
	update := rollingUpdateOf(ds)
	if update == nil || update.MaxSurge == nil {
		return 0, nil
	}
	return scaled("maxSurge", update.MaxSurge, desired)
}

// MaxUnavailable returns how many nodes may lack an available pod, of so many that should
// have one. A percentage is rounded up. Where neither they nor a surge are allowed, it is 1.
// Follows daemonset_util.go UnavailableCount and update.go updatedDesiredNodeCounts,
// v1.37.0.
func MaxUnavailable(ds *appsv1.DaemonSet, desired int) (int, error) {
	if ds.Spec.UpdateStrategy.Type != appsv1.RollingUpdateDaemonSetStrategyType {
		return 0, nil
	}
	most := 0
	if update := rollingUpdateOf(ds); update != nil {
		if update.MaxUnavailable == nil {
			return 0, errors.New("invalid value for maxUnavailable: there is none")
		}
		var err error
		if most, err = scaled("maxUnavailable", update.MaxUnavailable, desired); err != nil {
			return 0, err
		}
	}
	surge, err := MaxSurge(ds, desired)
	if err == nil && desired > 0 && most == 0 && surge == 0 {
		most = 1
	}
	return most, err
}

// allowsSurge reports whether a node may have a second pod.
// Follows daemonset_util.go AllowsSurge, v1.37.0.
func allowsSurge(ds *appsv1.DaemonSet) bool {
	surge, err := MaxSurge(ds, 1)
	return err == nil && surge > 0
}

func rollingUpdateOf(ds *appsv1.DaemonSet) *appsv1.RollingUpdateDaemonSet {
	if ds.Spec.UpdateStrategy.Type != appsv1.RollingUpdateDaemonSetStrategyType {
		return nil
	}
	return ds.Spec.UpdateStrategy.RollingUpdate
}

func scaled(what string, value *intstr.IntOrString, desired int) (int, error) {
	n, err := intstr.GetScaledValueFromIntOrPercent(value, desired, true)
	if err != nil {
		return 0, fmt.Errorf("invalid value for %s: %w", what, err)
	}
	return n, nil
}

// Complete reports whether the status of a DaemonSet says that each node that should have
// a pod has an available one of the present template. With OnDelete it may never be.
// Follows kubectl's rollout_status.go DaemonSetStatusViewer.Status, v0.37.2.
func Complete(ds *appsv1.DaemonSet) bool {
	status := ds.Status
	return status.ObservedGeneration >= ds.Generation &&
		status.UpdatedNumberScheduled >= status.DesiredNumberScheduled &&
		status.NumberAvailable >= status.DesiredNumberScheduled
}
