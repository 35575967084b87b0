package validate

import (
	"slices"
	"strings"

	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// createdMeta takes an empty namespace: a server fills it in from the request
// before it validates, as it makes a name of generateName.
// Follows k8s.io/apimachinery pkg/api/validation/objectmeta.go ValidateObjectMeta, v0.37.0.
func (r *review) createdMeta(meta *metav1.ObjectMeta, names nameRule) {
	at := field.NewPath("metadata")
	if meta.GenerateName != "" {
		r.conforms(at.Child("generateName"), meta.GenerateName, names.prefix, "the start of "+names.what)
	}
	if meta.Name != "" {
		r.conforms(at.Child("name"), meta.Name, names.whole, names.what)
	} else if meta.GenerateName == "" {
		r.refuse(at.Child("name"), "is required")
	}
	if meta.Namespace != "" {
		r.conforms(at.Child("namespace"), meta.Namespace, validation.IsDNS1123Label, dnsLabel)
	}
	r.meta(at, meta)
	r.finalizers(at.Child("finalizers"), meta.Finalizers)
}

// nameRule is what the names of a kind have to be.
type nameRule struct {
	accepts func(name string, prefix bool) []string
	what    string
}

func (n nameRule) whole(name string) []string { return n.accepts(name, false) }

// prefix accepts a trailing dash, which the generated part follows.
func (n nameRule) prefix(name string) []string { return n.accepts(name, true) }

func subdomains() nameRule { return nameRule{apivalidation.NameIsDNSSubdomain, dnsSubdomain} }

// singleLabels is for objects whose pods are named after them.
func singleLabels() nameRule { return nameRule{apivalidation.NameIsDNSLabel, dnsLabel} }

// updatedMeta takes an empty namespace and uid for the stored ones, as a server does.
// Follows k8s.io/apimachinery pkg/api/validation/objectmeta.go
// ValidateObjectMetaUpdate, v0.37.0.
func (r *review) updatedMeta(before, after *metav1.ObjectMeta) {
	at := field.NewPath("metadata")
	if before.DeletionTimestamp != nil {
		for _, finalizer := range after.Finalizers {
			if !slices.Contains(before.Finalizers, finalizer) {
				r.refuse(at.Child("finalizers"), "%q cannot be added to what is being deleted", finalizer)
			}
		}
	}
	if after.Name != before.Name {
		r.refuse(at.Child("name"), "cannot be changed")
	}
	if after.Namespace != "" && after.Namespace != before.Namespace {
		r.refuse(at.Child("namespace"), "cannot be changed")
	}
	if after.UID != "" && after.UID != before.UID {
		r.refuse(at.Child("uid"), "cannot be changed")
	}
	r.meta(at, after)
	r.knownFinalizers(at.Child("finalizers"), after.Finalizers)
}

// meta holds what is the same for a new object and a changed one.
func (r *review) meta(at *field.Path, meta *metav1.ObjectMeta) {
	r.labels(at.Child("labels"), meta.Labels)
	r.annotations(at.Child("annotations"), meta.Annotations)
	r.owners(at.Child("ownerReferences"), meta.OwnerReferences)
}

// labels follows k8s.io/apimachinery pkg/apis/meta/v1/validation/validation.go
// ValidateLabels, v0.37.0.
func (r *review) labels(at *field.Path, labels map[string]string) {
	for key, value := range labels { // refusals are sorted in the end
		r.conforms(at, key, validation.IsQualifiedName, qualifiedName)
		r.conforms(at, value, validation.IsValidLabelValue, labelValue)
	}
}

// annotations follows k8s.io/apimachinery pkg/api/validation/objectmeta.go
// ValidateAnnotations, v0.37.0: in keys, upper case does not matter.
func (r *review) annotations(at *field.Path, annotations map[string]string) {
	for key := range annotations {
		if len(validation.IsQualifiedName(strings.ToLower(key))) > 0 {
			r.refuse(at, "%q is not %s", key, qualifiedName)
		}
	}
	if apivalidation.ValidateAnnotationsSize(annotations) != nil {
		r.refuse(at, "together are over %d bytes", apivalidation.TotalAnnotationSizeLimitB)
	}
}

// owners follows k8s.io/apimachinery pkg/api/validation/objectmeta.go
// ValidateOwnerReferences, v0.37.0.
func (r *review) owners(at *field.Path, owners []metav1.OwnerReference) {
	controllers := 0
	for i, owner := range owners {
		if owner.Controller != nil && *owner.Controller {
			controllers++
		}
		version, err := schema.ParseGroupVersion(owner.APIVersion)
		if r.required(at.Index(i).Child("apiVersion"), owner.APIVersion) &&
			(err != nil || version.Version == "") {
			r.refuse(at.Index(i).Child("apiVersion"), "%q is not group/version", owner.APIVersion)
		}
		r.required(at.Index(i).Child("kind"), owner.Kind)
		r.required(at.Index(i).Child("name"), owner.Name)
		r.required(at.Index(i).Child("uid"), string(owner.UID))
	}
	if controllers > 1 {
		r.refuse(at, "%d of them say that they are the controller: there can be one", controllers)
	}
}

// finalizers follows k8s.io/apimachinery pkg/api/validation/objectmeta.go
// ValidateFinalizers, v0.37.0.
func (r *review) finalizers(at *field.Path, finalizers []string) {
	for _, finalizer := range finalizers {
		r.conforms(at, finalizer, validation.IsQualifiedName, qualifiedName)
	}
	if slices.Contains(finalizers, metav1.FinalizerOrphanDependents) &&
		slices.Contains(finalizers, metav1.FinalizerDeleteDependents) {
		r.refuse(at, "orphan and foregroundDeletion exclude each other")
	}
	r.knownFinalizers(at, finalizers)
}

// knownFinalizers wants a domain before names that Kubernetes does not define.
// Follows pkg/apis/core/validation/validation.go validateKubeFinalizerName, v1.37.0.
func (r *review) knownFinalizers(at *field.Path, finalizers []string) {
	for i, finalizer := range finalizers {
		switch finalizer {
		case "kubernetes", metav1.FinalizerOrphanDependents, metav1.FinalizerDeleteDependents:
			continue
		}
		if !strings.Contains(finalizer, "/") {
			r.refuse(at.Index(i), "%q needs a domain before it, such as example.com/", finalizer)
		}
	}
}

// selector follows k8s.io/apimachinery pkg/apis/meta/v1/validation/validation.go
// ValidateLabelSelector, v0.37.0, and pkg/apis/apps/validation/validation.go
// ValidateDeploymentSpec, v1.37.0, which wants one that is not empty.
func (r *review) selector(at *field.Path, selector *metav1.LabelSelector) {
	switch {
	case selector == nil:
		r.refuse(at, "is required")
		return
	case len(selector.MatchLabels)+len(selector.MatchExpressions) == 0:
		r.refuse(at, "is empty: it would match every pod")
	}
	r.labelSelector(at, selector)
}

func (r *review) labelSelector(at *field.Path, selector *metav1.LabelSelector) {
	if selector == nil {
		return
	}
	r.labels(at.Child("matchLabels"), selector.MatchLabels)
	for i, expression := range selector.MatchExpressions {
		r.requirement(at.Child("matchExpressions").Index(i), expression)
	}
}

func (r *review) requirement(at *field.Path, requirement metav1.LabelSelectorRequirement) {
	r.conforms(at.Child("key"), requirement.Key, validation.IsQualifiedName, qualifiedName)
	switch requirement.Operator {
	case metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn:
		if len(requirement.Values) == 0 {
			r.refuse(at.Child("values"), "are required with operator %s", requirement.Operator)
		}
	case metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist:
		if len(requirement.Values) > 0 {
			r.refuse(at.Child("values"), "have no meaning with operator %s", requirement.Operator)
		}
	default:
		r.refuse(at.Child("operator"), "is %q: it can be In, NotIn, Exists or DoesNotExist",
			requirement.Operator)
	}
	for i, value := range requirement.Values {
		r.conforms(at.Child("values").Index(i), value, validation.IsValidLabelValue, labelValue)
	}
}
