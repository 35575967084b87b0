package decisions

import (
	"context"
	"time"
	_ "unsafe" // for go:linkname

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/client-go/util/workqueue"
	upstream "k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/daemon"
	"k8s.io/kubernetes/pkg/controller/util/consistency"
)

// newRealDaemonSet returns the DaemonSet controller. What it waits to see of its own writes
// is seen already.
func newRealDaemonSet() (*real, error) {
	r, factory := newReal()
	apps, core := factory.Apps().V1(), factory.Core().V1()
	dsc, err := daemon.NewDaemonSetsController(context.Background(), apps.DaemonSets(),
		apps.ControllerRevisions(), core.Pods(), core.Nodes(), r.client, nil)
	if err != nil {
		return nil, err
	}
	*field[record.EventRecorder](dsc, "eventRecorder") = &record.FakeRecorder{}
	*field[upstream.PodControlInterface](dsc, "podControl") = upstream.RealPodControl{
		KubeClient: r.client, Recorder: &record.FakeRecorder{},
	}
	*field[workqueue.TypedRateLimitingInterface[string]](dsc, "queue") = r.queue
	*field[consistency.ConsistencyStore](dsc, "consistencyStore") = consistency.NewNoopConsistencyStore()
	r.sync = *field[func(context.Context, string) error](dsc, "syncHandler")
	r.observe = func() {
		*field[upstream.ControllerExpectationsInterface](dsc, "expectations") =
			upstream.NewControllerExpectations()
	}
	r.forget = func() {
		// The delays are those of cmd/kube-controller-manager/app/apps.go.
		*field[*flowcontrol.Backoff](dsc, "failedPodsBackoff") =
			flowcontrol.NewBackOff(time.Second, 15*time.Minute)
		r.observe()
	}
	return r, nil
}

// daemonData is what a ControllerRevision of a DaemonSet keeps.
//
//go:linkname daemonData k8s.io/kubernetes/pkg/controller/daemon.getPatch
func daemonData(ds *appsv1.DaemonSet) ([]byte, error)
