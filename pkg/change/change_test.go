package change

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

const live = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, uid: u, generation: 4, resourceVersion: "7", annotations: {team: a}}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers: [{name: setup, image: setup:1}]
      containers:
      - {name: web, image: "web:1", resources: {limits: {cpu: "1"}}}
      - {name: log, image: "log:1"}
status: {replicas: 3, observedGeneration: 4}
`

func read(t testing.TB, text string, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

// deployment reads a Deployment as a server stores it.
func deployment(t testing.TB, text string) *appsv1.Deployment {
	t.Helper()
	d := &appsv1.Deployment{}
	read(t, text, d)
	kind := d.TypeMeta
	defaults.Deployment(d, kubeversion.Latest())
	if err := defaults.Stored(d); err != nil {
		t.Fatal(err)
	}
	d.TypeMeta = kind
	return d
}

func target(object cluster.Object) Target {
	return Target{
		Object:  object,
		State:   &cluster.Snapshot{},
		Now:     time.Date(2026, 1, 2, 3, 4, 5, 600, time.FixedZone("x", 3600)),
		Profile: kubeversion.Latest(),
	}
}

func document(t testing.TB, text string) cluster.Document {
	t.Helper()
	object := &unstructured.Unstructured{}
	encoded, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := object.UnmarshalJSON(encoded); err != nil {
		t.Fatal(err)
	}
	return cluster.Document{Object: object}
}

func apply(t testing.TB, intent Intent, to Target) Edit {
	t.Helper()
	e, err := intent.Apply(to)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Refusals) > 0 {
		t.Fatalf("refused: %v", e.Refusals)
	}
	return e
}

func paths(e Edit) []string {
	var list []string
	for _, c := range e.Changes {
		list = append(list, c.Path)
	}
	return list
}

func replicaSet(t testing.TB) *appsv1.ReplicaSet {
	rs := &appsv1.ReplicaSet{}
	read(t, strings.Replace(live, "kind: Deployment", "kind: ReplicaSet", 1), rs)
	return rs
}

func TestEachIntentChangesItsField(t *testing.T) {
	const pod = "spec.template.spec."
	for name, c := range map[string]struct {
		intent Intent
		want   []string
		body   string
	}{
		"one image": {Image{"web", "web:2"}, []string{pod + `containers[name="web"].image`}, `
spec: {template: {spec: {
  $setElementOrder/containers: [{name: web}, {name: log}],
  containers: [{name: web, image: "web:2"}]}}}`},
		"an init container": {Image{"setup", "setup:2"}, []string{pod + `initContainers[name="setup"].image`}, `
spec: {template: {spec: {
  $setElementOrder/initContainers: [{name: setup}],
  initContainers: [{name: setup, image: "setup:2"}]}}}`},
		"every image": {Image{"*", "x:2"}, []string{
			pod + `containers[name="log"].image`, pod + `containers[name="web"].image`,
			pod + `initContainers[name="setup"].image`,
		}, ""},
		"size":  {Scale{5}, []string{"spec.replicas"}, `spec: {replicas: 5}`},
		"zero":  {Scale{0}, []string{"spec.replicas"}, `spec: {replicas: 0}`},
		"pause": {Pause{}, []string{"spec.paused"}, `spec: {paused: true}`},
		"restart": {Restart{}, []string{`spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]`},
			`spec: {template: {metadata: {annotations: {kubectl.kubernetes.io/restartedAt: "2026-01-02T02:04:05Z"}}}}`},
		"merge patch": {Patch{`{"spec":{"template":{"spec":{"containers":[{"name":"log","image":"log:2"}]}}}}`},
			[]string{pod + `containers[name="log"].image`},
			`spec: {template: {spec: {containers: [{name: log, image: "log:2"}]}}}`},
		"patch in YAML": {Patch{`spec: {minReadySeconds: 5}`}, []string{"spec.minReadySeconds"},
			`spec: {minReadySeconds: 5}`},
		"annotation": {Patch{`metadata: {annotations: {team: b}}`}, []string{"metadata.annotations.team"},
			`metadata: {annotations: {team: b}}`},
	} {
		e := apply(t, c.intent, target(deployment(t, live)))
		if diff := cmp.Diff(c.want, paths(e)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if e.Verb != "Patch" || e.PatchType != "application/strategic-merge-patch+json" {
			t.Errorf("%s: sends %s %s", name, e.Verb, e.PatchType)
		}
		var want any
		if read(t, c.body, &want); c.body != "" && cmp.Diff(asYAML(t, want), asYAML(t, e.Body)) != "" {
			t.Errorf("%s: sends %s", name, asYAML(t, e.Body))
		}
		if e.After.GetGeneration() != 5 || e.After.(*appsv1.Deployment).Status.Replicas != 3 {
			t.Errorf("%s: generation %d, status %v", name, e.After.GetGeneration(), e.After.(*appsv1.Deployment).Status)
		}
	}
}

func asYAML(t testing.TB, value any) string {
	encoded, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func TestWhatChangesNothingSendsNothing(t *testing.T) {
	for name, intent := range map[string]Intent{
		"same image":        Image{"web", "web:1"},
		"same size":         Scale{3},
		"not paused":        Resume{},
		"a default":         Patch{`spec: {progressDeadlineSeconds: 600}`},
		"quantity":          Patch{`spec: {template: {spec: {containers: [{name: web, resources: {limits: {cpu: 1000m}}}]}}}`},
		"status":            Patch{`status: {replicas: 9}`},
		"server's metadata": Patch{`metadata: {uid: x, generation: 9, resourceVersion: "9"}`},
		"empty patch":       Patch{`{}`},
		"no operations":     Patch{`[]`},
		"no intent":         Combine(),
	} {
		d := deployment(t, live)
		e := apply(t, intent, target(d))
		if e.Changed() || len(e.Changes) > 0 || e.Body != nil {
			t.Errorf("%s: %v", name, e.Changes)
		}
		if diff := cmp.Diff(e.Before, e.After); diff != "" {
			t.Errorf("%s: before and after differ: %s", name, diff)
		}
	}
}

func TestIntentsThatCannotBe(t *testing.T) {
	restarted := deployment(t, live)
	restarted.Spec.Template.Annotations = map[string]string{restartedAt: "2026-01-02T02:04:05Z"}
	paused := deployment(t, live)
	paused.Spec.Paused = true
	for _, c := range []struct {
		on     cluster.Object
		intent Intent
		want   string
	}{
		{nil, Image{"wbe", "web:2"}, `deployment/web has no container "wbe": it has web, log, setup (init)`},
		{nil, Scale{-1}, "deployment/web cannot have -1 replicas: give 0 or more"},
		{paused, Restart{}, "deployment/web is paused: resume it before a restart"},
		{restarted, Restart{}, "deployment/web was restarted in this same second: wait a second"},
		{nil, Rollback{3}, "deployment/web has no revision 3: the state holds no ReplicaSet of it with a revision"},
		{replicaSet(t), Restart{}, "replicaset/web cannot be restarted, since a ReplicaSet never replaces pods: delete its pods"},
		{replicaSet(t), Rollback{1}, "replicaset/web has no revisions, a Deployment, StatefulSet or DaemonSet has: apply its earlier manifest"},
		{replicaSet(t), Pause{}, "replicaset/web cannot be paused or resumed, only a Deployment can: scale it to 0 to stop it"},
		{nil, Patch{`{"spec":`}, "the patch is neither JSON nor YAML"},
		{nil, Patch{`7`}, "the patch is 7: write an object, or a list of JSON patch operations"},
		{nil, Patch{``}, "the patch is null: write an object"},
		{nil, Patch{`spec: {replcas: 3}`}, `patching deployment/web: unknown field "spec.replcas"`},
		{nil, Patch{`spec: {replicas: three}`}, "patching deployment/web: json: cannot unmarshal string"},
		{nil, Patch{`metadata: {name: other}`}, "cannot change its apiVersion, kind, namespace or name"},
		{nil, Patch{`metadata: {namespace: other}`}, "cannot change its apiVersion, kind, namespace or name"},
		{nil, Patch{`kind: ReplicaSet`}, "cannot change its apiVersion, kind, namespace or name"},
		{nil, Patch{`[{"op": "test", "path": "/spec/replicas", "value": 9}]`}, "patching deployment/web: "},
		{nil, Patch{`[{"op": "replace", "path": "/spec/none/x", "value": 9}]`}, "patching deployment/web: "},
		{nil, Patch{`[7]`}, "patching deployment/web: "},
		{nil, Combine(Pause{}, Resume{}), "pause and resume exclude each other: give one of them"},
		{nil, Combine(Delete{}, Resume{}), "a workload cannot be deleted and changed at once"},
		{&corev1.Pod{}, Scale{1}, "cannot be changed here: Deployments, StatefulSets, DaemonSets and ReplicaSets of apps/v1 can"},
	} {
		on := c.on
		if on == nil {
			on = deployment(t, live)
		}
		_, err := c.intent.Apply(target(on))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%#v: got %v, want %s", c.intent, err, c.want)
		}
	}
	if _, err := (Scale{1}).Apply(target(nil)); err == nil {
		t.Error("a workload that does not exist was scaled")
	}
}

func TestImagesAreReadAsKubectlReadsThem(t *testing.T) {
	for text, want := range map[string]Image{
		"web=web:2":           {"web", "web:2"},
		"*=web@sha256:abc":    {"*", "web@sha256:abc"},
		"web=reg:5000/web?=a": {"web", "reg:5000/web?=a"},
	} {
		if got, err := ParseImage(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"web:2": "write it as CONTAINER=IMAGE", "=web:2": "names no container", "web=": "nothing behind the =",
	} {
		if _, err := ParseImage(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAReplicaSetIsScaledAndItsAnnotationsAreNoGeneration(t *testing.T) {
	e := apply(t, Scale{5}, target(replicaSet(t)))
	if *e.After.(*appsv1.ReplicaSet).Spec.Replicas != 5 || e.After.GetGeneration() != 5 {
		t.Errorf("got %v", e.After)
	}
	e = apply(t, Patch{`metadata: {annotations: {team: b}}`}, target(replicaSet(t)))
	if e.After.GetGeneration() != 4 || !e.Changed() {
		t.Errorf("generation %d", e.After.GetGeneration())
	}
}

func TestDeleteLeavesNothing(t *testing.T) {
	e := apply(t, Delete{}, target(deployment(t, live)))
	if e.After != nil || e.Before == nil || e.Verb != "Delete" || e.Ref.Name != "web" {
		t.Errorf("got %+v", e)
	}
}

func TestCombinedIntentsAreOneRequestInOrder(t *testing.T) {
	d := deployment(t, live)
	d.Spec.Paused = true
	e := apply(t, Combine(Restart{}, Scale{5}, Image{"web", "web:2"}, Resume{}, Image{"log", "log:2"}), target(d))
	want := []string{
		"spec.paused", "spec.replicas",
		`spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]`,
		`spec.template.spec.containers[name="log"].image`, `spec.template.spec.containers[name="web"].image`,
	}
	if diff := cmp.Diff(want, paths(e)); diff != "" {
		t.Error(diff)
	}
	if e.After.GetGeneration() != 5 || e.Verb != "Patch" || e.Body == nil {
		t.Errorf("generation %d, verb %s", e.After.GetGeneration(), e.Verb)
	}
	if e := apply(t, Combine(Scale{5}, Scale{3}), target(deployment(t, live))); e.Changed() {
		t.Errorf("there and back again is a change: %v", e.Changes)
	}
}
