package live

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

var newImage = []byte(`{"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "web:2"}]}}}}`)

const created = `{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "new", "namespace": "shop"}}`

// update is a write to Deployment web as it is in the state.
func update(t *testing.T, s *Server) Write {
	t.Helper()
	d := read(t, s, named("shop", "web")).Deployments[0]
	return Write{Ref: cluster.RefOf(d), Before: d, Body: newImage}
}

func creation() Write {
	return Write{Ref: ref("Deployment", "shop", "new"), Body: []byte(created)}
}

func TestADryRunAnswersWithWhatAdmissionMadeOfIt(t *testing.T) {
	a := &api{objects: rolled("shop", "web", 1)}
	a.admit = func(object cluster.Object) error {
		d := object.(*appsv1.Deployment)
		d.Spec.Template.Labels = map[string]string{"injected": "yes"}
		return nil
	}
	s := start(t, a)
	answers, err := s.DryRun(context.Background(), []Write{update(t, s), creation()})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"web", "new"} {
		d := answers[i].Object.(*appsv1.Deployment)
		if d.Name != want || d.Kind != "Deployment" || d.Spec.Template.Labels["injected"] != "yes" || d.ManagedFields != nil {
			t.Errorf("got %+v", d.ObjectMeta)
		}
	}
	if got := answers[0].Object.(*appsv1.Deployment).Spec.Template.Spec.Containers[0].Image; got != "web:2" {
		t.Errorf("image %s", got)
	}
}

// Whatever this package is asked to do, it changes nothing in a cluster.
func TestNothingButReadsAndDryRunsLeaves(t *testing.T) {
	a := &api{objects: slices.Concat(rolled("shop", "web", 1), rolled("shop", "api", 1), []cluster.Object{replicaSet(nil, "shop", "alone", 1)})}
	s := start(t, a)
	alone := find[*appsv1.ReplicaSet](a, "alone")
	writes := []Write{update(t, s), creation(), {Ref: cluster.RefOf(alone), Before: alone, Body: []byte(`{"spec": {"replicas": 2}}`)}}
	for _, q := range []Question{everything(""), named("shop", "web", "api"), labelled("shop", "team=web")} {
		read(t, s, q)
	}
	if _, err := s.DryRun(context.Background(), writes); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"PATCH /apis/apps/v1/namespaces/shop/deployments/web",
		"PATCH /apis/apps/v1/namespaces/shop/replicasets/alone",
		"POST /apis/apps/v1/namespaces/shop/deployments",
	}
	var got []string
	for _, write := range a.writes {
		path, query, _ := strings.Cut(write, "?")
		got = append(got, path)
		values, err := url.ParseQuery(query)
		if err != nil || !slices.Equal(values["dryRun"], []string{"All"}) {
			t.Errorf("%s is no dry run", write)
		}
		if values.Get("fieldValidation") != "Strict" || values.Get("fieldManager") != "kubectl-workload" {
			t.Errorf("%s", write)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestARequestThatWouldChangeSomethingIsNotSent(t *testing.T) {
	a := &api{objects: rolled("shop", "web", 1)}
	s := start(t, a)
	apps := s.clients["apps"]
	for name, err := range map[string]error{
		"delete": apps.Delete().Namespace("shop").Resource("deployments").Name("web").Do(context.Background()).Error(),
		"create": apps.Post().Namespace("shop").Resource("deployments").Body([]byte(created)).Do(context.Background()).Error(),
		"twice": apps.Put().Namespace("shop").Resource("deployments").Name("web").Param("dryRun", "All").Param("dryRun", "").
			Body([]byte(created)).Do(context.Background()).Error(),
	} {
		if err == nil || !strings.Contains(err.Error(), "is no dry run: not sent") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(a.requests) > 0 {
		t.Errorf("%v left", a.requests)
	}
}

func TestWhatAServerRefusesIsAnAnswer(t *testing.T) {
	web := schema.GroupResource{Group: "apps", Resource: "deployments"}
	webhook := func(code int32, reason metav1.StatusReason) error {
		return &apierrors.StatusError{ErrStatus: metav1.Status{Status: metav1.StatusFailure, Code: code, Reason: reason,
			Message: `admission webhook "images.example.com" denied the request: web:2 is not signed`}}
	}
	signed := []validate.Refusal{{Reason: `admission webhook "images.example.com" denied the request: web:2 is not signed`}}
	for name, c := range map[string]struct {
		err  error
		want Answer
	}{
		"validation": {apierrors.NewInvalid(schema.GroupKind{Group: "apps", Kind: "Deployment"}, "web", field.ErrorList{
			field.Invalid(field.NewPath("spec", "replicas"), -1, "must be greater than or equal to 0"),
			field.Required(field.NewPath("spec", "selector"), ""),
		}), Answer{Refusals: []validate.Refusal{
			{Field: "spec.replicas", Reason: "Invalid value: -1: must be greater than or equal to 0"},
			{Field: "spec.selector", Reason: "Required value"},
		}}},
		"a webhook":                       {webhook(400, ""), Answer{Refusals: signed}},
		"a webhook that calls it a 403":   {webhook(403, metav1.StatusReasonForbidden), Answer{Refusals: signed}},
		"a webhook that calls it a 404":   {webhook(404, metav1.StatusReasonNotFound), Answer{Refusals: signed}},
		"a webhook that calls it a 409":   {webhook(409, metav1.StatusReasonConflict), Answer{Refusals: signed}},
		"a webhook that calls it a 418":   {webhook(418, "Teapot"), Answer{Refusals: signed}},
		"a webhook that calls it a fault": {webhook(500, metav1.StatusReasonInternalError), Answer{Refusals: signed}},
		"a quota": {apierrors.NewForbidden(web, "web", errors.New("exceeded quota: few, used: 2, limited: 2")), Answer{Refusals: []validate.Refusal{
			{Reason: `deployments.apps "web" is forbidden: exceeded quota: few, used: 2, limited: 2`}}}},
		"a policy": {&apierrors.StatusError{ErrStatus: metav1.Status{
			Status: metav1.StatusFailure, Code: 422, Reason: metav1.StatusReasonInvalid,
			Message: `deployments.apps "web" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`,
			Details: &metav1.StatusDetails{Causes: []metav1.StatusCause{{Message: "no"}}},
		}}, Answer{Refusals: []validate.Refusal{
			{Reason: `deployments.apps "web" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`}}}},
		"an unknown field": {apierrors.NewBadRequest(`strict decoding error: unknown field "spec.x"`), Answer{Refusals: []validate.Refusal{
			{Reason: `strict decoding error: unknown field "spec.x"`}}}},
		"no right to write": {apierrors.NewForbidden(web, "web", errors.New(`User "ci" cannot patch resource "deployments" in API group "apps" in the namespace "shop"`)),
			Answer{Untried: "user ci may not patch deployments.apps web in namespace shop"}},
		"a webhook that knows no dry runs": {apierrors.NewBadRequest(`admission webhook "old.example.com" does not support dry run`),
			Answer{Untried: `admission webhook "old.example.com" does not support dry run`}},
	} {
		a := &api{objects: rolled("shop", "web", 1), admit: func(cluster.Object) error { return c.err }}
		s := start(t, a)
		answers, err := s.DryRun(context.Background(), []Write{update(t, s)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(c.want, answers[0]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestANamespaceThatIsNotThereYetIsNotTried(t *testing.T) {
	a := &api{admit: func(cluster.Object) error {
		return apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "shop")
	}}
	answers, err := start(t, a).DryRun(context.Background(), []Write{creation()})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Answer{{Untried: "there is no namespace shop yet"}}, answers); diff != "" {
		t.Error(diff)
	}
}

func TestADryRunOfAnotherStateIsNoAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		change func(a *api, d *appsv1.Deployment)
		moved  bool
	}{
		"as it was": {change: func(*api, *appsv1.Deployment) {}},
		"another status": {change: func(_ *api, d *appsv1.Deployment) {
			d.ResourceVersion, d.Status.Replicas = "2", 9
			d.Annotations = map[string]string{"deployment.kubernetes.io/revision": "2"}
		}},
		"scaled":       {change: func(_ *api, d *appsv1.Deployment) { d.ResourceVersion, d.Generation = "2", 2 }, moved: true},
		"another team": {change: func(_ *api, d *appsv1.Deployment) { d.ResourceVersion, d.Labels["team"] = "2", "x" }, moved: true},
		"made anew":    {change: func(_ *api, d *appsv1.Deployment) { d.UID = "new" }, moved: true},
		"deleted":      {change: func(a *api, d *appsv1.Deployment) { remove(a, d) }, moved: true},
	} {
		a := &api{objects: rolled("shop", "web", 1)}
		s := start(t, a)
		write := update(t, s)
		c.change(a, find[*appsv1.Deployment](a, "web"))
		_, err := s.DryRun(context.Background(), []Write{write})
		if errors.Is(err, ErrMoved) != c.moved || !c.moved && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if c.moved && err.Error() != "deployment/web -n shop was changed after the state was read" {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := start(t, &api{objects: []cluster.Object{deployment("shop", "new", 1)}})
	if _, err := s.DryRun(context.Background(), []Write{creation()}); !errors.Is(err, ErrMoved) {
		t.Errorf("created meanwhile: %v", err)
	}
}

func TestWhatKeepsADryRunFromAnAnswerIsAnError(t *testing.T) {
	failing := `Internal error occurred: failed calling webhook "w.example.com": failed to call webhook: Post "https://w/": dial tcp: refused`
	for name, c := range map[string]struct {
		err        error
		want, hint string
	}{
		"a webhook that is down": {apierrors.NewInternalError(errors.New(strings.TrimPrefix(failing, "Internal error occurred: "))),
			"deployment/web -n shop cannot be tried: " + failing, "--defaulting local"},
		"an expired token": {apierrors.NewUnauthorized("Unauthorized"),
			"the server at HOST does not accept the credentials: they may have expired", "log in"},
		"a fault": {apierrors.NewInternalError(fmt.Errorf("no leader")),
			"patch deployments.apps web in namespace shop: the server says: Internal error occurred: no leader", ""},
	} {
		a := &api{objects: rolled("shop", "web", 1), admit: func(cluster.Object) error { return c.err }}
		s := start(t, a)
		_, err := s.DryRun(context.Background(), []Write{update(t, s)})
		says(t, name, err, strings.ReplaceAll(c.want, "HOST", s.host), c.hint)
	}
}

func TestTheBodyOfADryRunIsSentAsItIs(t *testing.T) {
	var types []string
	a := &api{objects: rolled("shop", "web", 1)}
	a.before = func(_ *api, _ http.ResponseWriter, r *http.Request, _ int) bool {
		if r.Method != http.MethodGet {
			types = append(types, r.Method+" "+r.Header.Get("Content-Type"))
		}
		return false
	}
	s := start(t, a)
	if _, err := s.DryRun(context.Background(), []Write{update(t, s), creation()}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(types)
	want := []string{"PATCH application/strategic-merge-patch+json", "POST application/json"}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Error(diff)
	}
}
