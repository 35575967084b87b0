package validate

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// env follows pkg/apis/core/validation/validation.go ValidateEnv, v1.37.0.
func (p *pod) env(at *field.Path, variables []corev1.EnvVar) {
	for i, variable := range variables {
		if p.required(at.Index(i).Child("name"), variable.Name) {
			p.envName(at.Index(i).Child("name"), variable.Name)
		}
		if variable.ValueFrom != nil {
			p.envValue(at.Index(i).Child("valueFrom"), &variable)
		}
	}
}

// envName takes any printable characters but '=' since 1.32.
func (p *pod) envName(at *field.Path, name string) {
	if p.allowed.relaxedEnv {
		p.conforms(at, name, validation.IsRelaxedEnvVarName,
			"a variable name: printable ASCII characters other than '='")
		return
	}
	p.conforms(at, name, validation.IsEnvVarName,
		"a variable name: letters, digits, '_', '-' and '.', no digit first")
}

// envValue follows pkg/apis/core/validation/validation.go validateEnvVarValueFrom, v1.37.0.
func (p *pod) envValue(at *field.Path, variable *corev1.EnvVar) {
	source, sources := variable.ValueFrom, 0
	if source.FieldRef != nil {
		sources++
		p.fieldRef(at.Child("fieldRef"), source.FieldRef)
	}
	if source.ResourceFieldRef != nil {
		sources++
		p.required(at.Child("resourceFieldRef", "resource"), source.ResourceFieldRef.Resource)
	}
	if ref := source.ConfigMapKeyRef; ref != nil {
		sources++
		p.keyRef(at.Child("configMapKeyRef"), ref.Name, ref.Key)
	}
	if ref := source.SecretKeyRef; ref != nil {
		sources++
		p.keyRef(at.Child("secretKeyRef"), ref.Name, ref.Key)
	}
	if source.FileKeyRef != nil {
		sources++
	}
	switch {
	case sources == 0:
		p.refuse(at, "names no source")
	case variable.Value != "":
		p.refuse(at, "excludes value")
	case sources > 1:
		p.refuse(at, "names %d sources: there can be one", sources)
	}
}

// keyRef follows pkg/apis/core/validation/validation.go
// validateConfigMapKeySelector and validateSecretKeySelector, v1.37.0.
func (p *pod) keyRef(at *field.Path, name, key string) {
	p.conforms(at.Child("name"), name, validation.IsDNS1123Subdomain, dnsSubdomain)
	if p.required(at.Child("key"), key) {
		p.conforms(at.Child("key"), key, validation.IsConfigMapKey,
			"a key: at most 253 letters, digits, '-', '_' and '.'")
	}
}

// fieldRef follows pkg/apis/core/validation/validation.go
// validateObjectFieldSelector, v1.37.0. One label or annotation is written
// metadata.labels['app'].
func (p *pod) fieldRef(at *field.Path, ref *corev1.ObjectFieldSelector) {
	if !p.required(at.Child("apiVersion"), ref.APIVersion) || !p.required(at.Child("fieldPath"), ref.FieldPath) {
		return
	}
	known := slices.Contains([]string{
		"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.host",
		"spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
	}, ref.FieldPath)
	if ref.APIVersion != "v1" || !known && !strings.HasSuffix(ref.FieldPath, "']") {
		p.refuse(at.Child("fieldPath"), "%q is no field that a variable can take", ref.FieldPath)
	}
}

// envFrom names no source at the list itself, as the server does.
// Follows pkg/apis/core/validation/validation.go ValidateEnvFrom, v1.37.0.
func (p *pod) envFrom(at *field.Path, sources []corev1.EnvFromSource) {
	for i, source := range sources {
		if source.Prefix != "" {
			p.envName(at.Index(i).Child("prefix"), source.Prefix)
		}
		if source.ConfigMapRef != nil {
			p.envSourceName(at.Index(i).Child("configMapRef", "name"), source.ConfigMapRef.Name)
		}
		if source.SecretRef != nil {
			p.envSourceName(at.Index(i).Child("secretRef", "name"), source.SecretRef.Name)
		}
		switch {
		case source.ConfigMapRef == nil && source.SecretRef == nil:
			p.refuse(at, "entry %d names neither a configMapRef nor a secretRef", i)
		case source.ConfigMapRef != nil && source.SecretRef != nil:
			p.refuse(at, "entry %d names both a configMapRef and a secretRef", i)
		}
	}
}

func (p *pod) envSourceName(at *field.Path, name string) {
	if p.required(at, name) {
		p.conforms(at, name, subdomains().prefix, dnsSubdomain)
	}
}
