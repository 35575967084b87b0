package simulate

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
)

// world is the state of a simulation. API objects in it are replaced, never
// changed in place.
type world struct {
	cfg   Config
	whole bool // a server was asked: what is not in the state does not exist
	start time.Time
	now   time.Time

	kinds     map[string]kind
	version   int64 // of the last write, as a resourceVersion
	workloads map[cluster.Ref]workload
	orphans   map[string][]*controller.Pod // by namespace: pods that nobody controls

	// Of ReplicaSets.
	sets  map[types.NamespacedName]*set
	byUID map[types.UID]*set
	bare  map[string][]*set // by namespace: ReplicaSets that nobody controls

	// Of StatefulSets and DaemonSets.
	revisions map[types.NamespacedName]*appsv1.ControllerRevision
	// bareRevisions are those that nobody controls, by namespace.
	bareRevisions map[string][]*appsv1.ControllerRevision

	// Of StatefulSets.
	named  map[types.NamespacedName]namedPod
	claims claims
	// usedElsewhere are claims that pods of others use.
	usedElsewhere map[types.NamespacedName]bool

	// Of DaemonSets.
	nodes    *daemonset.Nodes
	notReady map[string]bool // the nodes that were not ready before the change

	deployments  *control[*rollout]
	replicaSets  *control[*set]
	statefulSets *control[*stateful]
	daemonSets   *control[*daemon]
	// owning are the controllers that own pods, above those that own what owns pods.
	owning, above []controls

	// atStart is what happens right after the change, before any controller looks.
	atStart  []func()
	agenda   agenda
	happened int
	progress int64 // counts what changed

	notes []string
}

func keyAt(ref cluster.Ref) types.NamespacedName {
	return types.NamespacedName{Namespace: ref.Namespace, Name: ref.Name}
}

func keyOf(object cluster.Object) types.NamespacedName {
	return types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}
}
