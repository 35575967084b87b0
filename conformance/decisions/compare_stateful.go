package decisions

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// ordering knows what is random in the writes of a StatefulSet's sync: the order in
// which objects are claimed, that of one pod's claims and volumes, and that of what is
// done for several pods at once. That is all pods with Parallel, in batches of 1, 2, 4 up
// to 500, and with Recreate the pods that it deletes.
type ordering struct {
	set *appsv1.StatefulSet
	// finished are the pods that a sync deletes because they have ended; by name.
	finished map[string]bool
	claims   map[string]bool // the names of the claim templates
}

func newOrdering(world *World) *ordering {
	o := &ordering{
		set: world.StatefulSet, finished: map[string]bool{}, claims: map[string]bool{},
	}
	for _, pod := range world.Pods {
		ended := pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded
		o.finished[pod.Name] = ended && pod.DeletionTimestamp == nil
	}
	for _, template := range o.set.Spec.VolumeClaimTemplates {
		o.claims[template.Name] = true
	}
	return o
}

// settled puts the writes into an order in which only what is determined counts.
func (o *ordering) settled(sent []Sent) []Sent {
	sent = slices.Clone(sent)
	together, recreating := make([]string, len(sent)), o.recreating(sent)
	deleted := map[string]bool{}
	for i, s := range sent {
		together[i] = o.group(s, deleted)
		if podDeletion(s) {
			deleted[s.Name] = true
			if recreating {
				together[i] = "recreate"
			}
		}
		if s.Resource == "pods" && len(o.claims) > 1 {
			sent[i].Body = o.sortVolumes(s.Body)
		}
	}
	eachRun(sent, func(i int) string { return together[i] }, o.byOrdinal)
	eachRun(sent, func(i int) string { return o.claimsOf(sent[i]) }, byName)
	return sent
}

// group names the writes that may come in any order; empty: this one comes where it
// stands. Deletions for a rolling update do: of pods that have not ended, or that
// have and were deleted for it already.
func (o *ordering) group(s Sent, deleted map[string]bool) string {
	parallel := o.set.Spec.PodManagementPolicy == appsv1.ParallelPodManagement
	deletion := podDeletion(s)
	switch index, inRange := o.index(s.Name); {
	case s.Verb == controller.Patch:
		return "claim " + s.Resource
	case s.Resource != "pods" && s.Resource != "persistentvolumeclaims":
		return ""
	case !parallel:
		return ""
	case !inRange && deletion:
		return "condemned"
	case !inRange:
		return "claims of condemned"
	case deletion && (deleted[s.Name] || !o.finished[s.Name]):
		return ""
	default:
		return fmt.Sprint("batch ", batch(index))
	}
}

func podDeletion(s Sent) bool { return s.Verb == controller.Delete && s.Resource == "pods" }

// recreating reports whether pods are deleted for the Recreate strategy: then nothing else
// is done about pods.
func (o *ordering) recreating(sent []Sent) bool {
	recreate := o.set.Spec.UpdateStrategy.Type == appsv1.RecreateStatefulSetStrategyType
	return recreate && !slices.ContainsFunc(sent, func(s Sent) bool {
		ofPod := s.Resource == "pods" || s.Resource == "persistentvolumeclaims"
		return ofPod && s.Verb != controller.Patch && !podDeletion(s)
	})
}

// batch is the number of the batch in which a pod is: 0 holds 1, the next ones 2, 4, up to
// 256, and all others 500.
func batch(index int) int {
	number, size := 0, 1
	for index >= size {
		index -= size
		size = min(2*size, 500)
		number++
	}
	return number
}

// index is the place of a pod, or of the pod of a claim, in the StatefulSet.
func (o *ordering) index(name string) (index int, inRange bool) {
	start := 0
	if o.set.Spec.Ordinals != nil {
		start = int(o.set.Spec.Ordinals.Start)
	}
	index = ordinalOf(name) - start
	return index, index >= 0 && index < int(*o.set.Spec.Replicas)
}

// ordinalOf is the number at the end of a name, or -1.
func ordinalOf(name string) int {
	ordinal, err := strconv.Atoi(name[strings.LastIndexByte(name, '-')+1:])
	if err != nil {
		return -1
	}
	return ordinal
}

// claimsOf names the pod whose claims are created, in the order of a map.
func (o *ordering) claimsOf(s Sent) string {
	if s.Verb != controller.Create || s.Resource != "persistentvolumeclaims" {
		return ""
	}
	return fmt.Sprint("claims of ", ordinalOf(s.Name))
}

// eachRun sorts each run of writes that have the same group, the empty one left out.
func eachRun(sent []Sent, group func(i int) string, compare func(a, b Sent) int) {
	for start := 0; start < len(sent); {
		end := start + 1
		for end < len(sent) && group(end) == group(start) {
			end++
		}
		if group(start) != "" {
			slices.SortStableFunc(sent[start:end], compare)
		}
		start = end
	}
}

func byName(a, b Sent) int { return strings.Compare(a.Name, b.Name) }

func (o *ordering) byOrdinal(a, b Sent) int {
	if a.Verb == controller.Patch {
		return byName(a, b)
	}
	return ordinalOf(a.Name) - ordinalOf(b.Name)
}

// sortVolumes sorts the volumes of a pod that are claims: they come first, in the order of
// a map.
func (o *ordering) sortVolumes(body json.RawMessage) json.RawMessage {
	var pod corev1.Pod
	if body == nil || json.Unmarshal(body, &pod) != nil {
		return body
	}
	claims := 0
	for claims < len(pod.Spec.Volumes) && o.claims[pod.Spec.Volumes[claims].Name] {
		claims++
	}
	slices.SortStableFunc(pod.Spec.Volumes[:claims], func(a, b corev1.Volume) int {
		return strings.Compare(a.Name, b.Name)
	})
	return wire(&pod)
}
