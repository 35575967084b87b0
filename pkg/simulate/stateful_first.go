package simulate

import (
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
)

// belongings are the objects of a snapshot by who controls them.
type belongings struct {
	pods      map[types.UID][]*corev1.Pod
	revisions map[types.UID][]*appsv1.ControllerRevision
}

// placeStatefulSets gives the StatefulSets of a snapshot their revisions, claims and
// pods.
func (w *world) placeStatefulSets(state *cluster.Snapshot, of belongings) error {
	for _, claim := range state.Claims {
		w.claims.put(claim)
		if claim.DeletionTimestamp != nil {
			w.terminate(claim)
		}
	}
	for _, set := range state.StatefulSets {
		f := found{set: set}
		if set.UID != "" {
			f.pods, f.revisions = of.pods[set.UID], of.revisions[set.UID]
		}
		if err := w.placeStateful(f); err != nil {
			return err
		}
	}
	w.usedByOthers(state.Pods)
	return nil
}

// found is what a snapshot has of a StatefulSet.
type found struct {
	set       *appsv1.StatefulSet
	pods      []*corev1.Pod
	revisions []*appsv1.ControllerRevision
}

func (w *world) placeStateful(f found) error {
	var err error
	switch {
	case w.whole:
	case len(f.pods) == 0:
		return w.assumeCalm(f)
	case len(f.revisions) == 0:
		if f.revisions, err = w.onlyRevision(f); err != nil {
			return err
		}
	}
	members, strays, records := f.records()
	s := w.newStateful(f.set, members)
	s.strays = strays
	for _, pod := range strays {
		w.name(pod, s)
		if pod.Terminating {
			w.passes(s.set.Namespace, pod)
		}
	}
	for _, r := range f.revisions {
		s.remember(w, r)
	}
	if !w.whole {
		w.claimsOfFiles(s)
	}
	s.toldOf(len(members) * (1 + len(f.set.Spec.VolumeClaimTemplates)))
	for _, pod := range members {
		s.expect(w, pod, records[pod])
	}
	return nil
}

// records tells the pods of a StatefulSet from those that it will release.
func (f found) records() (members, strays []*controller.Pod, records map[*controller.Pod]*corev1.Pod) {
	records = map[*controller.Pod]*corev1.Pod{}
	selector, err := metav1.LabelSelectorAsSelector(f.set.Spec.Selector)
	if err != nil {
		selector = labels.Nothing()
	}
	for _, pod := range f.pods {
		record := controller.RecordOf(pod)
		records[record] = pod
		if statefulset.IsMember(f.set, selector, record) {
			members = append(members, record)
		} else {
			strays = append(strays, record)
		}
	}
	return members, strays, records
}

// expect plans what a pod of the first state will do.
func (s *stateful) expect(w *world, record *controller.Pod, pod *corev1.Pod) {
	switch {
	case record.Terminating:
		s.letGo(w, record)
	case !record.Active():
	case record.Ready:
		if minReady := s.minReady(); minReady > 0 && record.ReadyAt.Add(minReady).After(w.now) {
			s.awaitAvailable(w, record)
		}
	case s.blocked(w, record) != "":
	default:
		w.expectReady(happening{owner: s, pod: record}, s.birth(record), pod)
	}
}

// toldOf takes the tokens of events about the pods and claims with which a StatefulSet
// of the first state began.
func (s *stateful) toldOf(events int) {
	for range min(events, api.Events().Burst) {
		s.events.TryTake(s.set.CreationTimestamp.Time)
	}
}

// usedByOthers notes which claims pods use that are not, or not for long, those of a
// StatefulSet.
func (w *world) usedByOthers(pods []*corev1.Pod) {
	for _, pod := range pods {
		known := w.named[keyOf(pod)]
		member := known.owner != nil && !slices.Contains(known.owner.strays, known.pod)
		if member || pod.Spec.NodeName == "" {
			continue
		}
		for _, volume := range pod.Spec.Volumes {
			if source := volume.PersistentVolumeClaim; source != nil {
				w.usedElsewhere[types.NamespacedName{Namespace: pod.Namespace, Name: source.ClaimName}] = true
			}
		}
	}
}

// onlyRevision makes up the revision of a StatefulSet whose pods the state has and
// whose revisions it has not. That can be told only where there is but one.
func (w *world) onlyRevision(f found) ([]*appsv1.ControllerRevision, error) {
	made, err := w.madeUpRevision(f.set)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{made.Name: true}
	if current := f.set.Status.CurrentRevision; current != "" {
		names[current] = true
	}
	for _, pod := range f.pods {
		names[pod.Labels[appsv1.StatefulSetRevisionLabel]] = true
	}
	if len(names) > 1 {
		return nil, fmt.Errorf("%s -n %s: its pods are not all at one revision, and the state has none of its "+
			"revisions: add them (%s)", cluster.RefOf(f.set), f.set.Namespace, getAll(f.set))
	}
	w.note("%s has no revisions in the state: its pods are taken to have its template", cluster.RefOf(f.set))
	return []*appsv1.ControllerRevision{made}, nil
}

// getAll is how to read all that belongs to a StatefulSet.
func getAll(set *appsv1.StatefulSet) string {
	return "kubectl get statefulsets,controllerrevisions,persistentvolumeclaims,pods -n " + set.Namespace + " -o yaml"
}

// claimsOfFiles makes up the claims of pods in a state that has none of the
// StatefulSet's claims: whoever collected it left them out.
func (w *world) claimsOfFiles(s *stateful) {
	if len(w.claims.of(s.set)) > 0 {
		return
	}
	for _, pod := range s.pods.All() {
		ordinal, ok := statefulset.Ordinal(pod.Name)
		if !ok {
			continue
		}
		for i := range s.set.Spec.VolumeClaimTemplates {
			w.madeUpClaim(s, &s.set.Spec.VolumeClaimTemplates[i], ordinal)
		}
	}
}

func (w *world) madeUpClaim(s *stateful, template *corev1.PersistentVolumeClaim, ordinal int) {
	claim := template.DeepCopy()
	claim.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"}
	claim.Name = statefulset.ClaimName(template.Name, s.set.Name, ordinal)
	claim.Namespace = s.set.Namespace
	policy := s.set.Spec.PersistentVolumeClaimRetentionPolicy
	if policy != nil &&
		policy.WhenDeleted == appsv1.DeletePersistentVolumeClaimRetentionPolicyType {
		owner := metav1.NewControllerRef(s.set, appsv1.SchemeGroupVersion.WithKind("StatefulSet"))
		claim.OwnerReferences = []metav1.OwnerReference{*owner}
	}
	bind(claim)
	w.claims.put(claim)
}
