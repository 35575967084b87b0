package validate

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// probes follows pkg/apis/core/validation/validation.go validateLivenessProbe,
// validateReadinessProbe and validateStartupProbe, v1.37.0.
func (p *pod) probes(at *field.Path, container *corev1.Container) {
	p.probe(at.Child("livenessProbe"), container.LivenessProbe)
	p.succeedsOnce(at.Child("livenessProbe"), container.LivenessProbe)
	p.probe(at.Child("startupProbe"), container.StartupProbe)
	p.succeedsOnce(at.Child("startupProbe"), container.StartupProbe)
	readiness := container.ReadinessProbe
	p.probe(at.Child("readinessProbe"), readiness)
	if readiness != nil && readiness.TerminationGracePeriodSeconds != nil {
		p.refuse(at.Child("readinessProbe", "terminationGracePeriodSeconds"),
			"has no meaning in a readiness probe, which ends nothing")
	}
}

// succeedsOnce holds for probes that end a container: one success is enough.
func (p *pod) succeedsOnce(at *field.Path, probe *corev1.Probe) {
	if probe != nil && probe.SuccessThreshold != 1 {
		p.refuse(at.Child("successThreshold"), "is %d: it must be 1", probe.SuccessThreshold)
	}
}

// probe follows pkg/apis/core/validation/validation.go validateProbe, v1.37.0.
func (p *pod) probe(at *field.Path, probe *corev1.Probe) {
	if probe == nil {
		return
	}
	p.handler(at, handler{
		exec: probe.Exec, httpGet: probe.HTTPGet, tcpSocket: probe.TCPSocket, grpc: probe.GRPC,
	})
	p.notNegative(at.Child("initialDelaySeconds"), int64(probe.InitialDelaySeconds))
	p.notNegative(at.Child("timeoutSeconds"), int64(probe.TimeoutSeconds))
	p.notNegative(at.Child("periodSeconds"), int64(probe.PeriodSeconds))
	p.notNegative(at.Child("successThreshold"), int64(probe.SuccessThreshold))
	p.notNegative(at.Child("failureThreshold"), int64(probe.FailureThreshold))
	if grace := probe.TerminationGracePeriodSeconds; grace != nil && *grace <= 0 {
		p.refuse(at.Child("terminationGracePeriodSeconds"), "is %d: it must be above 0", *grace)
	}
}

// lifecycle follows pkg/apis/core/validation/validation.go validateLifecycle, v1.37.0.
func (p *pod) lifecycle(at *field.Path, lifecycle *corev1.Lifecycle) {
	if lifecycle == nil {
		return
	}
	p.hook(at.Child("postStart"), lifecycle.PostStart)
	p.hook(at.Child("preStop"), lifecycle.PreStop)
}

func (p *pod) hook(at *field.Path, hook *corev1.LifecycleHandler) {
	if hook != nil {
		p.handler(at, handler{
			exec: hook.Exec, httpGet: hook.HTTPGet, tcpSocket: hook.TCPSocket, sleep: hook.Sleep,
		})
	}
}

// handler is what a probe or a hook does: one of these.
type handler struct {
	exec      *corev1.ExecAction
	httpGet   *corev1.HTTPGetAction
	tcpSocket *corev1.TCPSocketAction
	grpc      *corev1.GRPCAction
	sleep     *corev1.SleepAction
}

// handler looks into the first kind that is given and refuses those after it.
// Follows pkg/apis/core/validation/validation.go validateHandler, v1.37.0.
func (p *pod) handler(at *field.Path, h handler) {
	found := false
	for _, kind := range []struct {
		key   string
		given bool
		check func(*field.Path)
	}{
		{"exec", h.exec != nil, func(at *field.Path) { p.command(at, h.exec) }},
		{"httpGet", h.httpGet != nil, func(at *field.Path) { p.httpGet(at, h.httpGet) }},
		{"tcpSocket", h.tcpSocket != nil, func(at *field.Path) { p.portOrName(at, h.tcpSocket.Port) }},
		{"grpc", h.grpc != nil, func(at *field.Path) { p.portNumber(at.Child("port"), h.grpc.Port) }},
		{"sleep", h.sleep != nil, func(at *field.Path) { p.sleep(at, h.sleep) }},
	} {
		switch {
		case !kind.given:
		case found:
			p.refuse(at.Child(kind.key), "is one handler too many")
		default:
			found = true
			kind.check(at.Child(kind.key))
		}
	}
	if !found {
		p.refuse(at, "says not what to do: exec, httpGet or another handler is required")
	}
}

func (p *pod) command(at *field.Path, exec *corev1.ExecAction) {
	if len(exec.Command) == 0 {
		p.refuse(at.Child("command"), "is required")
	}
}

// httpGet names a wrong header at the list, as the server does.
// Follows pkg/apis/core/validation/validation.go validateHTTPGetAction, v1.37.0.
func (p *pod) httpGet(at *field.Path, get *corev1.HTTPGetAction) {
	p.required(at.Child("path"), get.Path)
	p.portOrName(at, get.Port)
	oneOf(p.review, at.Child("scheme"), get.Scheme, corev1.URISchemeHTTP, corev1.URISchemeHTTPS)
	for _, header := range get.HTTPHeaders {
		p.conforms(at.Child("httpHeaders"), header.Name, validation.IsHTTPHeaderName,
			"a header name: letters, digits, '-' and '_'")
	}
}

// portOrName does not ask whether the container has a port of that name: the
// server does not either.
func (p *pod) portOrName(at *field.Path, port intstr.IntOrString) {
	if port.Type == intstr.String {
		p.conforms(at.Child("port"), port.StrVal, validation.IsValidPortName, portName)
		return
	}
	p.portNumber(at.Child("port"), port.IntVal)
}

// sleep follows pkg/apis/core/validation/validation.go validateSleepAction, v1.37.0.
func (p *pod) sleep(at *field.Path, sleep *corev1.SleepAction) {
	grace := p.spec.TerminationGracePeriodSeconds
	if grace != nil && (sleep.Seconds < 0 || sleep.Seconds > *grace) {
		p.refuse(at, "is %d seconds: it can be 0 to terminationGracePeriodSeconds, %d", sleep.Seconds, *grace)
	}
}
