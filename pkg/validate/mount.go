package validate

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// mounts names a wrong subPath or propagation at the list, as the server does.
// Follows pkg/apis/core/validation/validation.go ValidateVolumeMounts, v1.37.0.
func (p *pod) mounts(at *field.Path, container *corev1.Container) {
	taken, devices := map[string]bool{}, map[string]string{}
	for _, device := range container.VolumeDevices {
		devices[device.Name] = device.DevicePath
	}
	for i, mount := range container.VolumeMounts {
		name, where := at.Index(i).Child("name"), at.Index(i).Child("mountPath")
		if p.required(name, mount.Name) && p.volumes[mount.Name] == nil {
			p.refuse(name, "%q is no volume of this pod", mount.Name)
		}
		p.required(where, mount.MountPath)
		if taken[mount.MountPath] {
			p.refuse(where, "%q is there twice", mount.MountPath)
		}
		taken[mount.MountPath] = true
		p.usedOnce(name, where, used{mount.Name, mount.MountPath, devices})
		p.subPaths(at, i, mount)
		if mount.MountPropagation != nil {
			p.propagation(at.Child("mountPropagation"), *mount.MountPropagation, container)
		}
	}
}

// used is a volume at a path, and the paths by volume of the other way to use one.
type used struct {
	name, path string
	elsewhere  map[string]string
}

// usedOnce refuses a volume or a path that is both mounted and a block device.
// Follows pkg/apis/core/validation/validation.go mountNameAlreadyExists and
// mountPathAlreadyExists, v1.37.0.
func (p *pod) usedOnce(name, where *field.Path, u used) {
	if _, found := u.elsewhere[u.name]; found {
		p.refuse(name, "%q is both mounted and a block device", u.name)
	}
	for _, path := range u.elsewhere {
		if path == u.path {
			p.refuse(where, "%q is both mounted and a block device", u.path)
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
	names, paths, mounts := map[string]bool{}, map[string]bool{}, map[string]string{}
	for _, mount := range container.VolumeMounts {
		mounts[mount.Name] = mount.MountPath
	}
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
		p.usedOnce(name, where, used{device.Name, device.DevicePath, mounts})
		if p.required(where, device.DevicePath) {
			p.inside(where, device.DevicePath)
		}
		if paths[device.DevicePath] {
			p.refuse(where, "%q is there twice", device.DevicePath)
		}
		paths[device.DevicePath] = true
	}
}
