package daemonset

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// burst is the most pods that are created, and the most that are deleted, in one go.
// Follows daemon_controller.go BurstReplicas, v1.37.0.
const burst = 250

// actions are the pods to create and to delete in one go, by what they are because of.
type actions struct {
	creations []creation
	removals  []removal
}

type creation struct {
	nodes   []string
	reason  controller.Reason
	message string
}

type removal struct {
	pods    []*controller.Pod
	reason  controller.Reason
	message string
}

func (a *actions) create(nodes []string, reason controller.Reason, message string) {
	if len(nodes) == 0 {
		return
	}
	a.creations = append(a.creations, creation{nodes, reason, message})
}

func (a *actions) delete(pod *controller.Pod, reason controller.Reason, message string) {
	for i := range a.removals {
		if r := &a.removals[i]; r.reason == reason && r.message == message {
			r.pods = append(r.pods, pod)
			return
		}
	}
	a.removals = append(a.removals, removal{[]*controller.Pod{pod}, reason, message})
}

func (a *actions) deletions() int {
	n := 0
	for _, r := range a.removals {
		n += len(r.pods)
	}
	return n
}

// act creates pods, then deletes pods, of each no more than one burst. That a creation was
// refused does not keep it from deleting.
// Follows daemon_controller.go syncNodes, v1.37.0.
func (s *sync) act(todo actions) error {
	errs := []error{s.create(todo.creations)}
	left := burst
	for _, r := range todo.removals {
		r.pods = r.pods[:min(len(r.pods), left)]
		left -= len(r.pods)
		errs = append(errs, s.delete(r)...)
	}
	return utilerrors.NewAggregate(errs)
}

// create asks for pods in slow start. In a namespace that is going away every refusal
// counts as success: nothing can be done about it.
func (s *sync) create(wanted []creation) error {
	count := 0
	for i := range wanted {
		wanted[i].nodes = wanted[i].nodes[:min(len(wanted[i].nodes), burst-count)]
		count += len(wanted[i].nodes)
	}
	if count == 0 {
		return nil
	}
	template := s.newPod()
	if len(template.Labels) == 0 {
		return errors.New("unable to create pods, no labels")
	}
	admitted, refusal := s.API.Admit(PodOn(template, wanted[0].nodes[0]), count)
	namespaceGoes := apierrors.HasStatusCause(refusal, corev1.NamespaceTerminatingCause)
	attempted := count
	if admitted < count && !namespaceGoes {
		attempted = controller.Attempts(admitted, count)
	}
	s.acting = admitted > 0 || namespaceGoes
	s.tellCreated(template, wanted, outcome{admitted: admitted, attempted: attempted, refusal: refusal})
	if namespaceGoes {
		return nil
	}
	return refusal
}

// outcome is what came of several creations: the first are admitted, those up to the
// attempted ones are refused.
type outcome struct {
	admitted, attempted int
	refusal             error
}

// tellCreated records creations: of each kind those that were admitted, then those that
// were refused.
func (s *sync) tellCreated(template *corev1.Pod, wanted []creation, came outcome) {
	for _, c := range wanted {
		done := min(came.admitted, len(c.nodes))
		refused := min(came.attempted, len(c.nodes)) - done
		s.tellCreation(template, creation{c.nodes[:done], c.reason, c.message}, nil)
		s.tellCreation(template, creation{c.nodes[done : done+refused], c.reason, c.message}, came.refusal)
		came.admitted -= done
		came.attempted -= done + refused
	}
}

func (s *sync) tellCreation(template *corev1.Pod, c creation, refusal error) {
	if len(c.nodes) == 0 {
		return
	}
	s.decision.Writes = append(s.decision.Writes, controller.Write{
		Verb:    controller.Create,
		Object:  s.podRef(""),
		Body:    PodOn(template, c.nodes[0]),
		Count:   len(c.nodes),
		Nodes:   c.nodes,
		Reason:  c.reason,
		Message: c.message,
		Err:     refusal,
	})
}

// delete asks for all deletions at once; a pod that is already gone is fine.
func (s *sync) delete(r removal) []error {
	var done []*controller.Pod
	var refused []controller.Write
	var errs []error
	for _, pod := range r.pods {
		write := s.deletion(r, []*controller.Pod{pod})
		if _, write.Err = s.API.Answer(write); write.Err == nil {
			done = append(done, pod)
			continue
		}
		refused = append(refused, write)
		if !apierrors.IsNotFound(write.Err) {
			errs = append(errs, fmt.Errorf("unable to delete pods: %w", write.Err))
		}
	}
	if len(done) > 0 {
		s.acting = true
		s.decision.Writes = append(s.decision.Writes, s.deletion(r, done))
	}
	s.decision.Writes = append(s.decision.Writes, refused...)
	return errs
}

func (s *sync) deletion(r removal, pods []*controller.Pod) controller.Write {
	write := controller.Write{
		Verb: controller.Delete, Object: s.podRef(""), Count: len(pods), Pods: pods,
		Reason: r.reason, Message: r.message,
	}
	if len(pods) == 1 {
		write.Object.Name = pods[0].Name
	}
	return write
}
