package decisions

import "github.com/kubectl-workload/kubectl-workload/pkg/controller"

// disturb adds what is rare: a name that is taken, and an owner that is gone.
func (d *daemonWorld) disturb() {
	switch {
	case d.percent(4):
		d.takeRevision()
	case d.percent(4) && !d.collides():
		d.world.Live = oneOf(d.dice, Deleting, Replaced, Gone, Unreadable)
	}
	if pods := orphansOf(d.world.Pods); len(pods) > 0 && d.percent(15) {
		d.refuse(Refusal{Verb: controller.Patch, Resource: "pods", Name: oneOf(d.dice, pods...),
			Cause: oneOf(d.dice, NotFound, Invalid, Conflict, Quota)})
	}
	if d.percent(1) {
		d.refuse(Refusal{Verb: controller.Update, Resource: "controllerrevisions",
			Cause: oneOf(d.dice, Conflict, NotFound, Quota)})
	}
	if len(orphansOf(d.world.Revisions)) > 0 && d.percent(12) {
		d.refuse(Refusal{Verb: controller.Patch, Resource: "controllerrevisions",
			Cause: oneOf(d.dice, NotFound, Invalid, Conflict, Quota)})
	}
}

// refuseDaemon draws what the API server refuses the DaemonSet controller.
func (d *daemonWorld) refuseDaemon() {
	for d.percent(25) && len(d.world.Refusals) < 3 {
		d.refuse(d.daemonRefusal())
	}
}

func (d *daemonWorld) daemonRefusal() Refusal {
	switch roll := d.IntN(20); {
	case roll < 6:
		return Refusal{Verb: controller.Create, Resource: "pods",
			After: oneOf(d.dice, 0, 0, 1, 2, 3, 5, 7, 12, 40),
			Cause: oneOf(d.dice, Quota, Quota, NamespaceTerminating, Internal, NotFound, Invalid)}
	case roll < 11:
		return d.podDeletion()
	case roll < 13:
		return Refusal{Verb: controller.Patch, Resource: "pods",
			Cause: oneOf(d.dice, NotFound, NotFound, Invalid, Conflict, Quota)}
	case roll < 16 && d.world.Live == AsCached:
		// The second try starts with a look at the object.
		return Refusal{Verb: controller.UpdateStatus, Resource: "daemonsets", Times: oneOf(d.dice, 0, 1, 2),
			Cause: oneOf(d.dice, Conflict, Conflict, NotFound, Internal, Quota)}
	}
	return d.daemonRevisionRefusal()
}

// podDeletion refuses all deletions of pods, some, or that of a pod about which there is no
// choice: it has ended or waits for a node that is gone. Where there may be more to delete
// than one sync may, there is a choice about every pod.
func (d *daemonWorld) podDeletion() Refusal {
	rule := Refusal{Verb: controller.Delete, Resource: "pods",
		Cause: oneOf(d.dice, NotFound, NotFound, Quota, Conflict, Internal)}
	if d.percent(50) {
		rule.After, rule.Times = oneOf(d.dice, 0, 0, 1, 2), oneOf(d.dice, 0, 0, 1, 2)
		return rule
	}
	if len(d.world.Pods) > mostPods {
		return rule
	}
	d.world.Refusals = append(d.world.Refusals, rule) // so that it is known what may be refused
	l := newLandscape(&d.world, Outcome{})
	for _, pod := range d.world.Pods {
		switch class := l.class(pod.Name); class {
		case adrift, succeeded, excess, broken:
			if l.anyOld(pod.Name) == "" {
				rule.Name = pod.Name
			}
		}
	}
	d.world.Refusals = d.world.Refusals[:len(d.world.Refusals)-1]
	return rule
}

func (d *daemonWorld) daemonRevisionRefusal() Refusal {
	switch d.IntN(6) {
	case 0, 1:
		rule := Refusal{Verb: controller.Create, Resource: "controllerrevisions",
			Cause: oneOf(d.dice, Quota, NamespaceTerminating, Internal)}
		if d.world.Live == AsCached && d.percent(30) {
			rule.Cause = AlreadyExists // the object is read before a collision is counted
		}
		return rule
	case 2, 3:
		return Refusal{Verb: controller.Delete, Resource: "controllerrevisions",
			Cause: oneOf(d.dice, NotFound, Internal, Quota)}
	case 4:
		return Refusal{Verb: controller.Patch, Resource: "controllerrevisions",
			Cause: oneOf(d.dice, NotFound, Invalid, Conflict, Quota)}
	}
	return Refusal{Verb: controller.Update, Resource: "controllerrevisions",
		Cause: oneOf(d.dice, Conflict, NotFound, Internal, Quota)}
}
