package request

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/source"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/load/live"
	plans "github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// trial finds out what manifests make of their workloads: by dry runs of a server,
// with its own defaults and its webhooks, or else by the rules of this program.
type trial struct {
	from       *source.Source
	manifests  []cluster.Document
	defaulting string    // of the flag
	now        time.Time // of a flag; else zero

	tried   bool     // the server answered for at least one
	untried []string // why it could not be asked for others, each reason once
}

// intents reads the state of the workloads, and returns an intent for each manifest.
// Where a workload changes while it is looked at, all starts again, once.
func (t *trial) intents(ctx context.Context) (*cluster.Snapshot, []change.Intent, error) {
	state, err := t.from.State(ctx, t.question())
	if err != nil {
		return nil, nil, err
	}
	if !t.from.IsLive() || t.defaulting == "local" {
		return state, t.plain(), nil
	}
	intents, err := t.served(ctx, state)
	if errors.Is(err, live.ErrMoved) {
		if state, err = t.from.State(ctx, t.question()); err != nil {
			return nil, nil, err
		}
		intents, err = t.served(ctx, state)
	}
	return state, intents, err
}

// question asks for the workloads of the manifests, and for what they would adopt.
func (t *trial) question() live.Question {
	var q live.Question
	for _, d := range t.manifests {
		var like appsv1.StatefulSet // the others have their selectors at the same place
		// What does not fit was refused when the manifests were read.
		_ = runtime.DefaultUnstructuredConverter.FromUnstructured(d.Object.Object, &like)
		q.Named = append(q.Named, live.Workload{
			Ref: cluster.RefOf(d.Object), Selector: like.Spec.Selector, Service: like.Spec.ServiceName,
		})
	}
	return q
}

// plain is every manifest by the rules of this program.
func (t *trial) plain() []change.Intent {
	var intents []change.Intent
	for _, d := range t.manifests {
		intents = append(intents, change.Manifest{Document: d})
	}
	return intents
}

// served is every manifest as the server answers to its dry run, or by the rules of
// this program where the server cannot be asked.
func (t *trial) served(ctx context.Context, state *cluster.Snapshot) ([]change.Intent, error) {
	t.tried, t.untried = false, nil
	writes, of, err := t.writes(state)
	if err != nil {
		return nil, err
	}
	answers, err := t.from.DryRun(ctx, writes)
	if err != nil {
		return nil, err
	}
	intents := t.plain()
	for i, answer := range answers {
		if intents[of[i]], err = t.understood(t.manifests[of[i]], answer); err != nil {
			return nil, err
		}
	}
	return intents, nil
}

// writes are the requests to try, and the manifest that each is of. A manifest that
// changes nothing has none.
func (t *trial) writes(state *cluster.Snapshot) (writes []live.Write, of []int, err error) {
	for i, d := range t.manifests {
		ref := cluster.RefOf(d.Object)
		before := state.Find(ref)
		body, err := change.Manifest{Document: d}.Sends(change.Target{
			Object: before, State: state, Now: now(t.now, state), Profile: t.from.Profile,
		})
		if err != nil {
			return nil, nil, err
		}
		if body != nil {
			writes, of = append(writes, live.Write{Ref: ref, Before: before, Body: body}), append(of, i)
		}
	}
	return writes, of, nil
}

// understood makes an intent of an answer.
func (t *trial) understood(d cluster.Document, answer live.Answer) (change.Intent, error) {
	m := change.Manifest{Document: d}
	switch {
	case answer.Untried != "" && t.defaulting == "server":
		return nil, failure.WithHint(
			fmt.Errorf("%s: --defaulting server: %s", cluster.RefOf(d.Object), answer.Untried),
			"--defaulting auto takes local rules there, and says so")
	case answer.Untried != "":
		if !slices.Contains(t.untried, answer.Untried) {
			t.untried = append(t.untried, answer.Untried)
		}
		return m, nil
	}
	t.tried = true
	return change.Served{Manifest: m, Object: answer.Object, Refusals: answer.Refusals}, nil
}

// facts say by whom the manifests were completed; nothing of files, where it can only
// be this program.
func (t *trial) facts() []plans.Assumption {
	fact := plans.Assumption{Name: "defaulting", From: "default"}
	if t.defaulting != "auto" {
		fact.From = "flag"
	}
	var facts []plans.Assumption
	if t.tried {
		fact.Value = "server dry run"
		facts = append(facts, fact)
	}
	if len(t.untried) > 0 || t.from.IsLive() && t.defaulting == "local" {
		fact.Value, fact.Note = "local", listed(t.untried)
		facts = append(facts, fact)
	}
	return facts
}

// listed is the first of some reasons.
func listed(reasons []string) string {
	switch more := len(reasons) - 1; {
	case more < 0:
		return ""
	case more > 0:
		return fmt.Sprintf("%s, and %d more like it", reasons[0], more)
	}
	return reasons[0]
}
