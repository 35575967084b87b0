package live

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
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

// statefulSet has a Service of its name and a claim for each pod.
func statefulSet(namespace, name string, replicas int32) *appsv1.StatefulSet {
	set := &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: metaOf("StatefulSet", namespace, name, map[string]string{"team": name}),
		Spec: appsv1.StatefulSetSpec{
			Replicas: &replicas, ServiceName: name,
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}},
			Template: template(name),
			VolumeClaimTemplates: []corev1.PersistentVolumeClaim{{
				ObjectMeta: metav1.ObjectMeta{Name: "data"},
				Spec: corev1.PersistentVolumeClaimSpec{
					AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
					Resources: corev1.VolumeResourceRequirements{
						Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")},
					},
				},
			}},
		},
	}
	defaults.StatefulSet(set, kubeversion.Latest())
	return set
}

func controllerRevision(owner cluster.Object, namespace, name, app string) *appsv1.ControllerRevision {
	r := &appsv1.ControllerRevision{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ControllerRevision"},
		ObjectMeta: metaOf("ControllerRevision", namespace, name, map[string]string{"app": app}),
		Data:       runtime.RawExtension{Raw: []byte(`{"spec":{}}`)},
		Revision:   1,
	}
	own(r, owner)
	return r
}

func claim(namespace, name string) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: metaOf("PersistentVolumeClaim", namespace, name, nil),
	}
}

func service(namespace, name string) *corev1.Service {
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: metaOf("Service", namespace, name, nil),
		Spec:       corev1.ServiceSpec{ClusterIP: corev1.ClusterIPNone},
	}
}

// stateful is a StatefulSet with all that it has, settled.
func stateful(namespace, name string, replicas int32) []cluster.Object {
	set := statefulSet(namespace, name, replicas)
	objects := []cluster.Object{set, controllerRevision(set, namespace, name+"-a", name), service(namespace, name)}
	for i := range replicas {
		pod := pod(set, namespace, fmt.Sprintf("%s-%d", name, i), name)
		objects = append(objects, pod, claim(namespace, "data-"+pod.Name))
	}
	return objects
}

// daemonSet runs on so many nodes.
func daemonSet(namespace, name string, nodes int32) *appsv1.DaemonSet {
	ds := &appsv1.DaemonSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"},
		ObjectMeta: metaOf("DaemonSet", namespace, name, map[string]string{"team": name}),
		Spec: appsv1.DaemonSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}},
			Template: template(name),
		},
		Status: appsv1.DaemonSetStatus{DesiredNumberScheduled: nodes},
	}
	defaults.DaemonSet(ds, kubeversion.Latest())
	return ds
}

// everywhere is a DaemonSet with its revision and pods, settled on so many nodes.
func everywhere(namespace, name string, nodes int32) []cluster.Object {
	ds := daemonSet(namespace, name, nodes)
	objects := []cluster.Object{ds, controllerRevision(ds, namespace, name+"-a", name)}
	for i := range nodes {
		p := pod(ds, namespace, fmt.Sprintf("%s-%d", name, i), name)
		p.Spec.NodeName = fmt.Sprintf("n%d", i)
		objects = append(objects, p)
	}
	return objects
}

// node has what a kubelet reports, most of which is of no interest.
func node(name string) *corev1.Node {
	n := &corev1.Node{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: metaOf("Node", "", name, map[string]string{
			corev1.LabelHostname: name, corev1.LabelOSStable: "linux", corev1.LabelTopologyZone: "z" + name[len(name)-1:],
		}),
		Spec: corev1.NodeSpec{PodCIDR: "10.0.0.0/24", Taints: []corev1.Taint{{Key: "a", Effect: corev1.TaintEffectNoSchedule}}},
		Status: corev1.NodeStatus{
			Conditions: []corev1.NodeCondition{
				{Type: corev1.NodeMemoryPressure, Status: corev1.ConditionFalse, Message: "kubelet has sufficient memory available"},
				{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady", Message: "kubelet is posting ready status"},
			},
			Addresses: []corev1.NodeAddress{{Type: corev1.NodeHostName, Address: name}},
		},
	}
	n.Annotations = map[string]string{"volumes.kubernetes.io/controller-managed-attach-detach": "true"}
	for i := range 50 {
		n.Status.Images = append(n.Status.Images, corev1.ContainerImage{
			Names: []string{fmt.Sprintf("registry.example.com/team/image-%d@sha256:%064d", i, i)}, SizeBytes: int64(i),
		})
	}
	return n
}

// someNodes are n0, n1 and so on.
func someNodes(number int) []cluster.Object {
	var nodes []cluster.Object
	for i := range number {
		nodes = append(nodes, node(fmt.Sprintf("n%d", i)))
	}
	return nodes
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
