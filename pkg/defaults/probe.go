package defaults

import corev1 "k8s.io/api/core/v1"

// probe fills in a probe and the way in which it asks.
// Follows pkg/apis/core/v1/defaults.go SetDefaults_Probe, v1.37.0.
func probe(p *corev1.Probe) {
	if p == nil {
		return
	}
	value(&p.TimeoutSeconds, 1)
	value(&p.PeriodSeconds, 10)
	value(&p.SuccessThreshold, 1)
	value(&p.FailureThreshold, 3)
	httpGet(p.HTTPGet)
	if p.GRPC != nil {
		pointer(&p.GRPC.Service, "")
	}
}

// httpGet is shared by probes and lifecycle hooks.
// Follows pkg/apis/core/v1/defaults.go SetDefaults_HTTPGetAction, v1.37.0.
func httpGet(action *corev1.HTTPGetAction) {
	if action == nil {
		return
	}
	value(&action.Path, "/")
	value(&action.Scheme, corev1.URISchemeHTTP)
}
