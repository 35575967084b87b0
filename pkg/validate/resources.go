package validate

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// resources names a request above its limit at the requests as a whole, as the
// server does.
// Follows pkg/apis/core/validation/validation.go ValidateContainerResourceRequirements, v1.37.0.
func (r *review) resources(at *field.Path, resources *corev1.ResourceRequirements) {
	limits, requests := at.Child("limits"), at.Child("requests")
	for name, amount := range resources.Limits { // refusals are sorted in the end
		r.amount(limits.Key(string(name)), name, amount)
	}
	for name, amount := range resources.Requests {
		r.amount(requests.Key(string(name)), name, amount)
		limit, limited := resources.Limits[name]
		above := limited && amount.Cmp(limit) > 0
		switch {
		case overcommits(name) && above:
			r.refuse(requests, "%s is %s, above its limit of %s", name, amount.String(), limit.String())
		case overcommits(name):
		case !limited:
			r.refuse(limits, "%s is required: it is requested and cannot be shared", name)
		case amount.Cmp(limit) != 0:
			r.refuse(requests, "%s is %s: it must be its limit, %s", name, amount.String(), limit.String())
		}
	}
	if r.onlyHugePages(resources) {
		r.refuse(at, "huge pages need cpu or memory beside them")
	}
}

// onlyHugePages reports whether huge pages are named, and neither cpu nor memory.
func (r *review) onlyHugePages(resources *corev1.ResourceRequirements) bool {
	pages, compute := false, false
	for _, list := range []corev1.ResourceList{resources.Limits, resources.Requests} {
		for name := range list {
			pages = pages || hugePages(name)
			compute = compute || name == corev1.ResourceCPU || name == corev1.ResourceMemory
		}
	}
	return pages && !compute
}

// amount follows pkg/apis/core/validation/validation.go ValidateContainerResourceName
// and ValidateResourceQuantityValue, v1.37.0.
func (r *review) amount(at *field.Path, name corev1.ResourceName, amount resource.Quantity) {
	switch {
	case len(validation.IsQualifiedName(string(name))) > 0:
		r.refuse(at, "%q is not %s", name, qualifiedName)
	case !strings.Contains(string(name), "/") && !ofContainers(name):
		r.refuse(at, "%q is no resource of a container; others have a domain, such as example.com/", name)
	case !native(name) && !extended(name):
		r.refuse(at, "%q is not the name of an extended resource", name)
	}
	if amount.Sign() < 0 {
		r.refuse(at, "is %s, below 0", amount.String())
	}
	if !r.allowed.partialPages && hugePages(name) && !wholePages(name, amount) {
		r.refuse(at, "is %s, no multiple of its page", amount.String())
	}
	if extended(name) && amount.MilliValue()%1000 != 0 {
		r.refuse(at, "is %s: it must be a whole number", amount.String())
	}
}

func hugePages(name corev1.ResourceName) bool {
	return strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix)
}

// wholePages reads the page from the name: hugepages-2Mi.
// Follows pkg/apis/core/helper/helpers.go IsHugePageResourceValueDivisible, v1.37.0.
func wholePages(name corev1.ResourceName, amount resource.Quantity) bool {
	text := strings.TrimPrefix(string(name), corev1.ResourceHugePagesPrefix)
	page, err := resource.ParseQuantity(text)
	return err == nil && page.Sign() > 0 && page.MilliValue()%1000 == 0 &&
		amount.Value()%page.Value() == 0
}

func partialPages(lists ...corev1.ResourceList) bool {
	for _, list := range lists {
		for name, amount := range list {
			if hugePages(name) && !wholePages(name, amount) {
				return true
			}
		}
	}
	return false
}

func ofContainers(name corev1.ResourceName) bool {
	switch name {
	case corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage:
		return true
	}
	return hugePages(name)
}

// native resources are those of Kubernetes itself.
// Follows pkg/apis/core/helper/helpers.go IsNativeResource, v1.37.0.
func native(name corev1.ResourceName) bool {
	return !strings.Contains(string(name), "/") ||
		strings.Contains(string(name), corev1.ResourceDefaultNamespacePrefix)
}

// extended resources are those of device plugins, such as example.com/gpu.
// Follows pkg/apis/core/helper/helpers.go IsExtendedResourceName, v1.37.0.
func extended(name corev1.ResourceName) bool {
	return !native(name) && !strings.HasPrefix(string(name), corev1.DefaultResourceRequestsPrefix) &&
		len(validation.IsQualifiedName(corev1.DefaultResourceRequestsPrefix+string(name))) == 0
}

// overcommits reports whether more can be promised than there is.
// Follows pkg/apis/core/helper/helpers.go IsOvercommitAllowed, v1.37.0.
func overcommits(name corev1.ResourceName) bool {
	return native(name) && !hugePages(name)
}
