package rollouts

import (
	"context"
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/klog/v2"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
)

// limitedRun is what a rollout took.
type limitedRun struct {
	took     time.Duration // until no size and no pod changed any more
	requests int           // of both controllers
}

// limitedStart is the state in which both sides begin.
type limitedStart struct {
	state *cluster.Snapshot
	at    time.Time
}

// limited is a change of a settled workload by controllers whose requests are limited.
// All pods take the same time.
type limited struct {
	name        string
	workload    cluster.Object
	change      edit
	ready, gone time.Duration
	limit       api.Limit
	// age is how long the workload is left alone before the change: it may then be told
	// of again in events.
	age time.Duration
}

// play lets the real controllers create the workload and then change it.
func (l limited) play(t *testing.T) (start limitedStart, real limitedRun) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(epoch))
		r := newLimitedReal(t, l)
		r.create(l.workload)
		r.settle()
		time.Sleep(l.age)
		start = limitedStart{state: r.store.snapshot(), at: time.Now()}
		before := r.wire.requests.Load()
		r.edit(l.change)
		r.settle()
		real = limitedRun{took: r.pods.changed.Sub(start.at), requests: int(r.wire.requests.Load() - before)}
		r.stop()
	})
	return start, real
}

// limitedReal is a control plane with real clients.
type limitedReal struct {
	*real
	wire *wire
	pods *steady
}

func newLimitedReal(t *testing.T, l limited) *limitedReal {
	s := newStore()
	r := &limitedReal{
		real: &real{store: s, client: newClient(s), profile: kubeversion.Latest()},
		wire: &wire{store: s},
		pods: &steady{store: s, ready: l.ready, gone: l.gone},
	}
	s.admit, s.observe = r.pods.admit, r.pods.observe
	r.factory = informers.NewSharedInformerFactory(r.client, 0)
	r.ctx, r.cancel = context.WithCancel(klog.NewContext(context.Background(), logr.Discard()))
	client := func() kubernetes.Interface {
		client, err := newLimitedClient(r.wire, l.limit)
		if err != nil {
			t.Fatal(err)
		}
		return client
	}
	if resourceOf(l.workload) == statefulSets {
		r.startStateful(true, client())
	} else {
		r.startWith(t, true, client(), client())
	}
	return r
}

// settle waits until nothing was written for longer than any pod and any token takes.
func (r *limitedReal) settle() {
	const quiet = 20 * time.Second
	for last := epoch; !last.Equal(r.pods.written); {
		last = r.pods.written
		time.Sleep(quiet)
		synctest.Wait()
	}
}

// steady stands in for scheduler and kubelets that take the same time for each pod.
type steady struct {
	store       *store
	ready, gone time.Duration
	made        int
	written     time.Time // when anything was written last
	changed     time.Time // when a size or a pod last changed
}

// admit implements store.admit.
func (s *steady) admit(pod *corev1.Pod) {
	s.made++
	if pod.Name == "" {
		pod.Name = fmt.Sprintf("%s%d", pod.GenerateName, s.made)
	}
	pod.Spec.NodeName = "node-of-" + pod.Name
}

// observe implements store.observe.
func (s *steady) observe(before, after cluster.Object) {
	s.written = time.Now()
	switch object := cmpOr(after, before).(type) {
	case *appsv1.ReplicaSet:
		if was, ok := before.(*appsv1.ReplicaSet); !ok || *was.Spec.Replicas != *object.Spec.Replicas {
			s.changed = time.Now()
		}
	case *corev1.Pod:
		what := podChange(before, after)
		if what != "" {
			s.changed = time.Now()
		}
		switch what {
		case created:
			time.AfterFunc(s.ready, func() { s.store.change(object.Name, becomeReady) })
		case deleted:
			time.AfterFunc(s.gone, func() { s.store.remove(object) })
		}
	}
}

func becomeReady(pod *corev1.Pod) {
	if pod.DeletionTimestamp != nil {
		return
	}
	pod.Status.Phase = corev1.PodRunning
	pod.Status.Conditions = []corev1.PodCondition{{
		Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: metav1.Now(),
	}}
}

// forecast simulates the same.
func (l limited) forecast(start limitedStart) (limitedRun, error) {
	before := start.state.Workloads()[0]
	after := edited(kubeversion.Latest(), start.state, l.change)
	result, err := simulate.Run(start.state, []simulate.Change{{Before: before, After: after}}, simulate.Config{
		Profile:   kubeversion.Latest(),
		Now:       start.at,
		Latencies: kubelet.Fixed{ReadyAfter: l.ready, GoneAfter: l.gone},
		Limit:     l.limit,
	})
	if err != nil {
		return limitedRun{}, err
	}
	return limitedRun{took: result.Outcomes[0].LastChange, requests: result.Sent}, nil
}

// off says by what part a forecast is longer or shorter than the real rollout.
func (l limited) off(t *testing.T, index uint64) float64 {
	start, real := l.play(t)
	ours, err := l.forecast(start)
	if err != nil {
		t.Fatal(err)
	}
	if real.took <= 0 { // it was as it shall be
		return ours.took.Seconds()
	}
	off := ours.took.Seconds()/real.took.Seconds() - 1
	t.Logf("%4d: %+5.1f %%, %s and %d requests, real %s and %d: %s",
		index, 100*off, ours.took, ours.requests, real.took, real.requests, l.name)
	return math.Abs(off)
}
