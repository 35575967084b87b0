package change

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// everyContainer is how kubectl set image names all containers.
const everyContainer = "*"

// Image is a new image for one container or init container, or for all.
type Image struct {
	Container string // "*" for all
	Image     string
}

// ParseImage reads web=web:2 or *=web:2.
func ParseImage(text string) (Image, error) {
	container, image, ok := strings.Cut(text, "=")
	container, image = strings.TrimSpace(container), strings.TrimSpace(image)
	switch {
	case !ok:
		return Image{}, fmt.Errorf(
			"image %q: write it as CONTAINER=IMAGE, or *=IMAGE for all containers", text)
	case container == "":
		return Image{}, fmt.Errorf("image %q names no container: write it as CONTAINER=IMAGE", text)
	case image == "":
		return Image{}, fmt.Errorf("image %q has nothing behind the =: write it as CONTAINER=IMAGE", text)
	}
	return Image{Container: container, Image: image}, nil
}

// Apply implements Intent.
func (i Image) Apply(to Target) (Edit, error) {
	after, err := to.workload()
	if err != nil {
		return Edit{}, err
	}
	spec := &podTemplate(after).Spec
	initFound, found := i.set(spec.InitContainers), i.set(spec.Containers)
	if !initFound && !found {
		return Edit{}, fmt.Errorf("%s has no container %q: it has %s",
			cluster.RefOf(after), i.Container, containerNames(spec))
	}
	return to.edited(after, request{})
}

func (i Image) set(containers []corev1.Container) (found bool) {
	for at := range containers {
		if i.Container == everyContainer || i.Container == containers[at].Name {
			containers[at].Image = i.Image
			found = true
		}
	}
	return found
}

func containerNames(spec *corev1.PodSpec) string {
	var names []string
	for _, c := range spec.Containers {
		names = append(names, c.Name)
	}
	for _, c := range spec.InitContainers {
		names = append(names, c.Name+" (init)")
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
