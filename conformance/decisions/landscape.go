package decisions

import (
	"bytes"
	"cmp"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/klog/v2"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	upstream "k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/daemon"
	daemonutil "k8s.io/kubernetes/pkg/controller/daemon/util"
)

// hashLabel is the label with the hash of a template: of revisions and of pods.
const hashLabel = appsv1.DefaultDaemonSetUniqueLabelKey

// landscape is a world of a DaemonSet, node by node, read with functions of Kubernetes: it
// tells which nodes and pods the controller may choose among.
type landscape struct {
	world   *World
	hash    string // of the revision to update to
	surge   bool
	desired int
	sites   []*site
	siteOf  map[string]*site // by name of the node
	onSite  map[string]*site // by name of the pod
}

// site is a node, or what pods take for one, with its pods.
type site struct {
	node          string
	exists        bool
	should, stays bool
	pods          []*corev1.Pod // without those that have ended and are being deleted
	running       int
	// fresh and old are the pods at the revision to update to and at others, those that are
	// being deleted left out; crowded: there are several of a kind.
	fresh, old *corev1.Pod
	crowded    bool
}

// newLandscape takes from what was sent which orphans the controller got.
func newLandscape(world *World, real Outcome) *landscape {
	l := &landscape{world: world, hash: daemonHash(world, patched(real, "controllerrevisions")),
		siteOf: map[string]*site{}, onSite: map[string]*site{}}
	for _, node := range world.Nodes {
		s := l.at(node.Name)
		s.exists = true
		s.should, s.stays = daemon.NodeShouldRunDaemonPod(klog.Background(), node, world.DaemonSet)
		if s.should {
			l.desired++
		}
	}
	surge, err := daemonutil.SurgeCount(world.DaemonSet, l.desired)
	l.surge = err == nil && surge != 0
	taken := adopted(real)
	selector, err := metav1.LabelSelectorAsSelector(world.DaemonSet.Spec.Selector)
	if err != nil {
		selector = labels.Nothing()
	}
	for _, pod := range world.Pods {
		orphan := metav1.GetControllerOf(pod) == nil && taken[pod.Name]
		if (orphan || ofDaemonSet(world, pod)) && selector.Matches(labels.Set(pod.Labels)) {
			l.place(pod)
		}
	}
	for _, s := range l.sites {
		l.read(s)
	}
	return l
}

func (l *landscape) at(node string) *site {
	if l.siteOf[node] == nil {
		l.siteOf[node] = &site{node: node}
		l.sites = append(l.sites, l.siteOf[node])
	}
	return l.siteOf[node]
}

func (l *landscape) place(pod *corev1.Pod) {
	node, err := daemonutil.GetTargetNodeName(pod)
	if err != nil || podutil.IsPodTerminal(pod) && pod.DeletionTimestamp != nil {
		return
	}
	s := l.at(node)
	s.pods = append(s.pods, pod)
	l.onSite[pod.Name] = s
}

func (l *landscape) read(s *site) {
	slices.SortFunc(s.pods, func(a, b *corev1.Pod) int {
		if (a.Spec.NodeName == "") != (b.Spec.NodeName == "") {
			return cmp.Compare(b.Spec.NodeName, a.Spec.NodeName)
		}
		return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), cmp.Compare(a.Name, b.Name))
	})
	for _, pod := range s.pods {
		if pod.DeletionTimestamp != nil {
			continue
		}
		if !podutil.IsPodTerminal(pod) {
			s.running++
		}
		kind := &s.old
		if l.updated(pod) {
			kind = &s.fresh
		}
		s.crowded = s.crowded || *kind != nil
		*kind = pod
	}
}

func (l *landscape) updated(pod *corev1.Pod) bool {
	generation, err := daemonutil.GetTemplateGeneration(l.world.DaemonSet)
	if err != nil {
		generation = nil
	}
	return daemonutil.IsPodUpdated(pod, l.hash, generation)
}

func (l *landscape) available(pod *corev1.Pod) bool {
	return podutil.IsPodAvailable(pod, l.world.DaemonSet.Spec.MinReadySeconds, metav1.NewTime(l.world.Now()))
}

// The classes of pods that may be deleted, and of nodes that may get one.
const (
	adrift    = "waits for a node that is gone"
	unfit     = "may not stay"
	failed    = "failed"
	succeeded = "succeeded"
	excess    = "one of several"
	replaced  = "old, with a new one that is available"
	broken    = "old, not available"
	leaving   = "old, on a node that should have none"
	candidate = "old"
	lacking   = "has none"
)

// class is why a pod may be deleted; empty: it may not.
func (l *landscape) class(name string) string {
	s := l.onSite[name]
	if s == nil {
		return ""
	}
	at := slices.IndexFunc(s.pods, func(pod *corev1.Pod) bool { return pod.Name == name })
	pod := s.pods[at]
	switch {
	case !s.exists && pod.Spec.NodeName == "":
		return adrift
	case pod.DeletionTimestamp != nil:
		return ""
	case s.exists && !s.stays:
		return unfit
	case s.exists && pod.Status.Phase == corev1.PodFailed:
		return failed
	case s.exists && pod.Status.Phase == corev1.PodSucceeded:
		return succeeded
	case s.running > 1:
		return excess
	}
	return l.classOfOld(s, pod)
}

// classOfOld is that of a pod if it is the old one of a node.
func (l *landscape) classOfOld(s *site, pod *corev1.Pod) string {
	switch {
	case s.crowded || pod == nil || s.old != pod:
		return ""
	case s.fresh != nil && l.surge && l.available(s.fresh):
		return replaced
	case s.fresh != nil:
		return ""
	case !l.available(pod):
		return broken
	case l.surge && !s.should:
		return leaving
	}
	return candidate
}

// needs is why a node may get a pod; empty: it may not.
func (l *landscape) needs(node string) string {
	switch s := l.siteOf[node]; {
	case s == nil || !s.should:
		return ""
	case len(s.pods) == 0 || s.running == 0 && daemonutil.AllowsSurge(l.world.DaemonSet):
		return lacking
	case l.surge:
		return l.classOfOld(s, s.old)
	}
	return ""
}

// daemonHash is the hash that pods of the template have: that of the highest revision with
// the template, or of the one that is created. Of orphans those count that were adopted.
func daemonHash(world *World, adopted map[string]bool) string {
	ds := world.DaemonSet
	var kept *appsv1.ControllerRevision
	for _, revision := range inNamespace(world.Revisions) {
		orphan := metav1.GetControllerOf(revision) == nil && adopted[revision.Name]
		mine := metav1.IsControlledBy(revision, ds) && revision.Labels["app"] != "other"
		if (orphan || mine) && sameTemplate(ds, revision) && (kept == nil || revision.Revision >= kept.Revision) {
			kept = revision
		}
	}
	if kept == nil {
		hash := upstream.ComputeHash(&ds.Spec.Template, ds.Status.CollisionCount)
		if taken := world.revision(ds.Name + "-" + hash); taken != nil {
			return taken.Labels[hashLabel]
		}
		return hash
	}
	if hash, labelled := kept.Labels[hashLabel]; labelled {
		return hash
	}
	return kept.Name
}

func sameTemplate(ds *appsv1.DaemonSet, revision *appsv1.ControllerRevision) bool {
	data, err := daemonData(ds)
	if err != nil {
		panic(err)
	}
	return bytes.Equal(data, revision.Data.Raw)
}
