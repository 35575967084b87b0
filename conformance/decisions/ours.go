package decisions

import (
	"bytes"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/replicaset"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// Decided is what Decide says for a world.
func Decided(world *World) Outcome {
	api := &api{answers: newAnswers(world)}
	var decision controller.Decision
	switch world.Kind {
	case "Deployment":
		decision = deployment.Decide(deploymentView(world, api), world.Now())
	case "StatefulSet":
		decision = statefulset.Decide(statefulView(world, api), world.Now())
	case "DaemonSet":
		decision = daemonDecision(world, api)
	default:
		decision = replicaset.Decide(replicaSetView(world, api), world.Now())
	}
	outcome := Outcome{WakeAt: decision.WakeAt, Err: decision.Err}
	for _, write := range decision.Writes {
		outcome.Reasons = append(outcome.Reasons, write.Reason)
		if world.Live != AsCached && write.Err != nil && isAdoption(write) {
			// The real controller reads its own object before it adopts and then
			// sends nothing; a View can only refuse the adoption itself.
			continue
		}
		outcome.Sent = append(outcome.Sent, sentBy(write)...)
	}
	return outcome
}

// api is controller.API over the answers that the real controller gets.
type api struct{ answers *answers }

// Answer implements controller.API.
func (a *api) Answer(w controller.Write) (cluster.Object, error) {
	if a.answers.world.Live != AsCached && isAdoption(w) {
		return nil, errorOf(Disconnected, "")
	}
	return a.answers.ask(request{
		verb: w.Verb, resource: resourceOf(w.Object), name: w.Object.Name, body: w.Body,
	})
}

// Admit implements controller.API.
func (a *api) Admit(pod *corev1.Pod, count int) (int, error) {
	for admitted := range count {
		r := request{verb: controller.Create, resource: "pods", name: pod.Name, body: pod}
		if _, err := a.answers.ask(r); err != nil {
			return admitted, err
		}
	}
	return count, nil
}

func isAdoption(w controller.Write) bool {
	return w.Verb == controller.Patch && bytes.Contains(w.Patch, []byte(`"ownerReferences"`)) &&
		!bytes.Contains(w.Patch, []byte(`"$patch":"delete"`))
}

func resourceOf(ref cluster.Ref) string {
	switch ref.Kind {
	case "Deployment":
		return "deployments"
	case "ReplicaSet":
		return "replicasets"
	case "StatefulSet":
		return "statefulsets"
	case "DaemonSet":
		return "daemonsets"
	case "ControllerRevision":
		return "controllerrevisions"
	case "PersistentVolumeClaim":
		return "persistentvolumeclaims"
	case "Pod":
		return "pods"
	}
	panic(fmt.Sprintf("a write to %v", ref))
}

// sentBy is a write as it goes over the wire: a batch of deletions is one Sent
// for each pod. The deletion of a pod that the same sync created has its name alone.
func sentBy(w controller.Write) []Sent {
	sent := Sent{
		Verb: w.Verb, Resource: resourceOf(w.Object), Name: w.Object.Name,
		Refused: refusedBy(w.Err), Count: w.Count,
	}
	switch {
	case len(w.Nodes) > 0:
		return creationsOn(sent, w)
	case w.Verb == controller.Patch:
		sent.Body = canonical(w.Patch)
	case w.Body != nil:
		sent.Body = wire(w.Body)
	case len(w.Pods) > 0: // deletions
		return deletions(sent, w.Pods)
	}
	return []Sent{sent}
}

func deletions(sent Sent, pods []*controller.Pod) []Sent {
	all := make([]Sent, len(pods))
	for i, pod := range pods {
		all[i] = sent
		all[i].Name, all[i].Count = pod.Name, 1
	}
	return all
}

func deploymentView(world *World, api *api) deployment.View {
	return deployment.View{
		Deployment:  world.Deployment,
		ReplicaSets: inNamespace(world.ReplicaSets),
		HasPods:     func(replicaSet types.UID) bool { return hasPods(world, replicaSet) },
		Lookup:      world.replicaSet,
		Profile:     kubeversion.Latest(),
		API:         api,
	}
}

func hasPods(world *World, replicaSet types.UID) bool {
	owner := world.ReplicaSets[slices.IndexFunc(world.ReplicaSets, func(rs *appsv1.ReplicaSet) bool {
		return rs.UID == replicaSet
	})]
	return slices.ContainsFunc(world.Pods, func(pod *corev1.Pod) bool {
		finished := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
		return controls(owner, pod) && !finished
	})
}

func controls(owner *appsv1.ReplicaSet, pod *corev1.Pod) bool {
	ref := metav1.GetControllerOf(pod)
	return ref != nil && ref.UID == owner.UID && ref.Name == owner.Name &&
		ref.Kind == "ReplicaSet" && pod.Namespace == owner.Namespace
}
