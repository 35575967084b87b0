package cluster

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// NewestTime returns the latest instant at which something in the snapshot is known
// to have happened; zero where it tells of none.
func (s *Snapshot) NewestTime() time.Time {
	var newest time.Time
	see := func(times ...metav1.Time) {
		for _, t := range times {
			if t.After(newest) {
				newest = t.Time
			}
		}
	}
	for _, d := range s.Deployments {
		see(d.CreationTimestamp)
		for _, c := range d.Status.Conditions {
			see(c.LastUpdateTime, c.LastTransitionTime)
		}
	}
	for _, rs := range s.ReplicaSets {
		see(rs.CreationTimestamp)
		for _, c := range rs.Status.Conditions {
			see(c.LastTransitionTime)
		}
	}
	for _, set := range s.StatefulSets {
		see(set.CreationTimestamp)
		for _, c := range set.Status.Conditions {
			see(c.LastTransitionTime)
		}
	}
	for _, set := range s.DaemonSets {
		see(set.CreationTimestamp)
		for _, c := range set.Status.Conditions {
			see(c.LastTransitionTime)
		}
	}
	for _, revision := range s.Revisions {
		see(revision.CreationTimestamp)
	}
	for _, claim := range s.Claims {
		see(claim.CreationTimestamp)
	}
	for _, pod := range s.Pods {
		see(pod.CreationTimestamp)
		for _, c := range pod.Status.Conditions {
			see(c.LastTransitionTime)
		}
	}
	return newest
}
