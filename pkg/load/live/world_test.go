package live

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// meta is the metadata of an object whose UID tells its kind and name.
func metaOf(kind, namespace, name string, has map[string]string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: namespace, Name: name, UID: types.UID(kind + "/" + namespace + "/" + name),
		ResourceVersion: "1", Generation: 1, Labels: has,
		ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "somebody", Operation: metav1.ManagedFieldsOperationUpdate}},
	}
}

func template(app string) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": app}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: app + ":1"}}},
	}
}

func deployment(namespace, name string, replicas int32) *appsv1.Deployment {
	d := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metaOf("Deployment", namespace, name, map[string]string{"team": name}),
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}},
			Template: template(name),
		},
	}
	defaults.Deployment(d, kubeversion.Latest())
	return d
}

// replicaSet belongs to an owner; nil: it stands alone.
func replicaSet(owner cluster.Object, namespace, name string, replicas int32) *appsv1.ReplicaSet {
	app := name
	if owner != nil {
		app = owner.GetName()
	}
	rs := &appsv1.ReplicaSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ReplicaSet"},
		ObjectMeta: metaOf("ReplicaSet", namespace, name, map[string]string{"app": app}),
		Spec: appsv1.ReplicaSetSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}},
			Template: template(app),
		},
	}
	own(rs, owner)
	defaults.ReplicaSet(rs, kubeversion.Latest())
	return rs
}

func pod(owner cluster.Object, namespace, name, app string) *corev1.Pod {
	p := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metaOf("Pod", namespace, name, map[string]string{"app": app}),
		Spec:       template(app).Spec,
	}
	own(p, owner)
	return p
}

func own(object, owner cluster.Object) {
	if owner != nil {
		kind := owner.GetObjectKind().GroupVersionKind()
		object.SetOwnerReferences([]metav1.OwnerReference{*metav1.NewControllerRef(owner, kind)})
	}
}

func autoscaler(namespace, name, target string) *autoscalingv2.HorizontalPodAutoscaler {
	return &autoscalingv2.HorizontalPodAutoscaler{
		TypeMeta:   metav1.TypeMeta{APIVersion: "autoscaling/v2", Kind: "HorizontalPodAutoscaler"},
		ObjectMeta: metaOf("HorizontalPodAutoscaler", namespace, name, nil),
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: target},
			MaxReplicas:    10,
		},
	}
}

// rolled is a Deployment with its ReplicaSet and pods, settled.
func rolled(namespace, name string, replicas int32) []cluster.Object {
	d := deployment(namespace, name, replicas)
	rs := replicaSet(d, namespace, name+"-1", replicas)
	objects := []cluster.Object{d, rs}
	for i := range replicas {
		objects = append(objects, pod(rs, namespace, fmt.Sprintf("%s-1-%d", name, i), name))
	}
	return objects
}

// find is the object of a kind by name.
func find[T cluster.Object](a *api, name string) T {
	for _, o := range a.objects {
		if found, ok := o.(T); ok && o.GetName() == name {
			return found
		}
	}
	panic("no " + name)
}

func remove(a *api, gone ...cluster.Object) {
	a.objects = keep(a.objects, func(o cluster.Object) bool {
		for _, g := range gone {
			if o.GetUID() == g.GetUID() {
				return false
			}
		}
		return true
	})
}
