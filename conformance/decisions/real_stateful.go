package decisions

import (
	"context"
	_ "unsafe" // for go:linkname

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/record"
	upstream "k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/history"
	"k8s.io/kubernetes/pkg/controller/statefulset"
	"k8s.io/kubernetes/pkg/controller/util/consistency"

	// What a controller manager's scheme defaults a StatefulSet with.
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"

	"k8s.io/client-go/util/workqueue"
)

// newRealStatefulSet returns the StatefulSet controller: its sync, which claims
// revisions and pods, around NewDefaultStatefulSetControl, which decides.
func newRealStatefulSet() *real {
	r, factory := newReal()
	apps, core := factory.Apps().V1(), factory.Core().V1()
	ssc := statefulset.NewStatefulSetController(context.Background(), core.Pods(),
		apps.StatefulSets(), core.PersistentVolumeClaims(), apps.ControllerRevisions(), r.client)
	*field[upstream.PodControlInterface](ssc, "podControl") = upstream.RealPodControl{
		KubeClient: r.client, Recorder: &record.FakeRecorder{},
	}
	*field[workqueue.TypedRateLimitingInterface[string]](ssc, "queue") = r.queue
	*field[consistency.ConsistencyStore](ssc, "consistencyStore") =
		consistency.NewNoopConsistencyStore()
	r.sync = func(ctx context.Context, key string) error {
		return syncStatefulSet(ssc, ctx, key)
	}
	// The control remembers which revisions are equal.
	r.forget = func() {
		*field[statefulset.StatefulSetControlInterface](ssc, "control") =
			newStatefulSetControl(r.client, factory)
	}
	return r
}

func newStatefulSetControl(
	c *client, factory informers.SharedInformerFactory,
) statefulset.StatefulSetControlInterface {
	apps, core := factory.Apps().V1(), factory.Core().V1()
	store, recorder := consistency.NewNoopConsistencyStore(), &record.FakeRecorder{}
	revisions := apps.ControllerRevisions()
	return statefulset.NewDefaultStatefulSetControl(
		statefulset.NewStatefulPodControl(c, core.Pods().Lister(),
			core.PersistentVolumeClaims().Lister(), recorder, store),
		statefulset.NewRealStatefulSetStatusUpdater(c, apps.StatefulSets().Lister(), store),
		history.NewHistory(c, revisions.Lister(), revisions.Informer().GetIndexer()),
	)
}

//go:linkname syncStatefulSet k8s.io/kubernetes/pkg/controller/statefulset.(*StatefulSetController).sync
func syncStatefulSet(ssc *statefulset.StatefulSetController, ctx context.Context, key string) error

// newRevision is the ControllerRevision that the controller makes of a StatefulSet.
//
//go:linkname newRevision k8s.io/kubernetes/pkg/controller/statefulset.newRevision
func newRevision(
	set *appsv1.StatefulSet, revision int64, collisionCount *int32,
) (*appsv1.ControllerRevision, error)
