package decisions

import (
	"encoding/json"
	"fmt"
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	upstream "k8s.io/kubernetes/pkg/controller"
	"k8s.io/utils/ptr"
)

// history draws the ControllerRevisions: old versions, mostly that of the DaemonSet's
// template, at times with a newer one behind it, as after a rollback.
func (d *daemonWorld) history() {
	d.ds.Status.CollisionCount = oneOf(d.dice, nil, nil, ptr.To[int32](0), ptr.To[int32](2))
	var versions []int
	for version := range d.between(0, 4) {
		versions = append(versions, version+1)
	}
	known := map[mood]float64{complete: 97, rolling: 92, scaling: 92, saturated: 92, odd: 70}[d.state]
	switch {
	case d.percent(known):
		versions = append(versions, current)
	case d.percent(50):
		versions = append([]int{current}, versions...)
	}
	for _, version := range versions {
		d.world.Revisions = append(d.world.Revisions, d.revision(version, ptr.Deref(d.ds.Status.CollisionCount, 0)))
	}
	d.old = "5d8f7"
	if len(versions) > 0 {
		d.old = oneOf(d.dice, d.world.Revisions...).Labels[hashLabel]
	}
	d.twins()
	d.numbers()
	d.update = daemonHash(&World{DaemonSet: d.ds, Revisions: d.world.Revisions}, nil)
	for _, revision := range d.world.Revisions {
		d.revisionLabels(revision)
		d.revisionBelongs(revision)
	}
	d.Shuffle(len(d.world.Revisions), func(i, j int) {
		all := d.world.Revisions
		all[i], all[j] = all[j], all[i]
	})
}

func (d *daemonWorld) revision(version int, collisions int32) *appsv1.ControllerRevision {
	ds := d.ds
	if version != current {
		ds = d.at(version)
	}
	data, err := daemonData(ds)
	if err != nil {
		panic(err)
	}
	hash := upstream.ComputeHash(&ds.Spec.Template, &collisions)
	revision := &appsv1.ControllerRevision{
		ObjectMeta: metav1.ObjectMeta{
			Name: ds.Name + "-" + hash, Namespace: namespace, UID: types.UID("revision-" + hash),
			ResourceVersion: d.generator.version(), CreationTimestamp: d.before(d.now),
			Labels:          map[string]string{hashLabel: hash},
			OwnerReferences: []metav1.OwnerReference{ownerOf("DaemonSet", ds.Name, ds.UID)},
		},
		Data: runtime.RawExtension{Raw: data},
	}
	maps.Copy(revision.Labels, template(version).Labels)
	if d.percent(4) {
		d.rewrite(revision)
	}
	return revision
}

// rewrite gives a revision data that mean the same, as another version of Kubernetes wrote
// them.
func (d *daemonWorld) rewrite(revision *appsv1.ControllerRevision) {
	var data struct {
		Spec struct {
			Template map[string]any `json:"template"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(revision.Data.Raw, &data); err != nil {
		panic(err)
	}
	data.Spec.Template["metadata"].(map[string]any)["creationTimestamp"] = nil
	revision.Data.Raw = encoded(data)
}

// twins are revisions with the data of others, mostly with those of the template.
func (d *daemonWorld) twins() {
	if !d.percent(8) || len(d.world.Revisions) == 0 {
		return
	}
	for n := range oneOf(d.dice, 1, 1, 2) {
		of := d.world.Revisions[len(d.world.Revisions)-1]
		if d.percent(20) {
			of = oneOf(d.dice, d.world.Revisions...)
		}
		twin := of.DeepCopy()
		twin.Name = fmt.Sprintf("%s-twin%d", d.ds.Name, n)
		twin.Labels[hashLabel] = fmt.Sprintf("twin%d", n)
		twin.UID = types.UID(twin.Name)
		at := d.IntN(len(d.world.Revisions) + 1)
		d.world.Revisions = append(d.world.Revisions[:at:at], append([]*appsv1.ControllerRevision{twin},
			d.world.Revisions[at:]...)...)
	}
}

// numbers count upwards, with gaps. No two are equal: which of them counted would be random.
func (d *daemonWorld) numbers() {
	number := int64(oneOf(d.dice, 0, 0, 0, -1))
	for _, revision := range d.world.Revisions {
		number += oneOf[int64](d.dice, 1, 1, 1, 1, 1, 1, 3)
		revision.Revision = number
	}
}

// revisionLabels takes the label with the hash from some, or gives them another.
func (d *daemonWorld) revisionLabels(revision *appsv1.ControllerRevision) {
	switch {
	case d.percent(3):
		delete(revision.Labels, hashLabel)
	case d.percent(1):
		revision.Labels[hashLabel] = ""
	}
}

// revisionBelongs makes some revisions orphans, strays or somebody else's.
func (d *daemonWorld) revisionBelongs(revision *appsv1.ControllerRevision) {
	switch roll := d.IntN(1000); {
	case roll < 25:
		revision.OwnerReferences = nil
	case roll < 35:
		revision.OwnerReferences = nil
		revision.Labels["app"] = "other"
	case roll < 50:
		revision.Labels["app"] = "other"
	case roll < 60:
		revision.OwnerReferences = []metav1.OwnerReference{oneOf(d.dice,
			ownerOf("DaemonSet", d.ds.Name, "recreated"),
			ownerOf("DaemonSet", "renamed", d.ds.UID),
			ownerOf("StatefulSet", d.ds.Name, d.ds.UID))}
	case roll < 65:
		revision.OwnerReferences[0].Controller = ptr.To(false)
	case roll < 75:
		revision.OwnerReferences = append([]metav1.OwnerReference{bystander()}, revision.OwnerReferences...)
	case roll < 85:
		d.deletion(revision)
	case roll < 90:
		revision.Namespace = "elsewhere"
	}
}

// collides reports whether a revision has the name of the template's and other data.
func (d *daemonWorld) collides() bool {
	hash := upstream.ComputeHash(&d.ds.Spec.Template, d.ds.Status.CollisionCount)
	named := d.world.revision(d.ds.Name + "-" + hash)
	return named != nil && !sameTemplate(d.ds, named)
}

// takeRevision puts a revision where the controller would create that of the template: one
// that its list does not show, with the same data or with others.
func (d *daemonWorld) takeRevision() {
	kept := d.world.Revisions[:0]
	taken := d.revision(current, ptr.Deref(d.ds.Status.CollisionCount, 0))
	for _, revision := range d.world.Revisions {
		if !sameTemplate(d.ds, revision) && revision.Name != taken.Name {
			kept = append(kept, revision)
		}
	}
	d.world.Revisions = kept
	if d.percent(60) {
		taken.Data.Raw = []byte(`{"spec":{}}`)
	}
	if d.percent(50) {
		taken.Labels = map[string]string{"app": "other"}
		taken.OwnerReferences = nil
		d.world.Revisions = append(d.world.Revisions, taken)
	} else {
		d.world.Unseen = append(d.world.Unseen, taken)
	}
}
