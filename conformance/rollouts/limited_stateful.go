package rollouts

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/informers"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/statefulset"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
)

// limitedSet is a change of a settled StatefulSet by a controller whose requests are
// limited. All pods take the same time.
type limitedSet struct {
	replicas, after int32 // before and after the change
	image           string
	parallel        bool
	unavailable     intstr.IntOrString
	claims          int
	ready, gone     time.Duration
	limit           api.Limit
	age             time.Duration
}

// String is the world in a line.
func (w limitedSet) String() string {
	return fmt.Sprintf("%d to %d replicas of %s, parallel %v, %s missing, %d claims, ready %s, gone %s, %g/s burst %d, %s old",
		w.replicas, w.after, w.image, w.parallel, w.unavailable.String(), w.claims, w.ready, w.gone,
		w.limit.QPS, w.limit.Burst, w.age)
}

// drawLimitedSet draws a world.
func drawLimitedSet(seed, index uint64) limitedSet {
	rng := rand.New(rand.NewPCG(seed, index))
	w := limitedSet{
		replicas: 5 + rng.Int32N(30), image: "web:2", parallel: rng.IntN(3) > 0,
		unavailable: intstr.FromString(fmt.Sprintf("%d%%", 1+rng.IntN(60))),
		claims:      rng.IntN(3),
		ready:       time.Duration(50+rng.IntN(4000)) * time.Millisecond,
		gone:        time.Duration(50+rng.IntN(2000)) * time.Millisecond,
		limit:       api.Limit{QPS: 2 + 20*rng.Float64(), Burst: 1 + rng.IntN(30)},
		age:         time.Duration(10+rng.IntN(10_000)) * time.Second,
	}
	w.after = w.replicas
	if rng.IntN(3) == 0 {
		w.image, w.after = "web:1", rng.Int32N(60)
	}
	return w
}

func (w limitedSet) statefulSet() *appsv1.StatefulSet {
	return newStatefulSet(kubeversion.Latest(), claimTemplates([]string{"data", "logs"}[:w.claims]...),
		onStatefulSet("its size and strategy", func(set *appsv1.StatefulSet) {
			set.Spec.Replicas = &w.replicas
			set.Spec.PodManagementPolicy = appsv1.OrderedReadyPodManagement
			if w.parallel {
				set.Spec.PodManagementPolicy = appsv1.ParallelPodManagement
			}
			set.Spec.UpdateStrategy = appsv1.StatefulSetUpdateStrategy{
				Type:          appsv1.RollingUpdateStatefulSetStrategyType,
				RollingUpdate: &appsv1.RollingUpdateStatefulSetStrategy{MaxUnavailable: &w.unavailable},
			}
		}))
}

func (w limitedSet) change(object cluster.Object) {
	set := object.(*appsv1.StatefulSet)
	set.Spec.Replicas = &w.after
	set.Spec.Template.Spec.Containers[0].Image = w.image
}

// play lets the real controller create the StatefulSet and then change it.
func (w limitedSet) play(t *testing.T) (start limitedStart, real limitedRun) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(epoch))
		r := newLimitedRealSet(t, w)
		r.create(w.statefulSet())
		r.settle()
		time.Sleep(w.age)
		start = limitedStart{state: r.store.snapshot(), at: time.Now()}
		before := r.wire.requests.Load()
		r.edit(edit{apply: w.change})
		r.settle()
		real = limitedRun{took: r.pods.changed.Sub(start.at), requests: int(r.wire.requests.Load() - before)}
		r.stop()
	})
	return start, real
}

func newLimitedRealSet(t *testing.T, w limitedSet) *limitedReal {
	s := newStore()
	r := &limitedReal{
		real: &real{store: s, client: newClient(s), profile: kubeversion.Latest()},
		wire: &wire{store: s},
		pods: &steady{store: s, ready: w.ready, gone: w.gone},
	}
	s.admit, s.observe = r.pods.admit, r.pods.observe
	r.factory = informers.NewSharedInformerFactory(r.client, 0)
	r.ctx, r.cancel = context.WithCancel(klog.NewContext(context.Background(), logr.Discard()))
	client, err := newLimitedClient(r.wire, w.limit)
	if err != nil {
		t.Fatal(err)
	}
	apps, core := r.factory.Apps().V1(), r.factory.Core().V1()
	r.run(statefulset.NewStatefulSetController(r.ctx, core.Pods(), apps.StatefulSets(),
		core.PersistentVolumeClaims(), apps.ControllerRevisions(), client))
	return r
}

// forecast simulates the same.
func (w limitedSet) forecast(start limitedStart) (limitedRun, error) {
	before := start.state.StatefulSets[0]
	after := before.DeepCopy()
	w.change(after)
	result, err := simulate.Run(start.state, []simulate.Change{{Before: before, After: after}}, simulate.Config{
		Profile:   kubeversion.Latest(),
		Now:       start.at,
		Latencies: kubelet.Fixed{ReadyAfter: w.ready, GoneAfter: w.gone},
		Limit:     w.limit,
	})
	if err != nil {
		return limitedRun{}, err
	}
	return limitedRun{took: result.Outcomes[0].LastChange, requests: result.Sent}, nil
}
