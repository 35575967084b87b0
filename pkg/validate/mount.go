package validate

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// mounts names a wrong subPath or propagation at the list, as the server does.
// Follows pkg/apis/core/validation/validation.go ValidateVolumeMounts, v1.37.0.
func (p *pod) mounts(at *field.Path, container *corev1.Container) {
	taken := map[string]bool{}
	for i, mount := range container.VolumeMounts {
		name, where := at.Index(i).Child("name"), at.Index(i).Child("mountPath")
		p.required(name, mount.Name)
		if p.volumes[mount.Name] == nil {
			p.refuse(name, "%q is no volume of this pod", mount.Name)
		}
		p.required(where, mount.MountPath)
		if taken[mount.MountPath] {
			p.refuse(where, "%q is there twice", mount.MountPath)
		}
		taken[mount.MountPath] = true
		p.apartFromDevices(at.Index(i), mount, container.VolumeDevices)
		p.subPaths(at, i, mount)
		if mount.MountPropagation != nil {
			p.propagation(at.Child("mountPropagation"), *mount.MountPropagation, container)
		}
	}
}

// apartFromDevices refuses a volume or path that is also used as a block device.
func (p *pod) apartFromDevices(at *field.Path, mount corev1.VolumeMount, devices []corev1.VolumeDevice) {
	for _, device := range devices {
		if device.Name == mount.Name {
			p.refuse(at.Child("name"), "%q is also a volume device", mount.Name)
		}
	}
}

func (p *pod) subPaths(at *field.Path, i int, mount corev1.VolumeMount) {
	if mount.SubPath != "" {
		p.below(at.Child("subPath"), mount.SubPath)
	}
	if mount.SubPathExpr != "" {
		p.below(at.Child("subPathExpr"), mount.SubPathExpr)
		if mount.SubPath != "" {
			p.refuse(at.Index(i).Child("subPathExpr"), "excludes subPath")
		}
	}
}

// propagation follows pkg/apis/core/validation/validation.go validateMountPropagation, v1.37.0.
func (p *pod) propagation(
	at *field.Path, mode corev1.MountPropagationMode, container *corev1.Container,
) {
	oneOf(p.review, at, mode, corev1.MountPropagationBidirectional,
		corev1.MountPropagationHostToContainer, corev1.MountPropagationNone)
	security := container.SecurityContext
	privileged := security != nil && security.Privileged != nil && *security.Privileged
	if mode == corev1.MountPropagationBidirectional && !privileged {
		p.refuse(at, "Bidirectional needs a privileged container")
	}
}

// devices follows pkg/apis/core/validation/validation.go ValidateVolumeDevices, v1.37.0.
func (p *pod) devices(at *field.Path, container *corev1.Container) {
	names, paths := map[string]bool{}, map[string]bool{}
	for i, device := range container.VolumeDevices {
		name, where := at.Index(i).Child("name"), at.Index(i).Child("devicePath")
		volume := p.volumes[device.Name]
		switch {
		case !p.required(name, device.Name):
		case volume == nil:
			p.refuse(name, "%q is no volume of this pod", device.Name)
		case volume.PersistentVolumeClaim == nil && volume.Ephemeral == nil:
			p.refuse(name, "%q is no claim: only those can be block devices", device.Name)
		case names[device.Name]:
			p.refuse(name, "%q is there twice", device.Name)
		}
		names[device.Name] = true
		if p.required(where, device.DevicePath) {
			p.inside(where, device.DevicePath)
		}
		if paths[device.DevicePath] {
			p.refuse(where, "%q is there twice", device.DevicePath)
		}
		paths[device.DevicePath] = true
	}
}
