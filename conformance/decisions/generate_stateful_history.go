package decisions

import (
	"encoding/json"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/controller/history"
	"k8s.io/utils/ptr"
)

// history draws the ControllerRevisions: old versions, mostly that of the set's template,
// at times with a newer one behind it, as after a rollback.
func (s *stateful) history() {
	versions := s.versions()
	for i, version := range versions {
		revision := s.revision(version, int64(i+1), 0)
		s.world.Revisions = append(s.world.Revisions, revision)
		if version == current {
			s.update = revision.Name
		}
	}
	s.current = s.update
	if len(versions) > 0 && (s.state != complete || s.update == "") {
		s.current = oneOf(s.dice, s.world.Revisions...).Name
	}
	if s.update == "" {
		s.update = s.revision(current, 0, 0).Name
	}
	s.twinRevision()
	s.numbers()
	for _, revision := range s.world.Revisions {
		s.revisionBelongs(revision)
	}
	s.Shuffle(len(s.world.Revisions), func(i, j int) {
		all := s.world.Revisions
		all[i], all[j] = all[j], all[i]
	})
}

// versions of the template that have a revision, old to new.
func (s *stateful) versions() []int {
	var versions []int
	for version := range s.between(0, 4) {
		versions = append(versions, version+1)
	}
	known := map[mood]float64{complete: 97, rolling: 92, scaling: 88, saturated: 90, odd: 60}[s.state]
	switch {
	case s.percent(known):
		versions = append(versions, current)
	case s.percent(40):
		versions = append([]int{current}, versions...)
	}
	return versions
}

func (s *stateful) revision(version int, number int64, collisions int32) *appsv1.ControllerRevision {
	set := s.set
	if version != current {
		set = s.at(version)
	}
	revision, err := newRevision(set, number, &collisions)
	if err != nil {
		panic(err)
	}
	if s.percent(6) {
		s.rewrite(revision)
	}
	revision.Namespace, revision.ResourceVersion = namespace, s.version()
	revision.UID = types.UID(fmt.Sprintf("revision-%d", version))
	revision.CreationTimestamp = s.before(s.now)
	return revision
}

// rewrite gives a revision data that mean the same, as another version of Kubernetes wrote
// them, or data that are no patch.
func (s *stateful) rewrite(revision *appsv1.ControllerRevision) {
	var data struct {
		Spec struct {
			Template map[string]any `json:"template"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(revision.Data.Raw, &data); err != nil {
		panic(err)
	}
	if s.percent(60) {
		data.Spec.Template["metadata"].(map[string]any)["creationTimestamp"] = nil
	} else {
		delete(data.Spec.Template["spec"].(map[string]any), "schedulerName")
	}
	revision.Data.Raw = encoded(data)
	if s.percent(8) {
		revision.Data.Raw = fmt.Appendf(nil, `["no patch %d"]`, s.IntN(1e9))
	}
	hash := history.HashControllerRevision(revision, ptr.To[int32](0))
	revision.Name = history.ControllerRevisionName(s.set.Name, hash)
	revision.Labels[history.ControllerRevisionHashLabel] = hash
}

// twinRevision is a second revision with the same data.
func (s *stateful) twinRevision() {
	if len(s.world.Revisions) == 0 || !s.percent(6) {
		return
	}
	twin := oneOf(s.dice, s.world.Revisions...).DeepCopy()
	hash := history.HashControllerRevision(twin, ptr.To[int32](1))
	twin.Name = history.ControllerRevisionName(s.set.Name, hash)
	twin.UID += "-twin"
	twin.CreationTimestamp = s.before(s.now)
	s.world.Revisions = append(s.world.Revisions, twin)
}

// numbers count upwards, with exceptions: gaps, ties, and none.
func (s *stateful) numbers() {
	number := int64(0)
	for _, revision := range s.world.Revisions {
		number += oneOf[int64](s.dice, 1, 1, 1, 1, 1, 1, 1, 1, 3, 0)
		revision.Revision = number
		if s.percent(1) {
			revision.Revision = oneOf[int64](s.dice, 0, -2, 40)
		}
		if s.percent(5) {
			revision.CreationTimestamp = metav1.NewTime(s.now.Add(-1e14))
		}
	}
}

// revisionBelongs makes some revisions orphans, strays or somebody else's.
func (s *stateful) revisionBelongs(revision *appsv1.ControllerRevision) {
	switch roll := s.IntN(1000); {
	case roll < 25:
		revision.OwnerReferences = nil
	case roll < 35:
		revision.OwnerReferences = nil
		revision.Labels = map[string]string{"app": "other"}
	case roll < 55:
		revision.Labels["app"] = "other"
	case roll < 65:
		revision.OwnerReferences = []metav1.OwnerReference{oneOf(s.dice,
			ownerOf("StatefulSet", s.set.Name, "recreated"),
			ownerOf("StatefulSet", "renamed", s.set.UID),
			ownerOf("DaemonSet", s.set.Name, s.set.UID))}
	case roll < 75:
		revision.OwnerReferences[0].Controller = ptr.To(false)
	case roll < 85:
		revision.OwnerReferences = append([]metav1.OwnerReference{bystander()},
			revision.OwnerReferences...)
	case roll < 95:
		s.deletion(revision)
	case roll < 100:
		revision.Namespace = "elsewhere"
	}
}

// takeRevision puts a revision where the controller would create that of the template:
// one that its list does not show, with the same data or with others, and at times a
// second one where it would turn then.
func (s *stateful) takeRevision() {
	kept := s.world.Revisions[:0]
	collisions := ptr.Deref(s.set.Status.CollisionCount, 0)
	wanted := s.bare(collisions)
	for _, revision := range s.world.Revisions {
		if string(revision.Data.Raw) != string(wanted.Data.Raw) {
			kept = append(kept, revision)
		}
	}
	s.world.Revisions = kept
	for range oneOf(s.dice, 1, 1, 1, 2) {
		taken := s.bare(collisions)
		taken.UID = types.UID(fmt.Sprintf("taken-%d", collisions))
		if s.percent(75) {
			taken.Data.Raw = []byte(`{"spec":{}}`)
		}
		if s.percent(50) {
			taken.Labels = map[string]string{"app": "other"}
			s.world.Revisions = append(s.world.Revisions, taken)
		} else {
			s.world.Unseen = append(s.world.Unseen, taken)
		}
		collisions++
	}
}

// bare is the revision of the set's template.
func (s *stateful) bare(collisions int32) *appsv1.ControllerRevision {
	revision, err := newRevision(s.set, 1, &collisions)
	if err != nil {
		panic(err)
	}
	revision.Namespace, revision.ResourceVersion = namespace, s.version()
	revision.CreationTimestamp = s.before(s.now)
	return revision
}
