package validation_test

import (
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	apipod "k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/apps"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/capabilities"

	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

// internal converts to the server's own type, with defaults, and fails on objects
// that a server could not even read.
func internal[T any](t *testing.T, external runtime.Object) *T {
	t.Helper()
	object := external.DeepCopyObject()
	legacyscheme.Scheme.Default(object)
	var converted T
	if err := legacyscheme.Scheme.Convert(object, &converted, nil); err != nil {
		t.Fatal(err)
	}
	return &converted
}

// serverCreates does what pkg/registry/apps/deployment/strategy.go does.
func serverCreates(t *testing.T, d *appsv1.Deployment) []string {
	object := internal[apps.Deployment](t, d)
	apipod.DropDisabledTemplateFields(&object.Spec.Template, nil)
	options := apipod.GetValidationOptionsFromPodTemplate(&object.Spec.Template, nil)
	return fields(appsvalidation.ValidateDeployment(object, options))
}

func serverUpdates(t *testing.T, before, after *appsv1.Deployment) []string {
	was, is := internal[apps.Deployment](t, before), internal[apps.Deployment](t, after)
	apipod.DropDisabledTemplateFields(&is.Spec.Template, &was.Spec.Template)
	options := apipod.GetValidationOptionsFromPodTemplate(&is.Spec.Template, &was.Spec.Template)
	return fields(appsvalidation.ValidateDeploymentUpdate(is, was, options))
}

func serverCreatesSet(t *testing.T, rs *appsv1.ReplicaSet) []string {
	object := internal[apps.ReplicaSet](t, rs)
	apipod.DropDisabledTemplateFields(&object.Spec.Template, nil)
	options := apipod.GetValidationOptionsFromPodTemplate(&object.Spec.Template, nil)
	return fields(appsvalidation.ValidateReplicaSet(object, options))
}

func serverUpdatesSet(t *testing.T, before, after *appsv1.ReplicaSet) []string {
	was, is := internal[apps.ReplicaSet](t, before), internal[apps.ReplicaSet](t, after)
	apipod.DropDisabledTemplateFields(&is.Spec.Template, &was.Spec.Template)
	options := apipod.GetValidationOptionsFromPodTemplate(&is.Spec.Template, &was.Spec.Template)
	return fields(appsvalidation.ValidateReplicaSetUpdate(is, was, options))
}

func fields(errors field.ErrorList) []string {
	var paths []string
	for _, err := range errors {
		paths = append(paths, err.Field)
	}
	return unique(paths)
}

func ourFields(refusals []validate.Refusal) []string {
	var paths []string
	for _, refusal := range refusals {
		paths = append(paths, refusal.Field)
	}
	return unique(paths)
}

func unique(paths []string) []string {
	slices.Sort(paths)
	return slices.Compact(paths)
}

// allowPrivileged sets what kubeadm sets: --allow-privileged.
func allowPrivileged() {
	capabilities.Initialize(capabilities.Capabilities{AllowPrivileged: true})
}
