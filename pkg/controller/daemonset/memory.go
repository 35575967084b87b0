package daemonset

import (
	"reflect"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// Memory is what the DaemonSet controller keeps from one sync of a DaemonSet to the next.
// How long it leaves failed pods alone is lost when the controller manager starts anew; a
// zero Memory is that of a new one.
type Memory struct {
	failures map[failureKey]*failure
	encoded  encodedTemplate
	parsed   parsedSelector
}

// parsedSelector is the selector of the DaemonSet; objects are replaced and never changed.
type parsedSelector struct {
	from     *metav1.LabelSelector
	selector labels.Selector
}

func (m *Memory) selector(from *metav1.LabelSelector) (labels.Selector, error) {
	if m.parsed.from != nil && m.parsed.from == from {
		return m.parsed.selector, nil
	}
	selector, err := metav1.LabelSelectorAsSelector(from)
	if err == nil {
		m.parsed = parsedSelector{from, selector}
	}
	return selector, err
}

// encodedTemplate is what a revision keeps of a template, so that the next sync need not
// encode it again.
type encodedTemplate struct {
	template *corev1.PodTemplateSpec
	profile  kubeversion.Profile
	data     []byte
}

// data returns revision.DaemonData of the template.
func (m *Memory) data(ds *appsv1.DaemonSet, profile kubeversion.Profile) ([]byte, error) {
	e := &m.encoded
	// Templates that share their parts, as copies of one object do, are compared quickly.
	if e.template != nil && reflect.DeepEqual(e.template, &ds.Spec.Template) && reflect.DeepEqual(e.profile, profile) {
		return e.data, nil
	}
	data, err := revision.DaemonData(&ds.Spec.Template, profile)
	if err != nil {
		return nil, err
	}
	template := ds.Spec.Template
	*e = encodedTemplate{&template, profile, data}
	return data, nil
}

// failureKey names failed pods of a node. A new generation of the DaemonSet, once it was
// observed, starts afresh.
// Follows daemon_controller.go failedPodsBackoffKey, v1.37.0.
type failureKey struct {
	uid        types.UID
	generation int64
	node       string
}

// failure is when a failed pod of a node was last deleted, and how long the next is left
// alone.
type failure struct {
	at    time.Time
	delay time.Duration
}

// The delays of failed pods: 1s, 2s, 4s, … 15m. After twice the longest without a failure
// they start again.
// Follows cmd/kube-controller-manager/app/apps.go newDaemonSetController, v1.37.0.
const (
	firstDelay   = time.Second
	longestDelay = 15 * time.Minute
)

// backOff returns how long failed pods of a node are left alone, and whether that holds
// at now. The delay is not what remains of it.
// Follows k8s.io/client-go/util/flowcontrol/backoff.go IsInBackOffSinceUpdate, v0.37.2.
func (m *Memory) backOff(key failureKey, now time.Time) (delay time.Duration, holds bool) {
	f := m.failures[key]
	if f == nil || f.expired(now) {
		return 0, false
	}
	return f.delay, now.Sub(f.at) < f.delay
}

// fail remembers that a failed pod of a node is deleted now.
// Follows k8s.io/client-go/util/flowcontrol/backoff.go Next, v0.37.2.
func (m *Memory) fail(key failureKey, now time.Time) {
	next := &failure{at: now, delay: firstDelay}
	if f := m.failures[key]; f != nil && !f.expired(now) {
		next.delay = min(2*f.delay, longestDelay)
	}
	if m.failures == nil {
		m.failures = map[failureKey]*failure{}
	}
	m.failures[key] = next
}

// expired follows k8s.io/client-go/util/flowcontrol/backoff.go hasExpired, v0.37.2.
func (f *failure) expired(now time.Time) bool { return now.Sub(f.at) > 2*longestDelay }
