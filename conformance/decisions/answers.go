package decisions

import (
	"slices"
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
	for _, d := range some(world.Deployment) {
		a.exists("deployments", d)
	}
	for _, rs := range world.ReplicaSets {
		a.exists("replicasets", rs)
	}
	for _, set := range some(world.StatefulSet) {
		a.exists("statefulsets", set)
	}
	for _, ds := range some(world.DaemonSet) {
		a.exists("daemonsets", ds)
	}
	for _, revision := range slices.Concat(world.Revisions, world.Unseen) {
		a.exists("controllerrevisions", revision)
	}
	for _, claim := range world.Claims {
		a.exists("persistentvolumeclaims", claim)
	}
	for _, pod := range world.Pods {
		a.exists("pods", pod)
	}
	return a
}

func (a *answers) exists(resource string, object cluster.Object) {
	key := resource + "/" + object.GetName()
	if object.GetNamespace() != namespace {
		return
	}
	if _, twice := a.current[key]; twice {
		panic("a world has two " + key)
	}
	a.current[key] = object.GetResourceVersion()
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
	case !exists:
		return nil, errorOf(NotFound, r.resource)
	case a.world.Conflicts && carried(r) && held != r.body.GetResourceVersion():
		return nil, errorOf(Conflict, r.resource)
	}
	return a.stored(key, r), nil
}

// carried reports whether an update says which version it changes; one that does not
// always succeeds.
func carried(r request) bool { return r.body.GetResourceVersion() != "" }

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
	if r.name != "" { // the server names the pods of a ReplicaSet
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
