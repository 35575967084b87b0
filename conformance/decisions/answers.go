package decisions

import (
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// request is one write as the API server sees it.
type request struct {
	verb     controller.Verb
	resource string
	name     string
	body     cluster.Object
}

// answers is the API server of one sync: it remembers what it was asked, so each
// side of a comparison has its own.
type answers struct {
	world   *World
	matched []int // per refusal, how many requests it matched
	version int
	current map[string]string // resourceVersion by resource and name
}

func newAnswers(world *World) *answers {
	a := &answers{
		world:   world,
		matched: make([]int, len(world.Refusals)),
		version: 1_000_000,
		current: map[string]string{},
	}
	if d := world.Deployment; d != nil {
		a.current["deployments/"+d.Name] = d.ResourceVersion
	}
	for _, rs := range world.ReplicaSets {
		if rs.Namespace == namespace {
			a.current["replicasets/"+rs.Name] = rs.ResourceVersion
		}
	}
	return a
}

// ask returns the object as the server would return it, or the refusal.
func (a *answers) ask(r request) (cluster.Object, error) {
	if err := a.refusal(r); err != nil {
		return nil, err
	}
	key := r.resource + "/" + r.name
	held, exists := a.current[key]
	switch {
	case r.verb == controller.Create && exists:
		return nil, errorOf(AlreadyExists, r.resource)
	case r.body == nil:
		return nil, nil
	case r.verb == controller.Create:
		return a.stored(key, r), nil
	case a.world.Conflicts && held != r.body.GetResourceVersion():
		return nil, errorOf(Conflict, r.resource)
	}
	return a.stored(key, r), nil
}

func (a *answers) refusal(r request) error {
	var refusal error
	for i, rule := range a.world.Refusals {
		otherName := rule.Name != "" && rule.Name != r.name
		if rule.Verb != r.verb || rule.Resource != r.resource || otherName {
			continue
		}
		a.matched[i]++
		turn := a.matched[i] - rule.After
		if refusal == nil && turn > 0 && (rule.Times == 0 || turn <= rule.Times) {
			refusal = errorOf(rule.Cause, r.resource)
		}
	}
	return refusal
}

// stored is the object that comes back: as it was sent, with what the server
// itself sets.
func (a *answers) stored(key string, r request) cluster.Object {
	object := r.body.DeepCopyObject().(cluster.Object)
	a.version++
	object.SetResourceVersion(strconv.Itoa(a.version))
	if r.resource != "pods" {
		a.current[key] = object.GetResourceVersion()
	}
	switch {
	case r.verb == controller.Create:
		object.SetUID(types.UID("created-" + r.name))
		object.SetCreationTimestamp(metav1.NewTime(a.world.Now()))
		object.SetGeneration(1)
	case r.verb == controller.Update && a.changesSpec(object):
		object.SetGeneration(object.GetGeneration() + 1)
	}
	return object
}

func (a *answers) changesSpec(object cluster.Object) bool {
	if rs, ok := object.(*appsv1.ReplicaSet); ok {
		cached := a.world.replicaSet(rs.Name)
		return cached == nil || !equality.Semantic.DeepEqual(cached.Spec, rs.Spec)
	}
	return true
}
