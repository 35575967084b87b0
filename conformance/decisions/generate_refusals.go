package decisions

import (
	"slices"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// refuseDeployment draws what the API server refuses the Deployment controller.
func (g *generator) refuseDeployment() {
	for g.percent(14) && len(g.world.Refusals) < 3 {
		g.world.Refusals = append(g.world.Refusals, g.deploymentRefusal())
	}
}

func (g *generator) deploymentRefusal() Refusal {
	fault := []string{Conflict, NotFound, Invalid, Internal, Disconnected, Quota}
	switch g.IntN(7) {
	case 0, 1:
		return Refusal{Verb: controller.Create, Resource: "replicasets",
			Cause: oneOf(g.dice, Quota, Quota, NamespaceTerminating, AlreadyExists, Internal,
				Disconnected)}
	case 2:
		rule := Refusal{Verb: controller.Update, Resource: "replicasets",
			Cause: oneOf(g.dice, fault...)}
		if sets := g.world.ReplicaSets; len(sets) > 0 && g.percent(60) {
			rule.Name = oneOf(g.dice, sets...).Name
		}
		return g.sometimes(rule)
	case 3:
		return g.sometimes(Refusal{Verb: controller.UpdateStatus, Resource: "deployments",
			Cause: oneOf(g.dice, fault...)})
	case 4:
		return g.sometimes(Refusal{Verb: controller.Delete, Resource: "replicasets",
			Cause: oneOf(g.dice, NotFound, NotFound, Quota, Internal)})
	case 5:
		return Refusal{Verb: controller.Patch, Resource: "replicasets",
			Cause: oneOf(g.dice, fault...)}
	}
	return Refusal{Verb: controller.Update, Resource: "deployments", Cause: oneOf(g.dice, fault...)}
}

// sometimes lets the first writes pass, or those after.
func (g *generator) sometimes(rule Refusal) Refusal {
	rule.After = oneOf(g.dice, 0, 0, 0, 1, 2)
	rule.Times = oneOf(g.dice, 0, 0, 1)
	return rule
}

// refuseReplicaSet draws what the API server refuses the ReplicaSet controller.
func (g *generator) refuseReplicaSet() {
	for g.percent(22) && len(g.world.Refusals) < 3 {
		g.refuse(g.replicaSetRefusal())
	}
}

// refuse adds a rule unless there is one for such writes: which of two refusals
// of one batch a controller reports is random.
func (g *generator) refuse(rule Refusal) {
	same := func(r Refusal) bool { return r.Verb == rule.Verb && r.Resource == rule.Resource }
	if !slices.ContainsFunc(g.world.Refusals, same) {
		g.world.Refusals = append(g.world.Refusals, rule)
	}
}

func (g *generator) replicaSetRefusal() Refusal {
	switch g.IntN(6) {
	case 0, 1:
		return Refusal{Verb: controller.Create, Resource: "pods",
			After: oneOf(g.dice, 0, 0, 1, 2, 3, 5, 7, 12, 40),
			Cause: oneOf(g.dice, Quota, Quota, Quota, NamespaceTerminating, Internal, NotFound,
				Invalid)}
	case 2:
		return Refusal{Verb: controller.Delete, Resource: "pods",
			After: oneOf(g.dice, 0, 0, 1, 2, 5), Times: oneOf(g.dice, 0, 0, 1, 2),
			Cause: oneOf(g.dice, Quota, NotFound, NotFound, Conflict, Internal)}
	case 3:
		return Refusal{Verb: controller.UpdateStatus, Resource: "replicasets",
			Times: oneOf(g.dice, 0, 1, 1, 2),
			Cause: oneOf(g.dice, Conflict, Conflict, NotFound, Internal)}
	}
	return Refusal{Verb: controller.Patch, Resource: "pods",
		Cause: oneOf(g.dice, NotFound, Invalid, Conflict, Quota, Internal)}
}
