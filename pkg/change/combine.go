package change

import (
	"errors"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/json"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Combined is several intents for one target, made into one request.
type Combined []Intent

// Combine orders intents: resume (the next ones refuse a paused Deployment),
// rollback, manifest or patch, image, replicas or partition, restart, pause. Those of
// one rank keep their order. Without any intent it changes nothing.
func Combine(intents ...Intent) Intent {
	if len(intents) == 1 {
		return intents[0]
	}
	ordered := slices.Clone(intents)
	slices.SortStableFunc(ordered, func(a, b Intent) int { return rank(a) - rank(b) })
	return Combined(ordered)
}

func rank(intent Intent) int {
	switch intent.(type) {
	case Resume:
		return 0
	case Rollback:
		return 1
	case Manifest, Served, Patch:
		return 2
	case Image:
		return 3
	case Scale, Partition:
		return 4
	case Restart:
		return 5
	}
	return 6
}

// Apply implements Intent.
func (c Combined) Apply(to Target) (Edit, error) {
	if err := c.check(); err != nil {
		return Edit{}, err
	}
	step, notes := to, []string(nil)
	var created cluster.Object
	for _, intent := range c {
		if served, ok := intent.(Served); ok && served.Object == nil {
			return served.Apply(to) // the server refuses it, whatever else is asked for
		}
		e, err := intent.Apply(step)
		if err != nil {
			return Edit{}, err
		}
		if step.Object == nil {
			created = e.After
		}
		step.Object = e.After
		notes = append(notes, e.Notes...)
	}
	after, err := step.workload()
	if err != nil {
		return Edit{}, err
	}
	if to.Object != nil {
		return to.edited(after, request{}, notes...)
	}
	if created != nil { // in one request, so no step of it counts as another template
		keepAnnotation(created, after, appsv1.DeprecatedTemplateGeneration)
	}
	body, err := bodyOf(after)
	if err != nil {
		return Edit{}, err
	}
	return to.edited(after, request{body: body}, notes...)
}

// check refuses what cannot go together.
func (c Combined) check() error {
	var pause, resume, remove bool
	for _, intent := range c {
		switch intent.(type) {
		case Pause:
			pause = true
		case Resume:
			resume = true
		case Delete:
			remove = true
		}
	}
	switch {
	case pause && resume:
		return errors.New("pause and resume exclude each other: give one of them")
	case remove:
		return errors.New("a workload cannot be deleted and changed at once")
	}
	return nil
}

// bodyOf returns what creates the object.
func bodyOf(object any) (any, error) {
	encoded, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	var body map[string]any
	if err := json.Unmarshal(encoded, &body); err != nil {
		return nil, err
	}
	delete(body, "status")
	if metadata, ok := body["metadata"].(map[string]any); ok {
		delete(metadata, "creationTimestamp")
		delete(metadata, "generation")
	}
	return body, nil
}
