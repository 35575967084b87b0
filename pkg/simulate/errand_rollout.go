package simulate

import (
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
)

// rolloutErrand is a sync of the Deployment controller under way. What it sends
// depends on what it was answered before, so where an answer is not the expected one
// the sync is decided again, with all answers so far.
type rolloutErrand struct {
	world    *world
	roll     *rollout
	sees     deployment.View
	at       time.Time // when the sync began
	answers  answers
	decision controller.Decision
	landed   int // writes that are answered
}

func (w *world) newRolloutErrand(r *rollout) *rolloutErrand {
	e := &rolloutErrand{world: w, roll: r, sees: w.view(r, nil), at: w.now}
	e.sees.HasPods = remembered(e.sees.HasPods)
	e.sees.Lookup = remembered(e.sees.Lookup)
	e.decide()
	return e
}

// remembered asks each question once: a sync that is decided again sees what it saw.
func remembered[K comparable, V any](ask func(K) V) func(K) V {
	known := map[K]V{}
	return func(key K) V {
		answer, ok := known[key]
		if !ok {
			answer = ask(key)
			known[key] = answer
		}
		return answer
	}
}

// decide decides on what is known, and on what the API server would say now to the
// rest.
func (e *rolloutErrand) decide() {
	tx := e.world.begin()
	e.answers = answers{transaction: tx, said: e.answers.said[:e.landed]}
	e.sees.API = &e.answers
	e.decision = deployment.Decide(e.sees, e.at.Add(moment))
	e.world.version = tx.version
}

func (e *rolloutErrand) next() (controller.Write, bool) {
	if e.landed == len(e.decision.Writes) {
		return controller.Write{}, false
	}
	return e.decision.Writes[e.landed], true
}

func (e *rolloutErrand) land(write controller.Write, _ int) {
	expected := &e.answers.said[e.landed]
	e.landed++
	stored, err := e.world.answer(write)
	if stored != nil && expected.stored != nil {
		stored.SetResourceVersion(expected.stored.GetResourceVersion())
	}
	if err == nil {
		e.world.applyDeploymentWrite(e.roll, write, stored)
		e.tell(write)
	}
	if (err == nil) != (expected.err == nil) {
		*expected = answer{stored, err}
		e.decide()
	}
}

// tell posts an event about a new size.
func (e *rolloutErrand) tell(write controller.Write) {
	if write.From != write.To {
		e.world.tellOf(e.world.deployments.client, e.roll.events)
	}
}

func (e *rolloutErrand) end() {
	e.world.deployments.end(e.roll)
	e.world.conclude(e.roll, e.decision)
}

// answer is what the API server said to a write.
type answer struct {
	stored cluster.Object
	err    error
}

// answers is an API that repeats what was said to the first writes of a sync, and
// says to the others what would be said now.
type answers struct {
	*transaction
	said  []answer
	asked int
}

// Answer implements controller.API.
func (a *answers) Answer(write controller.Write) (cluster.Object, error) {
	if a.asked == len(a.said) {
		stored, err := a.transaction.Answer(write)
		a.said = append(a.said, answer{stored, err})
	}
	a.asked++
	said := a.said[a.asked-1]
	return said.stored, said.err
}
