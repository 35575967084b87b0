package rollouts

import (
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// orphan removes the workload; nobody owns what it owned.
func (s *store) orphan() {
	s.lock.Lock()
	defer s.lock.Unlock()
	workload := s.removeWorkload()
	s.forOwned(workload, func(resource string, object cluster.Object) {
		orphan := object.DeepCopyObject().(cluster.Object)
		orphan.SetOwnerReferences(slices.DeleteFunc(orphan.GetOwnerReferences(), func(o metav1.OwnerReference) bool {
			return o.UID == workload.GetUID()
		}))
		s.put(watch.Modified, resource, orphan)
	})
}

// wipe removes the workload and what it owns, all at once.
func (s *store) wipe() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.forOwned(s.removeWorkload(), s.drop)
	s.collect()
}

func (s *store) removeWorkload() cluster.Object {
	workload := s.all().Workloads()[0]
	s.drop(resourceOf(workload), workload)
	return workload
}

// forOwned does something to all that an object owns.
func (s *store) forOwned(owner cluster.Object, do func(resource string, object cluster.Object)) {
	for _, resource := range resources() {
		for _, name := range slices.Sorted(maps.Keys(s.objects[resource])) {
			object := s.objects[resource][name]
			if slices.ContainsFunc(object.GetOwnerReferences(), func(o metav1.OwnerReference) bool {
				return o.UID == owner.GetUID()
			}) {
				do(resource, object)
			}
		}
	}
}
