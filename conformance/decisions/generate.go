package decisions

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// generator draws one world.
type generator struct {
	dice
	now   time.Time
	world World
}

func newGenerator(kind string, seed, index uint64) *generator {
	g := &generator{dice: newDice(seed, index)}
	g.world.Kind = kind
	g.world.Offset = g.offset()
	g.now = g.world.Now()
	g.world.Conflicts = g.percent(30)
	return g
}

// template is the version of a pod template; versions differ in their image.
func template(version int) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{
			Labels:      map[string]string{"app": "web", "tier": "front"},
			Annotations: map[string]string{"team": "shop"},
		},
		Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyAlways,
			Containers: []corev1.Container{{
				Name:  "web",
				Image: fmt.Sprintf("web:%d", version),
				Env:   []corev1.EnvVar{{Name: "MODE", Value: "fast"}},
				Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
					corev1.ResourceCPU: resource.MustParse("1"),
				}},
			}},
		},
	}
}

// respelled is a template that means the same and is written differently.
func (g *generator) respelled(template corev1.PodTemplateSpec) corev1.PodTemplateSpec {
	spelled := *template.DeepCopy()
	container := &spelled.Spec.Containers[0]
	switch g.IntN(3) {
	case 0:
		container.Resources.Requests[corev1.ResourceCPU] = resource.MustParse("1000m")
	case 1:
		container.Args = []string{}
	default:
		spelled.Spec.NodeSelector = map[string]string{}
	}
	return spelled
}

func ownerOf(kind, name string, uid types.UID) metav1.OwnerReference {
	yes := true
	return metav1.OwnerReference{
		APIVersion: appsv1.SchemeGroupVersion.String(), Kind: kind, Name: name, UID: uid,
		Controller: &yes, BlockOwnerDeletion: &yes,
	}
}

// bystander is an owner that does not control.
func bystander() metav1.OwnerReference {
	return metav1.OwnerReference{APIVersion: "v1", Kind: "ConfigMap", Name: "notes", UID: "notes"}
}

func (g *generator) deletion(object metav1.Object) {
	at := g.before(g.now)
	object.SetDeletionTimestamp(&at)
	object.SetFinalizers([]string{"example.com/wait"})
}

func (g *generator) version() string { return fmt.Sprint(g.between(1, 99_999)) }
