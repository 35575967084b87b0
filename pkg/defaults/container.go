package defaults

import corev1 "k8s.io/api/core/v1"

// container fills in one container of any of the three lists.
// Follows pkg/apis/core/v1/defaults.go SetDefaults_Container, v1.37.0.
func container(c *corev1.Container) {
	value(&c.ImagePullPolicy, pullPolicy(c.Image))
	value(&c.TerminationMessagePath, corev1.TerminationMessagePathDefault)
	value(&c.TerminationMessagePolicy, corev1.TerminationMessageReadFile)
	for i := range c.Ports {
		value(&c.Ports[i].Protocol, corev1.ProtocolTCP)
	}
	for i := range c.Env {
		envSource(c.Env[i].ValueFrom)
	}
	quantities(c.Resources.Limits)
	quantities(c.Resources.Requests)
	probe(c.LivenessProbe)
	probe(c.ReadinessProbe)
	probe(c.StartupProbe)
	if c.Lifecycle != nil {
		lifecycleHandler(c.Lifecycle.PostStart)
		lifecycleHandler(c.Lifecycle.PreStop)
	}
}

// envSource fills in where an environment variable comes from.
// Follows pkg/apis/core/v1/zz_generated.defaults.go SetObjectDefaults_Pod, v1.37.0.
func envSource(source *corev1.EnvVarSource) {
	if source == nil {
		return
	}
	fieldSelector(source.FieldRef)
	if source.FileKeyRef != nil {
		pointer(&source.FileKeyRef.Optional, false)
	}
}

// fieldSelector is shared by environment variables and downward API volumes.
// Follows pkg/apis/core/v1/defaults.go SetDefaults_ObjectFieldSelector, v1.37.0.
func fieldSelector(selector *corev1.ObjectFieldSelector) {
	if selector != nil {
		value(&selector.APIVersion, "v1")
	}
}

// lifecycleHandler fills in a hook that runs after start or before stop.
// Follows pkg/apis/core/v1/zz_generated.defaults.go SetObjectDefaults_Pod, v1.37.0.
func lifecycleHandler(handler *corev1.LifecycleHandler) {
	if handler != nil {
		httpGet(handler.HTTPGet)
	}
}
