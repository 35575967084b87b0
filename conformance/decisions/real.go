package decisions

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/klog/v2"
	upstream "k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	"k8s.io/kubernetes/pkg/controller/util/consistency"
)

// real is a controller of Kubernetes whose sync function can be called on one
// world after another. It is not for use by several goroutines.
type real struct {
	client *client
	queue  *queue
	trace  *trace
	ctx    context.Context
	stores stores
	sync   func(ctx context.Context, key string) error
	// forget drops what the controller remembers of earlier worlds.
	forget func()
	// observe lets the controller see what it wrote, where it waits for that.
	observe func()
}

// stores are the caches of the controller's informers.
type stores struct {
	deployments, replicaSets, pods  cache.Indexer
	statefulSets, revisions, claims cache.Indexer
	daemonSets, nodes               cache.Indexer
}

func newReal() (*real, informers.SharedInformerFactory) {
	r := &real{client: newClient(), queue: &queue{}, trace: &trace{},
		forget: func() {}, observe: func() {}}
	r.ctx = klog.NewContext(context.Background(), logr.New(r.trace))
	factory := informers.NewSharedInformerFactory(r.client, 0)
	r.stores = stores{
		deployments: factory.Apps().V1().Deployments().Informer().GetIndexer(),
		replicaSets: factory.Apps().V1().ReplicaSets().Informer().GetIndexer(),
		pods:        factory.Core().V1().Pods().Informer().GetIndexer(),

		statefulSets: factory.Apps().V1().StatefulSets().Informer().GetIndexer(),
		revisions:    factory.Apps().V1().ControllerRevisions().Informer().GetIndexer(),
		claims:       factory.Core().V1().PersistentVolumeClaims().Informer().GetIndexer(),

		daemonSets: factory.Apps().V1().DaemonSets().Informer().GetIndexer(),
		nodes:      factory.Core().V1().Nodes().Informer().GetIndexer(),
	}
	return r, factory
}

// newRealDeployment returns the Deployment controller.
func newRealDeployment() (*real, error) {
	r, factory := newReal()
	apps, core := factory.Apps().V1(), factory.Core().V1()
	dc, err := deployment.NewDeploymentController(context.Background(),
		apps.Deployments(), apps.ReplicaSets(), core.Pods(), r.client)
	if err != nil {
		return nil, err
	}
	*field[record.EventRecorder](dc, "eventRecorder") = &record.FakeRecorder{}
	*field[upstream.RSControlInterface](dc, "rsControl") = upstream.RealRSControl{
		KubeClient: r.client, Recorder: &record.FakeRecorder{},
	}
	*field[workqueue.TypedRateLimitingInterface[string]](dc, "queue") = r.queue
	r.sync = *field[func(context.Context, string) error](dc, "syncHandler")
	return r, nil
}

// newRealReplicaSet returns the ReplicaSet controller.
func newRealReplicaSet() *real {
	r, factory := newReal()
	apps, core := factory.Apps().V1(), factory.Core().V1()
	rsc := replicaset.NewReplicaSetController(context.Background(),
		apps.ReplicaSets(), core.Pods(), r.client, replicaset.BurstReplicas)
	*field[upstream.PodControlInterface](rsc, "podControl") = upstream.RealPodControl{
		KubeClient: r.client, Recorder: &record.FakeRecorder{},
	}
	*field[workqueue.TypedRateLimitingInterface[string]](rsc, "queue") = r.queue
	r.sync = *field[func(context.Context, string) error](rsc, "syncHandler")
	r.forget = func() {
		*field[*upstream.UIDTrackingControllerExpectations](rsc, "expectations") =
			upstream.NewUIDTrackingControllerExpectations(upstream.NewControllerExpectations())
		*field[consistency.ConsistencyStore](rsc, "consistencyStore") =
			consistency.NewNoopConsistencyStore()
	}
	return r
}

// newRealFor returns the controller that a world is for.
func newRealFor(world *World) (*real, error) {
	switch world.Kind {
	case "Deployment":
		return newRealDeployment()
	case "StatefulSet":
		return newRealStatefulSet(), nil
	case "DaemonSet":
		return newRealDaemonSet()
	}
	return newRealReplicaSet(), nil
}

// Sync runs the controller once, at the instant of the world.
func (r *real) Sync(t *testing.T, world *World) Outcome {
	world = world.Copy()
	r.fill(world)
	r.forget()
	var outcome Outcome
	synctest.Test(t, func(t *testing.T) {
		for _, at := range world.Earlier {
			time.Sleep(time.Until(epoch.Add(at)))
			r.once(world)
			r.queue.wakeAt(world.Now())
			r.trace.take()
			r.observe()
		}
		time.Sleep(time.Until(world.Now()))
		if now := time.Now(); !now.Equal(world.Now()) {
			t.Fatalf("the bubble's clock says %v instead of %v", now, world.Now())
		}
		outcome.Err = r.once(world)
		outcome.Took = time.Since(world.Now())
	})
	outcome.Sent = r.client.sent
	outcome.WakeAt = r.queue.wakeAt(world.Now())
	outcome.Trace = r.trace.take()
	return outcome
}

// once asks the controller to sync, with an API server that was asked nothing yet.
func (r *real) once(world *World) error {
	r.client.enter(world)
	return r.sync(r.ctx, namespace+"/"+world.owner().GetName())
}

func (r *real) fill(world *World) {
	replace(r.stores.deployments, some(world.Deployment))
	replace(r.stores.replicaSets, world.ReplicaSets)
	replace(r.stores.statefulSets, some(world.StatefulSet))
	replace(r.stores.revisions, world.Revisions)
	replace(r.stores.claims, world.Claims)
	replace(r.stores.daemonSets, some(world.DaemonSet))
	replace(r.stores.nodes, world.Nodes)
	replace(r.stores.pods, world.Pods)
}

// some is the object, or nothing where it is nil.
func some[T any](object *T) []*T {
	if object == nil {
		return nil
	}
	return []*T{object}
}

func replace[T any](store cache.Indexer, objects []*T) {
	items := make([]any, len(objects))
	for i, object := range objects {
		items[i] = object
	}
	if err := store.Replace(items, ""); err != nil {
		panic(err)
	}
}
