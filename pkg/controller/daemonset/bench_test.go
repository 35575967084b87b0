package daemonset

import (
	"container/heap"
	"fmt"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// BenchmarkRollout replaces the pods of all nodes; each takes 10s to become ready and 1s to
// go, so that with maxUnavailable 1 there are four syncs a node. Ten times the nodes are to
// take no more than 12 times the time.
func BenchmarkRollout(b *testing.B) {
	for _, nodes := range []int{6500, 65000} {
		for _, allowed := range []string{"1", "10%"} {
			b.Run(fmt.Sprintf("nodes=%d/unavailable=%s", nodes, allowed), func(b *testing.B) {
				for b.Loop() {
					rollOut(b, newFleet(nodes, func(r *appsv1.RollingUpdateDaemonSet) {
						value := intstr.Parse(allowed)
						r.MaxUnavailable = &value
					}))
				}
			})
		}
		b.Run(fmt.Sprintf("nodes=%d/surge=10%%", nodes), func(b *testing.B) {
			for b.Loop() {
				rollOut(b, newFleet(nodes, func(r *appsv1.RollingUpdateDaemonSet) {
					value := intstr.FromString("10%")
					r.MaxUnavailable, r.MaxSurge = &intstr.IntOrString{}, &value
				}))
			}
		})
	}
}

// BenchmarkNodes finds out which of 65,000 nodes a DaemonSet is for.
func BenchmarkNodes(b *testing.B) {
	nodes := manyNodes(65000)
	for i, node := range nodes {
		node.Labels = map[string]string{"zone": fmt.Sprint(i % 3), "kubernetes.io/hostname": node.Name}
	}
	ds := bareSet()
	ds.Spec.Template.Spec.Affinity = inZones([]string{"0", "1"})
	for b.Loop() {
		f := &fleet{nodes: NewNodes(nodes), pods: NewPodSet(nil), ds: stored(nil, ds, kubeversion.Latest())}
		f.pods.Follow(f.view(), "hash", time.Time{})
	}
}

// fleet is a world for many nodes that tells nothing.
type fleet struct {
	controller.Accepting
	ds        *appsv1.DaemonSet
	nodes     *Nodes
	pods      *PodSet
	memory    Memory
	revisions []*appsv1.ControllerRevision
	now       time.Time
	due       dues
	serial    int32
	syncs     int
}

// newFleet is a cluster whose DaemonSet was just given another image.
func newFleet(nodes int, set func(*appsv1.RollingUpdateDaemonSet)) *fleet {
	f := &fleet{nodes: NewNodes(manyNodes(nodes)), now: time.Unix(1_000_000_000, 0)}
	f.ds = stored(nil, bareSet(), kubeversion.Latest())
	set(f.ds.Spec.UpdateStrategy.RollingUpdate)
	var pods []*controller.Pod
	for i, node := range f.nodes.All() {
		pods = append(pods, &controller.Pod{
			Name: fmt.Sprintf("old-%d", i), Node: node.Name, Labels: map[string]string{hashLabel: "old"},
			CreatedAt: time.Unix(0, 0), ReadyAt: time.Unix(0, 0), Ready: true, Phase: controller.Running,
		})
	}
	f.pods = NewPodSet(pods)
	before := f.ds
	f.ds = f.ds.DeepCopy()
	f.ds.Spec.Template.Spec.Containers[0].Image = "web:2"
	f.ds.Generation++
	stored(before, f.ds, kubeversion.Latest())
	return f
}

func (f *fleet) view() View {
	return View{DaemonSet: f.ds, Nodes: f.nodes, Pods: f.pods, Revisions: f.revisions, Memory: &f.memory,
		Lookup:  func(string) *appsv1.ControllerRevision { return nil },
		Profile: kubeversion.Latest(), API: f}
}

func rollOut(b *testing.B, f *fleet) {
	for {
		for f.sync() {
		}
		if len(f.due) == 0 {
			break
		}
		next := heap.Pop(&f.due).(due)
		f.now = next.at
		next.do()
	}
	if counts := f.pods.Counts(f.now); !Complete(f.ds) || counts.Total != int32(len(f.nodes.All())) || counts.Terminating != 0 {
		b.Fatalf("%+v %+v", counts, f.ds.Status)
	}
	b.ReportMetric(float64(f.syncs), "syncs/op")
}

// sync lets the controller work once, and reports whether it did anything.
func (f *fleet) sync() bool {
	f.syncs++
	decision := Decide(f.view(), f.now)
	for _, write := range decision.Writes {
		switch body := write.Body.(type) {
		case *appsv1.DaemonSet:
			f.ds = body
		case *appsv1.ControllerRevision:
			f.revisions = append(f.revisions, body)
		case *corev1.Pod:
			f.create(body, write.Nodes)
		}
		for _, pod := range write.Pods {
			f.pods.Terminate(pod)
			f.after(time.Second, func() { f.pods.Remove(pod) })
		}
	}
	return len(decision.Writes) > 0
}

func (f *fleet) create(body *corev1.Pod, nodes []string) {
	for _, node := range nodes {
		f.serial++
		pod := &controller.Pod{
			UID: types.UID(node), Node: node, Labels: body.Labels, CreatedAt: f.now, Ordinal: f.serial,
		}
		f.pods.Add(pod)
		f.after(10*time.Second+time.Duration(f.serial)*time.Microsecond, func() { f.pods.MarkReady(pod, f.now) })
	}
}

func (f *fleet) after(wait time.Duration, do func()) {
	heap.Push(&f.due, due{f.now.Add(wait), do})
}

type dues []due

func (d dues) Len() int           { return len(d) }
func (d dues) Less(i, j int) bool { return d[i].at.Before(d[j].at) }
func (d dues) Swap(i, j int)      { d[i], d[j] = d[j], d[i] }
func (d *dues) Push(x any)        { *d = append(*d, x.(due)) }
func (d *dues) Pop() any {
	last := len(*d) - 1
	x := (*d)[last]
	*d = (*d)[:last]
	return x
}
