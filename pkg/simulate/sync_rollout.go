package simulate

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// mostRetries is how often the Deployment controller tries a sync that fails.
// Follows deployment_controller.go maxRetries, v1.37.0.
const mostRetries = 15

// moment is how much later than its timer a controller looks at a Deployment. A
// deadline that ends now has passed when it does.
const moment = time.Nanosecond

// syncDeployment runs one sync of the Deployment controller.
func (w *world) syncDeployment(r *rollout) {
	if r.deployment == nil || r.deleted {
		return
	}
	if w.limited() {
		w.deployments.start(r)
		w.launch(w.deployments.client, w.newRolloutErrand(r))
		return
	}
	tx := w.begin()
	decision := w.decide(r, tx)
	for _, write := range decision.Writes {
		if write.Err == nil {
			w.applyDeploymentWrite(r, write, tx.take())
		}
	}
	w.conclude(r, decision)
}

// conclude plans what follows a sync that is over.
func (w *world) conclude(r *rollout, decision controller.Decision) {
	w.planLook(r, decision)
	w.retry(r, decision.Err)
}

func (w *world) decide(r *rollout, tx *transaction) controller.Decision {
	return deployment.Decide(w.view(r, tx), w.now.Add(moment))
}

func (w *world) view(r *rollout, tx controller.API) deployment.View {
	return deployment.View{
		Deployment:  r.deployment,
		ReplicaSets: w.visibleSets(r),
		HasPods:     w.hasPods,
		Lookup:      w.lookup(r.ref.Namespace),
		Profile:     w.cfg.Profile,
		API:         tx,
	}
}

// planLook plans the next look at a Deployment, unless it would only be the first of
// a row: once the newest ReplicaSet was available the deadline cannot pass, but the
// controller goes on to look, every 5ms from a second before it until the pods are
// back. Follows deployment_util.go DeploymentTimedOut, v1.37.0.
func (w *world) planLook(r *rollout, decision controller.Decision) {
	progressing := deployment.Progressing(&r.deployment.Status)
	canPass := progressing == nil || progressing.Reason != newReplicaSetAvailable
	if canPass || decision.WakeAt.Sub(w.now) >= time.Second {
		w.plan(&r.look, decision.WakeAt.Truncate(time.Microsecond))
	}
}

const newReplicaSetAvailable = "NewReplicaSetAvailable"

// retry plans another try of a sync that failed. A conflict means that the sync saw
// an old object: the next one sees the new one.
func (w *world) retry(r *rollout, err error) {
	r.lastErr = err
	switch {
	case err == nil:
		r.failures = 0
	case apierrors.IsConflict(err):
		// The retry takes the place of the look that was planned: the controller's
		// queue keeps one entry per key.
		r.look.at = time.Time{}
		w.deployments.add(r)
	case r.failures < mostRetries:
		r.failures++
		w.plan(&r.look, w.now.Add(5*time.Millisecond<<(r.failures-1)))
	}
}

// visibleSets are the ReplicaSets that a Deployment owns or may adopt.
func (w *world) visibleSets(r *rollout) []*appsv1.ReplicaSet {
	list := r.replicaSets()
	for _, s := range w.unowned(r.ref.Namespace) {
		list = append(list, s.rs)
	}
	return list
}

// unowned returns the ReplicaSets of a namespace that nobody controls.
func (w *world) unowned(namespace string) []*set {
	return w.bare[namespace]
}

func (w *world) hasPods(uid types.UID) bool {
	s := w.byUID[uid]
	if s == nil {
		return false
	}
	counts := s.pods.Counts(w.now)
	return counts.Active+counts.Terminating > 0 || slices.ContainsFunc(s.strays, unfinished)
}

func unfinished(pod *controller.Pod) bool { return pod.Phase != controller.Finished }

func (w *world) lookup(namespace string) func(string) *appsv1.ReplicaSet {
	return func(name string) *appsv1.ReplicaSet {
		if s := w.sets[types.NamespacedName{Namespace: namespace, Name: name}]; s != nil {
			return s.rs
		}
		return nil
	}
}

func (w *world) applyDeploymentWrite(r *rollout, write controller.Write, stored cluster.Object) {
	w.happened++
	key := types.NamespacedName{Namespace: write.Object.Namespace, Name: write.Object.Name}
	switch {
	case write.Object.Kind == "Deployment":
		w.storeDeployment(r, stored.(*appsv1.Deployment), write)
	case write.Verb == controller.Create:
		s := w.newSet(stored.(*appsv1.ReplicaSet), nil)
		w.attach(s, r)
		r.findNewest()
		w.changed(r)
		w.replicaSets.add(s)
		w.deployments.add(r)
		w.tellSet(s, timeline.Create, write)
	case write.Verb == controller.Update:
		s := w.sets[key]
		w.storeSet(s, stored.(*appsv1.ReplicaSet))
		if write.From != write.To {
			w.tellSet(s, timeline.Scale, write)
		}
	case write.Verb == controller.Delete:
		s := w.sets[key]
		w.remove(s)
		w.deployments.add(r) // as deployment_controller.go deleteReplicaSet, v1.37.0
		w.tellSet(s, timeline.Delete, write)
	case write.Verb == controller.Patch:
		w.moveSet(r, w.sets[key], write)
	}
}

// storeDeployment replaces a Deployment by what a write left of it.
func (w *world) storeDeployment(r *rollout, d *appsv1.Deployment, write controller.Write) {
	before := deployment.Progressing(&r.deployment.Status)
	changed := r.deployment.Generation != d.Generation
	r.deployment = d
	w.deployments.add(r)
	if changed {
		r.findNewest()
	}
	after := deployment.Progressing(&d.Status)
	if after == nil || before != nil && before.Reason == after.Reason {
		return
	}
	if after.Reason == deployment.DeadlineExceeded {
		at := w.now.Sub(w.start)
		r.deadlineAt = &at
	}
	w.tell(r, timeline.Event{
		Actor: timeline.DeploymentController, Action: timeline.Condition,
		Object: write.Object, Reason: after.Reason, Message: after.Message,
	})
}

// moveSet adopts or releases a ReplicaSet.
func (w *world) moveSet(r *rollout, s *set, write controller.Write) {
	rs := s.rs.DeepCopy()
	rs.OwnerReferences = slices.DeleteFunc(rs.OwnerReferences, func(o metav1.OwnerReference) bool {
		return o.UID == r.deployment.UID
	})
	to := r
	if write.Reason == controller.AdoptOrphan {
		owner := metav1.NewControllerRef(r.deployment, appsv1.SchemeGroupVersion.WithKind("Deployment"))
		rs.OwnerReferences = append(rs.OwnerReferences, *owner)
	} else {
		to = w.newRollout(cluster.RefOf(rs))
	}
	w.detach(s)
	s.rs = rs
	w.attach(s, to)
	r.findNewest()
	w.replicaSets.add(s)
	w.deployments.add(r)
	w.tellSet(s, timeline.Patch, write)
}
