package validate

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// pod is a pod template under review, with the volumes that its containers can
// mount: those that are not refused themselves.
type pod struct {
	*review
	spec    *corev1.PodSpec
	volumes map[string]*corev1.Volume
}

// containers follows pkg/apis/core/validation/validation.go validateContainers, v1.37.0.
func (p *pod) containers(at *field.Path) {
	if len(p.spec.Containers) == 0 {
		p.refuse(at, "are required")
	}
	seen := map[string]bool{}
	for i := range p.spec.Containers {
		container, path := &p.spec.Containers[i], at.Index(i)
		p.container(path, container)
		if seen[container.Name] {
			p.refuse(path.Child("name"), "%q is there twice", container.Name)
		}
		seen[container.Name] = true
		p.lifecycle(path.Child("lifecycle"), container.Lifecycle)
		p.probes(path, container)
		p.restartPolicy(path, container, p.allowed.containerRestart)
	}
	p.uniqueHostPorts(at, p.spec.Containers)
}

// initContainers counts names of containers as taken. Host ports are named after
// the first container whichever it is, as the server does.
// Follows pkg/apis/core/validation/validation.go validateInitContainers, v1.37.0.
func (p *pod) initContainers(at *field.Path) {
	seen := map[string]bool{}
	for i := range p.spec.Containers {
		seen[p.spec.Containers[i].Name] = true
	}
	for i := range p.spec.InitContainers {
		container, path := &p.spec.InitContainers[i], at.Index(i)
		p.container(path, container)
		if seen[container.Name] {
			p.refuse(path.Child("name"), "%q is there twice", container.Name)
		}
		if container.Name != "" {
			seen[container.Name] = true
		}
		p.uniqueHostPorts(at, []corev1.Container{*container})
		sidecar := container.RestartPolicy != nil &&
			*container.RestartPolicy == corev1.ContainerRestartPolicyAlways
		p.restartPolicy(path, container, sidecar || p.allowed.containerRestart)
		if sidecar {
			p.lifecycle(path.Child("lifecycle"), container.Lifecycle)
			p.probes(path, container)
			continue
		}
		p.runsOnce(path, container)
	}
}

// runsOnce refuses what only a container that keeps running can have.
func (p *pod) runsOnce(at *field.Path, container *corev1.Container) {
	for _, given := range []struct {
		key string
		set bool
	}{
		{"lifecycle", hooks(container.Lifecycle)},
		{"livenessProbe", container.LivenessProbe != nil},
		{"readinessProbe", container.ReadinessProbe != nil},
		{"startupProbe", container.StartupProbe != nil},
	} {
		if given.set {
			p.refuse(at.Child(given.key), "cannot be set in an init container without restartPolicy Always")
		}
	}
}

// hooks does not count a lifecycle with nothing but a stop signal: servers without
// the gate ContainerStopSignals drop it.
func hooks(lifecycle *corev1.Lifecycle) bool {
	return lifecycle != nil &&
		(lifecycle.PostStart != nil || lifecycle.PreStop != nil || lifecycle.StopSignal == nil)
}

// restartPolicy follows pkg/apis/core/validation/validation.go
// validateContainerRestartPolicy and validateInitContainerRestartPolicy, v1.37.0,
// without the rules themselves.
func (p *pod) restartPolicy(at *field.Path, container *corev1.Container, allowed bool) {
	policy := container.RestartPolicy
	switch {
	case policy == nil && allowed && len(container.RestartPolicyRules) > 0:
		p.refuse(at.Child("restartPolicy"), "is required with restartPolicyRules")
	case policy == nil:
	case !allowed:
		p.refuse(at.Child("restartPolicy"), "is %q: only init containers can have one, and only Always", *policy)
	default:
		oneOf(p.review, at.Child("restartPolicy"), *policy, corev1.ContainerRestartPolicyAlways,
			corev1.ContainerRestartPolicyNever, corev1.ContainerRestartPolicyOnFailure)
	}
}

// container holds what is the same for containers and init containers.
// Follows pkg/apis/core/validation/validation.go validateContainerCommon, v1.37.0.
func (p *pod) container(at *field.Path, container *corev1.Container) {
	if p.required(at.Child("name"), container.Name) {
		p.conforms(at.Child("name"), container.Name, validation.IsDNS1123Label, dnsLabel)
	}
	p.required(at.Child("image"), container.Image)
	oneOf(p.review, at.Child("terminationMessagePolicy"), container.TerminationMessagePolicy,
		corev1.TerminationMessageReadFile, corev1.TerminationMessageFallbackToLogsOnError)
	p.ports(at.Child("ports"), container.Ports)
	p.env(at.Child("env"), container.Env)
	p.envFrom(at.Child("envFrom"), container.EnvFrom)
	p.mounts(at.Child("volumeMounts"), container)
	p.devices(at.Child("volumeDevices"), container)
	oneOf(p.review, at.Child("imagePullPolicy"), container.ImagePullPolicy,
		corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever)
	p.resources(at.Child("resources"), &container.Resources)
	p.security(at.Child("securityContext"), container.SecurityContext)
}

// security leaves privileged containers alone: a flag of the server allows them.
// Follows pkg/apis/core/validation/validation.go ValidateSecurityContext, v1.37.0.
func (p *pod) security(at *field.Path, context *corev1.SecurityContext) {
	if context == nil {
		return
	}
	p.id(at.Child("runAsUser"), context.RunAsUser)
	p.id(at.Child("runAsGroup"), context.RunAsGroup)
	escalation, privileged := context.AllowPrivilegeEscalation, context.Privileged
	if escalation != nil && !*escalation && privileged != nil && *privileged {
		p.refuse(at, "privileged and allowPrivilegeEscalation: false exclude each other")
	}
}

// ports follows pkg/apis/core/validation/validation.go validateContainerPorts, v1.37.0.
func (p *pod) ports(at *field.Path, ports []corev1.ContainerPort) {
	seen := map[string]bool{}
	for i, port := range ports {
		path := at.Index(i)
		if port.Name != "" {
			p.conforms(path.Child("name"), port.Name, validation.IsValidPortName, portName)
			if seen[port.Name] {
				p.refuse(path.Child("name"), "%q is there twice", port.Name)
			}
			seen[port.Name] = true
		}
		p.portNumber(path.Child("containerPort"), port.ContainerPort)
		if port.HostPort != 0 {
			p.portNumber(path.Child("hostPort"), port.HostPort)
		}
		oneOf(p.review, path.Child("protocol"), port.Protocol,
			corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP)
	}
}

func (r *review) portNumber(at *field.Path, port int32) {
	if len(validation.IsValidPortNum(int(port))) > 0 {
		r.refuse(at, "is %d: it can be 1 to 65535", port)
	}
}

// uniqueHostPorts follows pkg/apis/core/validation/validation.go
// AccumulateUniqueHostPorts, v1.37.0.
func (p *pod) uniqueHostPorts(at *field.Path, containers []corev1.Container) {
	taken := map[string]bool{}
	for i := range containers {
		for j, port := range containers[i].Ports {
			if port.HostPort == 0 {
				continue
			}
			key := fmt.Sprintf("%s/%s/%d", port.Protocol, port.HostIP, port.HostPort)
			if taken[key] {
				p.refuse(at.Index(i).Child("ports").Index(j).Child("hostPort"), "%d is taken twice", port.HostPort)
			}
			taken[key] = true
		}
	}
}

// hostPorts follows pkg/apis/core/validation/validation.go
// validatePodHostNetworkDeps, v1.37.0: on the host network, ports are the node's.
func (p *pod) hostPorts(at *field.Path) {
	if !p.spec.HostNetwork {
		return
	}
	for i, container := range p.spec.Containers {
		for j, port := range container.Ports {
			if port.HostPort != 0 && port.HostPort != port.ContainerPort {
				p.refuse(at.Index(i).Child("ports").Index(j).Child("hostPort"),
					"is %d: with hostNetwork it must be containerPort, %d", port.HostPort, port.ContainerPort)
			}
		}
	}
}
