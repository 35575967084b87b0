package live

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/load"
)

// named asks for Deployments by name.
func named(namespace string, names ...string) Question {
	q := Question{Profile: kubeversion.Latest()}
	for _, name := range names {
		ref := cluster.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: namespace, Name: name}
		q.Named = append(q.Named, Workload{Ref: ref})
	}
	return q
}

// with asks for one of another kind as well.
func with(q Question, kind, name string) Question {
	namespace := "shop"
	q.Named = append(q.Named, Workload{Ref: ref(kind, namespace, name)})
	return q
}

func everything(namespace string) Question {
	return Question{Namespace: namespace, Profile: kubeversion.Latest()}
}

func labelled(namespace, selector string) Question {
	q := everything(namespace)
	q.Selector, _ = labels.Parse(selector)
	return q
}

func read(t *testing.T, s *Server, q Question) *cluster.Snapshot {
	t.Helper()
	state, err := s.State(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// contents are the names in a state, by kind.
func contents(s *cluster.Snapshot) []string {
	var names []string
	for _, d := range s.Deployments {
		names = append(names, "deploy/"+d.Name)
	}
	for _, rs := range s.ReplicaSets {
		names = append(names, "rs/"+rs.Name)
	}
	for _, set := range s.StatefulSets {
		names = append(names, "sts/"+set.Name)
	}
	for _, ds := range s.DaemonSets {
		names = append(names, "ds/"+ds.Name)
	}
	for _, r := range s.Revisions {
		names = append(names, "rev/"+r.Name)
	}
	for _, pod := range s.Pods {
		names = append(names, "pod/"+pod.Name)
	}
	for _, c := range s.Claims {
		names = append(names, "pvc/"+c.Name)
	}
	for _, service := range s.Services {
		names = append(names, "svc/"+service.Name)
	}
	for _, n := range s.Nodes {
		names = append(names, "node/"+n.Name)
	}
	for _, o := range s.Others {
		names = append(names, "hpa/"+o.GetName())
	}
	return names
}

// fromFiles is the state as load makes it of kubectl get -o yaml.
func fromFiles(t *testing.T, objects []cluster.Object) *cluster.Snapshot {
	t.Helper()
	var documents []cluster.Document
	for _, o := range objects {
		fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
		if err != nil {
			t.Fatal(err)
		}
		object := &unstructured.Unstructured{Object: fields}
		object.SetManagedFields(nil)
		documents = append(documents, cluster.Document{Object: object})
	}
	state, _, err := load.State(documents, load.StateOptions{Profile: kubeversion.Latest()})
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func TestALiveStateIsThatOfItsFiles(t *testing.T) {
	orphan := replicaSet(nil, "shop", "orphan", 1)
	orphan.Labels["app"] = "web"
	a := &api{objects: slices.Concat(
		rolled("shop", "web", 3), rolled("shop", "api", 2), rolled("else", "web", 1), stateful("shop", "db", 2),
		everywhere("shop", "logs", 3), someNodes(3),
		[]cluster.Object{orphan, pod(nil, "shop", "stray", "web"), autoscaler("shop", "auto", "web")},
	)}
	s := start(t, a)
	for name, q := range map[string]Question{
		"all namespaces": everything(""),
		"a namespace":    everything("shop"),
		"by name":        with(with(named("shop", "web", "api"), "StatefulSet", "db"), "DaemonSet", "logs"),
		"by labels":      labelled("shop", "team in (web,api,db,logs)"),
	} {
		want := fromFiles(t, a.objects)
		if name != "all namespaces" {
			want = fromFiles(t, keep(a.objects, func(o cluster.Object) bool { return o.GetNamespace() != "else" }))
		}
		got := read(t, s, q)
		if got.At.IsZero() || got.Version != "v1.37.2" {
			t.Errorf("%s: at %s, version %q", name, got.At, got.Version)
		}
		want.At, want.Version = got.At, got.Version
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestOnlyWhatAPlanNeedsIsInTheState(t *testing.T) {
	d := deployment("shop", "web", 1)
	foreign := replicaSet(deployment("shop", "gone", 1), "shop", "gone-1", 1)
	foreign.Labels["app"] = "web"
	alone := replicaSet(nil, "shop", "alone", 1)
	a := &api{objects: slices.Concat(rolled("shop", "web", 1), rolled("shop", "api", 1), stateful("shop", "db", 1), []cluster.Object{
		foreign, pod(foreign, "shop", "gone-1-0", "web"), alone, pod(alone, "shop", "alone-0", "alone"),
		pod(nil, "shop", "stray", "web"), pod(d, "shop", "odd", "web"),
		controllerRevision(d, "shop", "other", "db"), controllerRevision(nil, "shop", "free", "db"),
		pod(nil, "shop", "db-free", "db"), claim("shop", "data-db-7"), claim("shop", "data-else-0"), service("shop", "else"),
		autoscaler("shop", "auto", "web"), autoscaler("shop", "other", "nothing"),
	})}
	s := start(t, a)
	set := cluster.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet", Namespace: "shop", Name: "alone"}
	owned := set
	owned.Name = "web-1"
	for name, c := range map[string]struct {
		question Question
		want     string
	}{
		"one":         {named("shop", "web"), "deploy/web rs/web-1 pod/odd pod/stray pod/web-1-0 hpa/auto"},
		"by label":    {labelled("shop", "team=web"), "deploy/web rs/web-1 pod/odd pod/stray pod/web-1-0 hpa/auto"},
		"no such":     {named("shop", "none"), ""},
		"fits nobody": {labelled("shop", "team=none"), ""},
		"three": {named("shop", "web", "api", "none"),
			"deploy/api deploy/web rs/alone rs/api-1 rs/web-1 pod/alone-0 pod/api-1-0 pod/db-free pod/odd pod/stray pod/web-1-0 hpa/auto"},
		"a ReplicaSet": {Question{Named: []Workload{{Ref: set}}}, "rs/alone pod/alone-0"},
		"one that is controlled": {Question{Named: []Workload{{Ref: owned}}},
			"rs/web-1 pod/stray pod/web-1-0"},
		"a StatefulSet": {with(Question{}, "StatefulSet", "db"),
			"sts/db rev/db-a rev/free pod/db-0 pod/db-free pvc/data-db-0 pvc/data-db-7 svc/db"},
		"StatefulSets": {Question{Namespace: "shop", Kinds: []string{"StatefulSet"}},
			"sts/db rev/db-a rev/free pod/db-0 pod/db-free pod/stray pvc/data-db-0 pvc/data-db-7 svc/db"},
		"ReplicaSets": {Question{Namespace: "shop", Kinds: []string{"ReplicaSet"}}, "rs/alone pod/alone-0 pod/db-free pod/stray"},
	} {
		if got := strings.Join(contents(read(t, s, c.question)), " "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

func TestWhatANewWorkloadWouldAdoptIsRead(t *testing.T) {
	orphan := replicaSet(nil, "shop", "orphan", 1)
	orphan.Labels["app"] = "web"
	s := start(t, &api{objects: []cluster.Object{
		orphan, pod(orphan, "shop", "orphan-0", "web"), pod(nil, "shop", "stray", "web"), autoscaler("shop", "auto", "web"),
	}})
	q := named("shop", "web")
	q.Named[0].Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}
	want := "rs/orphan pod/orphan-0 pod/stray hpa/auto"
	if got := strings.Join(contents(read(t, s, q)), " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The bounds of what is asked for: a plan of one settled workload sends at most 8
// requests, and one of 100 in a namespace at most 12 and its pages.
func TestRequestsAreFew(t *testing.T) {
	var hundred []cluster.Object
	for i := range 100 {
		hundred = append(hundred, rolled("shop", fmt.Sprintf("web-%02d", i), 1)...)
	}
	busy := append(slices.Clone(hundred), deployment("shop", "web", 1), replicaSet(deployment("shop", "web", 1), "shop", "web-1", 1))
	going := append(slices.Clone(hundred), pod(find[*appsv1.ReplicaSet](&api{objects: hundred}, "web-00-1"), "shop", "going", "web-00"))
	going[len(going)-1].SetDeletionTimestamp(&metav1.Time{Time: time.Unix(1, 0)})
	alone := cluster.Ref{APIVersion: "apps/v1", Kind: "ReplicaSet", Namespace: "shop", Name: "web-00-1"}
	var databases []cluster.Object
	for i := range 100 {
		databases = append(databases, stateful("shop", fmt.Sprintf("db-%02d", i), 1)...)
	}
	creating := append(slices.Clone(databases), statefulSet("shop", "db", 1))
	var agents []cluster.Object
	for i := range 100 {
		agents = append(agents, everywhere("shop", fmt.Sprintf("ds-%02d", i), 1)...)
	}
	agents = append(agents, someNodes(1201)...)
	joining := append(slices.Clone(agents), daemonSet("shop", "ds", 1))
	newAgent := with(Question{}, "DaemonSet", "new")
	newAgent.Named[0].Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "new"}}
	manifest := with(Question{}, "StatefulSet", "new")
	manifest.Named[0].Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "new"}}
	for name, c := range map[string]struct {
		objects  []cluster.Object
		question Question
		want     int
	}{
		"one":                      {hundred, named("shop", "web-00"), 6},
		"one with a pod that goes": {going, named("shop", "web-00"), 6},
		"one at work":              {busy, named("shop", "web"), 8},
		"one that is not there":    {hundred, named("shop", "none"), 3},
		"one ReplicaSet":           {hundred, Question{Named: []Workload{{Ref: alone}}}, 5},
		"two":                      {hundred, named("shop", "web-00", "web-01"), 10},
		"three":                    {hundred, named("shop", "web-00", "web-01", "web-02"), 5},
		"Deployments":              {hundred, Question{Namespace: "shop", Kinds: []string{"Deployment"}}, 5},
		"Deployments at work":      {busy, Question{Namespace: "shop", Kinds: []string{"Deployment"}}, 7},
		"a namespace":              {hundred, everything("shop"), 8},
		"a namespace at work":      {busy, everything("shop"), 13},
		"all namespaces":           {hundred, everything(""), 8},
		"by labels, all":           {hundred, labelled("shop", "team"), 9},
		"by labels, all, at work":  {busy, labelled("shop", "team"), 11},
		"by labels, one":           {hundred, labelled("shop", "team=web-00"), 10},

		"a StatefulSet":                  {databases, with(Question{}, "StatefulSet", "db-00"), 8},
		"a StatefulSet at work":          {creating, with(Question{}, "StatefulSet", "db"), 11},
		"a StatefulSet that is not":      {databases, with(Question{}, "StatefulSet", "none"), 3},
		"a StatefulSet to create":        {databases, manifest, 8},
		"StatefulSets":                   {databases, Question{Namespace: "shop", Kinds: []string{"StatefulSet"}}, 7},
		"a namespace of StatefulSets":    {databases, everything("shop"), 10},
		"all namespaces of StatefulSets": {databases, everything(""), 10},
		"StatefulSets by labels":         {databases, labelled("shop", "team"), 11},

		// The nodes are three pages.
		"a DaemonSet":                  {agents, with(Question{}, "DaemonSet", "ds-00"), 8},
		"a DaemonSet at work":          {joining, with(Question{}, "DaemonSet", "ds"), 11},
		"a DaemonSet that is not":      {agents, with(Question{}, "DaemonSet", "none"), 2},
		"a DaemonSet to create":        {agents, newAgent, 8},
		"DaemonSets":                   {agents, Question{Namespace: "shop", Kinds: []string{"DaemonSet"}}, 7},
		"a namespace of DaemonSets":    {agents, everything("shop"), 11},
		"all namespaces of DaemonSets": {agents, everything(""), 11},
	} {
		a := &api{objects: c.objects}
		read(t, start(t, a), c.question)
		if len(a.requests) != c.want {
			t.Errorf("%s: %d requests, want %d:\n%s", name, len(a.requests), c.want, strings.Join(a.requests, "\n"))
		}
	}
}

func TestLabelsAreSentForWorkloadsAlone(t *testing.T) {
	a := &api{objects: slices.Concat(rolled("shop", "a", 1), rolled("shop", "b", 1), rolled("shop", "c", 1), rolled("shop", "d", 1))}
	var lists []string
	a.before = func(_ *api, _ http.ResponseWriter, r *http.Request, _ int) bool {
		lists = append(lists, r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]+" "+r.URL.Query().Get("labelSelector"))
		return false
	}
	state := read(t, start(t, a), labelled("shop", "team!=d"))
	if len(state.Deployments) != 3 || len(state.Pods) != 3 {
		t.Errorf("got %v", contents(state))
	}
	slices.Sort(lists)
	want := []string{
		"daemonsets team!=d", "deployments team!=d", "deployments team!=d", "horizontalpodautoscalers ", "pods ",
		"replicasets ", "replicasets team!=d", "statefulsets team!=d", "version ",
	}
	if diff := cmp.Diff(want, lists); diff != "" {
		t.Error(diff)
	}
}

func TestListsComeInPages(t *testing.T) {
	a := &api{objects: rolled("shop", "web", 1201)}
	state := read(t, start(t, a), named("shop", "web"))
	if len(state.Pods) != 1201 {
		t.Errorf("%d pods", len(state.Pods))
	}
	if got := a.paths["/api/v1/namespaces/shop/pods"]; got != 3 {
		t.Errorf("%d pages of pods", got)
	}
}

// expire answers the n-th request for pods as a server does that has forgotten the list.
func expire(nth ...int) func(*api, http.ResponseWriter, *http.Request, int) bool {
	return func(_ *api, w http.ResponseWriter, r *http.Request, n int) bool {
		if !strings.HasSuffix(r.URL.Path, "/pods") || !slices.Contains(nth, n) {
			return false
		}
		answer(w, statusOf(apierrors.NewResourceExpired("The provided continue parameter is too old")))
		return true
	}
}

func TestAListThatExpiresStartsAgainOnce(t *testing.T) {
	a := &api{objects: rolled("shop", "web", 5), pageSize: 2, before: expire(2)}
	if state := read(t, start(t, a), named("shop", "web")); len(state.Pods) != 5 {
		t.Errorf("got %v", contents(state))
	}
	a = &api{objects: rolled("shop", "web", 5), pageSize: 2, before: expire(2, 5)}
	_, err := start(t, a).State(context.Background(), named("shop", "web"))
	if err == nil || err.Error() != "the server gave up a list twice before its last page was read: list pods in namespace shop" {
		t.Errorf("got %v", err)
	}
}

// While the pods are listed a rollout goes on: its ReplicaSet is bigger than what was
// listed. The pods that are there by the second look are taken.
func TestARolloutThatGoesOnIsReadAtOneInstant(t *testing.T) {
	a := &api{objects: rolled("shop", "web", 2)}
	a.before = func(a *api, _ http.ResponseWriter, r *http.Request, nth int) bool {
		if strings.HasSuffix(r.URL.Path, "/replicasets") && nth == 1 {
			rs := find[*appsv1.ReplicaSet](a, "web-1")
			*rs.Spec.Replicas, rs.Generation = 4, 2
			a.objects = append(a.objects, pod(rs, "shop", "web-1-2", "web"), pod(rs, "shop", "web-1-3", "web"))
		}
		return false
	}
	s := start(t, a)
	state := read(t, s, named("shop", "web"))
	if got := len(state.Pods); got != 4 || *state.ReplicaSets[0].Spec.Replicas != 4 {
		t.Errorf("got %v", contents(state))
	}
	if len(a.requests) > 8 || len(s.Warnings()) > 0 {
		t.Errorf("%d requests, warnings %v", len(a.requests), s.Warnings())
	}
}

func TestARolloutThatDoesNotStopIsToldOf(t *testing.T) {
	for _, q := range []Question{named("shop", "web"), everything("shop"), everything("")} {
		a := &api{objects: rolled("shop", "web", 2)}
		a.before = func(a *api, _ http.ResponseWriter, r *http.Request, _ int) bool {
			if strings.HasSuffix(r.URL.Path, "/replicasets") {
				rs := find[*appsv1.ReplicaSet](a, "web-1")
				*rs.Spec.Replicas++
				rs.Generation++
			}
			return false
		}
		s := start(t, a)
		read(t, s, q)
		if got := s.Warnings(); len(got) != 1 || !strings.Contains(got[0], "changed while their pods were read") {
			t.Errorf("warnings %v", got)
		}
	}
}

func TestOnlyNamespacesAtWorkAreReadAgain(t *testing.T) {
	a := &api{objects: slices.Concat(rolled("shop", "web", 2), rolled("else", "web", 2))}
	remove(a, find[*corev1.Pod](a, "web-1-1"))
	state := read(t, start(t, a), everything(""))
	if a.paths["/api/v1/namespaces/shop/pods"] != 1 || a.paths["/api/v1/pods"] != 1 || len(a.requests) != 13 {
		t.Errorf("requests:\n%s", strings.Join(a.requests, "\n"))
	}
	if got := len(state.Pods); got != 3 {
		t.Errorf("got %v", contents(state))
	}
}

// vanish runs on the n-th GET of deployment web.
func onGet(run func(a *api, d *appsv1.Deployment), nth ...int) func(*api, http.ResponseWriter, *http.Request, int) bool {
	return func(a *api, _ http.ResponseWriter, r *http.Request, n int) bool {
		if strings.HasSuffix(r.URL.Path, "/deployments/web") && slices.Contains(nth, n) {
			run(a, find[*appsv1.Deployment](a, "web"))
		}
		return false
	}
}

func TestAWorkloadThatVanishesIsReadAgainOnce(t *testing.T) {
	replace := func(a *api, d *appsv1.Deployment) { d.UID += "x" }
	for name, c := range map[string]struct {
		before func(*api, http.ResponseWriter, *http.Request, int) bool
		want   string
		err    string
	}{
		"deleted": {before: onGet(func(a *api, d *appsv1.Deployment) { remove(a, d) }, 2), want: ""},
		// What hung on it is not that of the new one.
		"replaced":       {before: onGet(replace, 2), want: "deploy/web"},
		"replaced twice": {before: onGet(replace, 2, 4), err: "deployment/web -n shop was deleted or replaced while it was read, twice"},
	} {
		a := &api{objects: rolled("shop", "web", 1), before: c.before}
		state, err := start(t, a).State(context.Background(), named("shop", "web"))
		switch {
		case c.err != "":
			if err == nil || err.Error() != c.err {
				t.Errorf("%s: got %v", name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		default:
			if got := strings.Join(contents(state), " "); got != c.want {
				t.Errorf("%s: got %s", name, got)
			}
		}
	}
}

func TestWithoutTheRightToListAutoscalersThereIsAPlanThatSaysSo(t *testing.T) {
	for why, err := range map[string]error{
		"forbidden": apierrors.NewForbidden(schema.GroupResource{Group: "autoscaling", Resource: "horizontalpodautoscalers"}, "",
			fmt.Errorf("User %q cannot list resource", "reader")),
		"unknown to the server": apierrors.NewGenericServerResponse(404, "get", schema.GroupResource{}, "", "404 page not found", 0, true),
	} {
		a := &api{objects: rolled("shop", "web", 1)}
		a.before = func(_ *api, w http.ResponseWriter, r *http.Request, _ int) bool {
			if strings.HasSuffix(r.URL.Path, "/horizontalpodautoscalers") {
				answer(w, statusOf(err))
				return true
			}
			return false
		}
		state := read(t, start(t, a), named("shop", "web"))
		want := []cluster.Unread{{Resource: "horizontalpodautoscalers.autoscaling", Why: why}}
		if diff := cmp.Diff(want, state.Unread); diff != "" {
			t.Error(diff)
		}
		if len(state.Pods) != 1 {
			t.Errorf("got %v", contents(state))
		}
	}
}

func TestTheInstantIsTheServers(t *testing.T) {
	a := &api{objects: rolled("shop", "web", 1)}
	a.before = func(_ *api, w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.Header().Set("Date", "Fri, 02 Jan 2026 03:04:05 GMT")
		return false
	}
	if at := read(t, start(t, a), named("shop", "web")).At.String(); at != "2026-01-02 03:04:05 +0000 UTC" {
		t.Errorf("at %s", at)
	}
}

func TestWarningsOfTheServerAreToldOnce(t *testing.T) {
	a := &api{objects: rolled("shop", "web", 1)}
	a.before = func(_ *api, w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.Header().Set("Warning", `299 - "this is deprecated"`)
		return false
	}
	s := start(t, a)
	read(t, s, named("shop", "web"))
	if diff := cmp.Diff([]string{"this is deprecated"}, s.Warnings()); diff != "" {
		t.Error(diff)
	}
}

// What decides is read after what it decides about: see the package's comment.
func TestPodsAreReadFirstAndWorkloadsLast(t *testing.T) {
	for _, c := range []struct {
		question Question
		order    []string
	}{
		{named("shop", "web"), []string{"/pods", "/replicasets", "/deployments/web"}},
		{with(Question{}, "StatefulSet", "db"), []string{"/pods", "/controllerrevisions", "/statefulsets/db"}},
		{with(Question{}, "DaemonSet", "logs"), []string{"/pods", "/controllerrevisions", "/daemonsets/logs", "/nodes"}},
		{everything("shop"), []string{"/pods", "/replicasets", "/controllerrevisions", "/statefulsets", "/daemonsets", "/deployments", "/nodes"}},
	} {
		a := &api{objects: slices.Concat(rolled("shop", "web", 1), stateful("shop", "db", 1), everywhere("shop", "logs", 1), someNodes(1))}
		read(t, start(t, a), c.question)
		last := -1
		for _, resource := range c.order {
			at := -1
			for i, request := range a.requests {
				if strings.HasSuffix(request, resource) {
					at = i
				}
			}
			if at <= last {
				t.Errorf("%s is not after what comes before it:\n%s", resource, strings.Join(a.requests, "\n"))
			}
			last = at
		}
	}
}
