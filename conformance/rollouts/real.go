package rollouts

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/daemon"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	"k8s.io/kubernetes/pkg/controller/statefulset"

	// What a controller manager's scheme defaults a StatefulSet with.
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// workers is how many keys each controller syncs at once, as in a
// kube-controller-manager.
const workers = 5

// real is a control plane of real controllers over a store, in virtual time.
type real struct {
	store   *store
	nodes   *nodes
	journal *journal // nil: nothing is noted
	client  *fake.Clientset
	factory informers.SharedInformerFactory
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	changed time.Time // of the last write
	profile kubeversion.Profile
	// failing reports whether a sync failed that is to be tried again; nil: nobody knows.
	failing func() bool
	// lookAfter lets the controller of a DaemonSet look at it after some time.
	lookAfter func(time.Duration)
	// putOff is the look that it put off as it started; zero: none.
	putOff time.Duration
}

// inBubble starts the controllers on a state at its instant of a bubble's clock,
// lets play go on with them, and waits until all of their goroutines have ended.
func (w *World) inBubble(t *testing.T, s situation, era string, play func(*real)) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(s.at))
		r := w.newReal(s.state, era)
		r.start(t, w)
		play(r)
		r.stop()
	})
}

func (w *World) newReal(state *cluster.Snapshot, era string) *real {
	r := &real{store: newStore(), profile: w.profile()}
	r.store.load(state)
	r.nodes = newNodes(r.store, w.Seed, era)
	r.nodes.flaky, r.nodes.alike, r.nodes.dealt.staggered = w.Flaky, w.Alike, !w.Alike
	r.store.observe = r.observe
	r.client = newClient(r.store)
	r.factory = informers.NewSharedInformerFactory(r.client, 0)
	r.ctx, r.cancel = context.WithCancel(klog.NewContext(context.Background(), logr.Discard()))
	return r
}

// observe implements store.observe.
func (r *real) observe(before, after cluster.Object) {
	r.changed = time.Now()
	if r.journal != nil {
		r.journal.note(before, after)
	}
	if pod, ok := after.(*corev1.Pod); ok && (cluster.ControllerOf(pod) != nil || isStateful(pod)) {
		switch podChange(before, after) {
		case created:
			r.nodes.created(pod)
		case deleted:
			r.nodes.deleted(pod)
		}
	}
}

func (r *real) start(t *testing.T, w *World) {
	switch {
	case w.isStateful():
		r.startStateful(w.Racing, r.client)
		return
	case w.isDaemon():
		r.startDaemon(t, r.client)
		return
	}
	r.startWith(t, w.Racing, r.client, r.client)
}

// startWith starts the controllers of Deployments, each with a client of its own.
func (r *real) startWith(t *testing.T, racing bool, ofSets, ofDeployments kubernetes.Interface) {
	apps, core := r.factory.Apps().V1(), r.factory.Core().V1()
	rsc := replicaset.NewReplicaSetController(r.ctx, apps.ReplicaSets(), core.Pods(), ofSets, replicaset.BurstReplicas)
	dc, err := deployment.NewDeploymentController(r.ctx, apps.Deployments(), apps.ReplicaSets(), core.Pods(), ofDeployments)
	if err != nil {
		t.Fatal(err)
	}
	if !racing {
		makePatient(rsc, replicaSetReaction)
		makePatient(dc, deploymentReaction)
	}
	r.run(rsc, dc)
}

// startStateful starts the StatefulSet controller.
func (r *real) startStateful(racing bool, client kubernetes.Interface) {
	apps, core := r.factory.Apps().V1(), r.factory.Core().V1()
	ssc := statefulset.NewStatefulSetController(r.ctx, core.Pods(), apps.StatefulSets(),
		core.PersistentVolumeClaims(), apps.ControllerRevisions(), client)
	if !racing {
		makePatient(ssc, statefulSetReaction)
	}
	queue := *field[workqueue.TypedRateLimitingInterface[string]](ssc, "queue")
	r.failing = func() bool { return queue.NumRequeues(namespace+"/"+statefulSetName) > 0 }
	r.run(ssc)
}

// startDaemon starts the DaemonSet controller, which leaves failed pods alone for as long
// as that of a kube-controller-manager does.
// Follows cmd/kube-controller-manager/app/apps.go newDaemonSetController, v1.37.0.
func (r *real) startDaemon(t *testing.T, client kubernetes.Interface) {
	apps, core := r.factory.Apps().V1(), r.factory.Core().V1()
	dsc, err := daemon.NewDaemonSetsController(r.ctx, apps.DaemonSets(), apps.ControllerRevisions(), core.Pods(),
		core.Nodes(), client, flowcontrol.NewBackOff(time.Second, 15*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	slow(dsc, patient{
		reaction: daemonSetReaction, from: time.Now().Add(startUp), put: func(after time.Duration) { r.putOff = after },
	})
	queue := *field[workqueue.TypedRateLimitingInterface[string]](dsc, "queue")
	r.failing = func() bool { return queue.NumRequeues(namespace+"/"+daemonSetName) > 0 }
	r.lookAfter = func(after time.Duration) { queue.AddAfter(namespace+"/"+daemonSetName, after) }
	r.run(dsc)
}

// run lets controllers work and waits until they do.
func (r *real) run(controllers ...interface{ Run(context.Context, int) }) {
	r.factory.Start(r.ctx.Done())
	for _, c := range controllers {
		r.running.Go(func() { c.Run(r.ctx, workers) })
	}
	time.Sleep(startUp)
	synctest.Wait()
}

// startUp is when the controllers have found their caches full and are at work.
const startUp = 150 * time.Millisecond

func (r *real) stop() {
	r.cancel()
	r.running.Wait()
	r.factory.Shutdown()
	synctest.Wait()
}

// rest waits until nothing has been planned or written for a while and nothing is tried
// again, or until the limit is over. It reports whether there was peace in the end.
func (r *real) rest(patience func() time.Duration, limit time.Duration) bool {
	end := time.Now().Add(limit)
	for {
		synctest.Wait()
		left := patience() - time.Since(r.changed)
		if r.nodes.planned.Load() > 0 {
			left = max(left, time.Second)
		}
		peace := left <= 0
		if r.failing != nil && r.failing() {
			left = max(left, 10*time.Second)
		}
		if left <= 0 || !time.Now().Before(end) {
			return peace
		}
		time.Sleep(left)
	}
}

// minReady is how long a pod can be on its way to available.
func (r *real) minReady() time.Duration {
	var longest int32
	snapshot := r.store.snapshot()
	for _, rs := range snapshot.ReplicaSets {
		longest = max(longest, rs.Spec.MinReadySeconds)
	}
	for _, set := range snapshot.StatefulSets {
		longest = max(longest, set.Spec.MinReadySeconds)
	}
	for _, set := range snapshot.DaemonSets {
		longest = max(longest, 2*set.Spec.MinReadySeconds+3) // a look can be put off twice
	}
	return time.Duration(longest+2) * time.Second
}

// untilDeadline is how long after the last write a Deployment can still find that
// it makes no progress.
func (r *real) untilDeadline() time.Duration {
	longest := r.minReady()
	for _, d := range r.store.snapshot().Deployments {
		if deadline := d.Spec.ProgressDeadlineSeconds; deadline != nil && awaitsProgress(d) {
			longest = max(longest, time.Duration(*deadline+4)*time.Second)
		}
	}
	return longest
}

func awaitsProgress(d *appsv1.Deployment) bool {
	for _, c := range d.Status.Conditions {
		if c.Type == appsv1.DeploymentProgressing {
			return c.Reason != "NewReplicaSetAvailable" && c.Reason != "ProgressDeadlineExceeded"
		}
	}
	return false
}
