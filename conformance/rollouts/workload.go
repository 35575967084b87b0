package rollouts

import (
	"fmt"
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// newDeployment is a Deployment of one container, as an API server stores it.
func newDeployment(adjust ...edit) *appsv1.Deployment {
	d := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: namespace, Labels: map[string]string{"team": "shop"}},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
			Template: template(),
		},
	}
	for _, e := range adjust {
		e.apply(d)
	}
	defaults.Deployment(d, kubeversion.Latest())
	return d
}

// newReplicaSet is a ReplicaSet that no Deployment owns.
func newReplicaSet(adjust ...edit) *appsv1.ReplicaSet {
	d := newDeployment()
	rs := &appsv1.ReplicaSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ReplicaSet"},
		ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: namespace, Labels: d.Spec.Selector.MatchLabels},
		Spec:       appsv1.ReplicaSetSpec{Selector: d.Spec.Selector, Template: d.Spec.Template},
	}
	for _, e := range adjust {
		e.apply(rs)
	}
	return rs
}

func template() corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "web"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "web:1"}}},
	}
}

func describe(object cluster.Object) string {
	switch o := object.(type) {
	case *appsv1.StatefulSet:
		return describeStatefulSet(o)
	case *appsv1.DaemonSet:
		return describeDaemonSet(o)
	case *appsv1.ReplicaSet:
		return fmt.Sprintf("ReplicaSet of %d, minReadySeconds %d", *o.Spec.Replicas, o.Spec.MinReadySeconds)
	}
	d := object.(*appsv1.Deployment)
	text := fmt.Sprintf("Deployment of %d, %s", *d.Spec.Replicas, d.Spec.Strategy.Type)
	if rolling := d.Spec.Strategy.RollingUpdate; rolling != nil {
		text += fmt.Sprintf(" %s/%s", rolling.MaxSurge, rolling.MaxUnavailable)
	}
	return text + fmt.Sprintf(", minReadySeconds %d, deadline %s, history %s", d.Spec.MinReadySeconds,
		show(d.Spec.ProgressDeadlineSeconds), show(d.Spec.RevisionHistoryLimit))
}

func show(number *int32) string {
	if number == nil {
		return "none"
	}
	return fmt.Sprint(*number)
}

// The edits. Those of a Deployment only must not be applied to a ReplicaSet.

func onDeployment(name string, apply func(*appsv1.Deployment)) edit {
	return edit{name: name, apply: func(object cluster.Object) { apply(object.(*appsv1.Deployment)) }}
}

// common are the fields that several kinds have; nil where one has not.
type common struct {
	replicas, historyLimit **int32
	minReady               *int32
	template               *corev1.PodTemplateSpec
}

func commonOf(object cluster.Object) common {
	switch o := object.(type) {
	case *appsv1.Deployment:
		return common{&o.Spec.Replicas, &o.Spec.RevisionHistoryLimit, &o.Spec.MinReadySeconds, &o.Spec.Template}
	case *appsv1.StatefulSet:
		return common{&o.Spec.Replicas, &o.Spec.RevisionHistoryLimit, &o.Spec.MinReadySeconds, &o.Spec.Template}
	case *appsv1.DaemonSet:
		return common{nil, &o.Spec.RevisionHistoryLimit, &o.Spec.MinReadySeconds, &o.Spec.Template}
	}
	rs := object.(*appsv1.ReplicaSet)
	return common{replicas: &rs.Spec.Replicas, minReady: &rs.Spec.MinReadySeconds, template: &rs.Spec.Template}
}

func onAny(name string, apply func(common)) edit {
	return edit{name: name, apply: func(object cluster.Object) { apply(commonOf(object)) }}
}

func image(version string) edit {
	return onAny("image "+version, func(c common) { c.template.Spec.Containers[0].Image = version })
}

func scale(replicas int32) edit {
	return onAny(fmt.Sprintf("scale to %d", replicas), func(c common) { *c.replicas = &replicas })
}

func minReady(seconds int32) edit {
	return onAny(fmt.Sprintf("minReadySeconds %d", seconds), func(c common) { *c.minReady = seconds })
}

func historyLimit(limit int32) edit {
	return onAny(fmt.Sprintf("revisionHistoryLimit %d", limit), func(c common) { *c.historyLimit = &limit })
}

func paused(is bool) edit {
	return onDeployment(fmt.Sprintf("paused %v", is), func(d *appsv1.Deployment) { d.Spec.Paused = is })
}

func rolling(surge, unavailable string) edit {
	return onDeployment("rolling "+surge+"/"+unavailable, func(d *appsv1.Deployment) {
		up, down := intstr.Parse(surge), intstr.Parse(unavailable)
		d.Spec.Strategy = appsv1.DeploymentStrategy{
			Type:          appsv1.RollingUpdateDeploymentStrategyType,
			RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: &up, MaxUnavailable: &down},
		}
	})
}

func recreate() edit {
	return onDeployment("recreate", func(d *appsv1.Deployment) {
		d.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
	})
}

// unlimited stands for no progressDeadlineSeconds and for no revisionHistoryLimit:
// the API server would put its default in place of nil.
const unlimited int32 = 1<<31 - 1

func deadline(seconds int32) edit {
	return onDeployment(fmt.Sprintf("progressDeadlineSeconds %d", seconds), func(d *appsv1.Deployment) {
		d.Spec.ProgressDeadlineSeconds = &seconds
	})
}

func annotate(value string) edit {
	return edit{name: "annotate " + value, apply: func(object cluster.Object) {
		annotations := maps.Clone(object.GetAnnotations())
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations["contact"] = value
		object.SetAnnotations(annotations)
	}}
}

func together(edits ...edit) edit {
	all := edit{name: names(edits)}
	all.apply = func(object cluster.Object) {
		for _, e := range edits {
			e.apply(object)
		}
	}
	return all
}
