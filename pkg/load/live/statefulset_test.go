package live

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// forbid refuses lists of the resources.
func forbid(resources ...string) func(*api, http.ResponseWriter, *http.Request, int) bool {
	return func(_ *api, w http.ResponseWriter, r *http.Request, _ int) bool {
		resource := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		if !slices.Contains(resources, resource) {
			return false
		}
		answer(w, statusOf(apierrors.NewForbidden(schema.GroupResource{Resource: resource}, "",
			fmt.Errorf("User %q cannot list resource", "reader"))))
		return true
	}
}

func TestWithoutClaimsAndServicesThereIsAPlanThatSaysSo(t *testing.T) {
	a := &api{objects: stateful("shop", "db", 2), before: forbid("persistentvolumeclaims", "services")}
	state := read(t, start(t, a), with(Question{}, "StatefulSet", "db"))
	want := []cluster.Unread{{Resource: "persistentvolumeclaims", Why: "forbidden"}, {Resource: "services", Why: "forbidden"}}
	if diff := cmp.Diff(want, state.Unread); diff != "" {
		t.Error(diff)
	}
	if got := strings.Join(contents(state), " "); got != "sts/db rev/db-a pod/db-0 pod/db-1" {
		t.Errorf("got %s", got)
	}
}

func TestWithoutRevisionsThereIsNoPlan(t *testing.T) {
	a := &api{objects: stateful("shop", "db", 2), before: forbid("controllerrevisions")}
	_, err := start(t, a).State(context.Background(), with(Question{}, "StatefulSet", "db"))
	if err == nil || !strings.Contains(err.Error(), "list controllerrevisions.apps in namespace shop") {
		t.Errorf("got %v", err)
	}
}

func TestRightsThatANamedDeploymentDoesNotNeedAreNotAskedFor(t *testing.T) {
	a := &api{
		objects: slices.Concat(rolled("shop", "web", 1), stateful("shop", "db", 1)),
		before:  forbid("statefulsets", "controllerrevisions", "persistentvolumeclaims", "services"),
	}
	state := read(t, start(t, a), named("shop", "web", "x", "y"))
	if len(state.Deployments) != 1 || len(state.Unread) > 0 {
		t.Errorf("got %v, unread %v", contents(state), state.Unread)
	}
}

// A StatefulSet that a manifest creates finds claims of one that was there before, and
// its Service.
func TestWhatANewStatefulSetWouldUseIsRead(t *testing.T) {
	a := &api{objects: []cluster.Object{
		claim("shop", "data-db-0"), claim("shop", "data-web-0"), service("shop", "db-headless"), service("shop", "web"),
	}}
	q := with(Question{}, "StatefulSet", "db")
	q.Named[0].Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "db"}}
	q.Named[0].Service = "db-headless"
	if got := strings.Join(contents(read(t, start(t, a), q)), " "); got != "pvc/data-db-0 svc/db-headless" {
		t.Errorf("got %s", got)
	}
}

// While its pods are listed the StatefulSet goes to another revision.
func TestAStatefulSetThatMovesOnIsReadAgain(t *testing.T) {
	move := func(nth ...int) func(*api, http.ResponseWriter, *http.Request, int) bool {
		return func(a *api, _ http.ResponseWriter, r *http.Request, n int) bool {
			if strings.HasSuffix(r.URL.Path, "/controllerrevisions") && slices.Contains(nth, n) {
				set := find[*appsv1.StatefulSet](a, "db")
				set.Status.UpdateRevision = fmt.Sprint("db-", n)
			}
			return false
		}
	}
	for warnings, before := range map[int]func(*api, http.ResponseWriter, *http.Request, int) bool{
		0: move(1), 1: move(1, 2),
	} {
		a := &api{objects: append(stateful("shop", "db", 2), pod(nil, "shop", "stray", "db")), before: before}
		remove(a, find[*appsv1.StatefulSet](a, "db"))
		a.objects = append(a.objects, statefulSet("shop", "db", 3)) // one pod is still to come
		s := start(t, a)
		read(t, s, with(Question{}, "StatefulSet", "db"))
		if got := s.Warnings(); len(got) != warnings {
			t.Errorf("warnings %v, want %d", got, warnings)
		}
	}
}

func TestAStatefulSetIsTriedOnTheServer(t *testing.T) {
	a := &api{objects: stateful("shop", "db", 1), admit: func(object cluster.Object) error {
		object.SetAnnotations(map[string]string{"admitted": "yes"})
		return nil
	}}
	s := start(t, a)
	state := read(t, s, with(Question{}, "StatefulSet", "db"))
	set := state.StatefulSets[0]
	answers, err := s.DryRun(context.Background(), []Write{
		{Ref: refOf("StatefulSet", set), Before: set, Body: []byte(`{"spec":{"replicas":4}}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, ok := answers[0].Object.(*appsv1.StatefulSet)
	if !ok || *got.Spec.Replicas != 4 || got.Annotations["admitted"] != "yes" || got.Kind != "StatefulSet" {
		t.Errorf("got %+v", answers[0])
	}
	if want := "PATCH /apis/apps/v1/namespaces/shop/statefulsets/db?dryRun=All"; !strings.HasPrefix(a.writes[0], want) {
		t.Errorf("sent %v", a.writes)
	}
}
