package change

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// written is what live was applied from.
const written = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, annotations: {team: a}}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers: [{name: setup, image: setup:1}]
      containers:
      - {name: web, image: "web:1", resources: {limits: {cpu: 1}}}
      - {name: log, image: "log:1"}
`

// applied returns live with the annotation that kubectl apply left.
func applied(t testing.TB) *appsv1.Deployment {
	t.Helper()
	d := deployment(t, live)
	last, err := document(t, written).Object.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	d.Annotations[corev1.LastAppliedConfigAnnotation] = string(last)
	return d
}

func without(text string, parts ...string) string {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			panic("no " + part)
		}
		text = strings.Replace(text, part, "", 1)
	}
	return text
}

const replicasLine = "  replicas: 3\n"

const hpaOnWeb = `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: auto, namespace: shop}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
`

func TestApplyMergesThreeWays(t *testing.T) {
	foreign := func(d *appsv1.Deployment) {
		d.Spec.Template.Spec.Containers[1].Args = []string{"by-hand"}
		d.Spec.Template.Spec.Tolerations = []corev1.Toleration{{Key: "by-hand"}}
	}
	for name, c := range map[string]struct {
		state    func(*appsv1.Deployment)
		manifest string
		want     []string
	}{
		"the same manifest":       {nil, written, nil},
		"somebody else's fields":  {foreign, written, nil},
		"a field that left":       {foreign, without(written, ", resources: {limits: {cpu: 1}}"), []string{`spec.template.spec.containers[name="web"].resources.limits.cpu`}},
		"a container that left":   {nil, without(written, `      - {name: log, image: "log:1"}`+"\n"), []string{`spec.template.spec.containers[name="log"]`}},
		"an annotation that left": {nil, without(written, ", annotations: {team: a}"), []string{"metadata.annotations.team"}},
		"replicas that left":      {nil, without(written, replicasLine), []string{"spec.replicas"}},
		"a default written down":  {nil, strings.Replace(written, replicasLine, replicasLine+"  revisionHistoryLimit: 10\n", 1), nil},
		"quantity":                {nil, strings.Replace(written, "cpu: 1}", "cpu: 1000m}", 1), nil},
		"drift is put right":      {func(d *appsv1.Deployment) { *d.Spec.Replicas = 9 }, written, []string{"spec.replicas"}},
		"status is not applied":   {nil, written + "status: {replicas: 99}\n", nil},
		"exported metadata":       {nil, strings.Replace(written, "{name: web, ", "{name: web, uid: old, resourceVersion: '1', generation: 1, ", 1), nil},
		"the namespace left out":  {nil, without(written, "namespace: shop, "), nil},
	} {
		d := applied(t)
		if c.state != nil {
			c.state(d)
		}
		e := apply(t, Manifest{document(t, c.manifest)}, target(d))
		if diff := cmp.Diff(c.want, paths(e)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if c.want != nil && (e.Verb != "Apply" || e.PatchType != "application/apply-patch+yaml") {
			t.Errorf("%s: sends %s %s", name, e.Verb, e.PatchType)
		}
		if c.want == nil && e.After.GetGeneration() != 4 {
			t.Errorf("%s: generation %d", name, e.After.GetGeneration())
		}
	}
}

func TestWithoutLastAppliedNothingGoes(t *testing.T) {
	e := apply(t, Manifest{document(t, without(written, replicasLine))}, target(deployment(t, live)))
	if e.Changed() {
		t.Errorf("changes %v", e.Changes)
	}
	e = apply(t, Manifest{document(t, strings.Replace(written, "web:1", "web:2", 1))}, target(deployment(t, live)))
	if _, ok := e.After.GetAnnotations()[corev1.LastAppliedConfigAnnotation]; ok {
		t.Error("a last-applied annotation was made up")
	}
	if len(e.Notes) != 1 {
		t.Errorf("notes %v", e.Notes)
	}
}

// A manifest that loses its last annotation says nothing about those of others.
func TestOnlyTheManifestsOwnAnnotationsGo(t *testing.T) {
	d := applied(t)
	d.Annotations["deployment.kubernetes.io/revision"] = "3"
	e := apply(t, Manifest{document(t, without(written, ", annotations: {team: a}"))}, target(d))
	after := e.After.GetAnnotations()
	if _, stays := after["team"]; stays || after["deployment.kubernetes.io/revision"] != "3" {
		t.Errorf("annotations %v", after)
	}
}

func TestAManifestInTheStateIsItsOwnLastApplied(t *testing.T) {
	base := deployment(t, written)
	e := apply(t, Manifest{document(t, without(written, replicasLine, ", annotations: {team: a}"))}, target(base))
	if diff := cmp.Diff([]string{"metadata.annotations.team", "spec.replicas"}, paths(e)); diff != "" {
		t.Error(diff)
	}
	if e.After.GetGeneration() != 1 {
		t.Errorf("generation %d", e.After.GetGeneration())
	}
}

func TestLastAppliedIsTheManifestAfterAChange(t *testing.T) {
	manifest := strings.Replace(written, "web:1", "web:2", 1)
	e := apply(t, Manifest{document(t, manifest)}, target(applied(t)))
	last := e.After.GetAnnotations()[corev1.LastAppliedConfigAnnotation]
	if !strings.Contains(last, "web:2") || strings.Contains(last, "last-applied") {
		t.Errorf("got %s", last)
	}
}

func TestAMissingWorkloadIsCreated(t *testing.T) {
	e := apply(t, Manifest{document(t, written+"status: {replicas: 9}\n")}, target(nil))
	d := e.After.(*appsv1.Deployment)
	if e.Before != nil || e.Verb != "Create" || e.Ref.String() != "deployment/web" {
		t.Errorf("got %+v", e)
	}
	if *d.Spec.RevisionHistoryLimit != 10 || d.Generation != 1 || d.Status.Replicas != 0 ||
		d.CreationTimestamp.Nanosecond() != 0 || d.CreationTimestamp.IsZero() {
		t.Errorf("got %v", d)
	}
	if _, ok := e.Body.(map[string]any)["spec"].(map[string]any)["revisionHistoryLimit"]; ok {
		t.Error("the defaults are sent")
	}
	e = apply(t, Combine(Scale{7}, Manifest{document(t, written)}), target(nil))
	if e.Verb != "Create" || *e.After.(*appsv1.Deployment).Spec.Replicas != 7 || e.Body == nil {
		t.Errorf("got %+v", e)
	}
}

func TestAnAutoscalersReplicasStay(t *testing.T) {
	for name, c := range map[string]struct {
		hpa      string
		manifest string
		want     int32
	}{
		"left out":               {hpaOnWeb, without(written, replicasLine), 9},
		"written":                {hpaOnWeb, written, 3},
		"no autoscaler":          {"", without(written, replicasLine), 1},
		"of another workload":    {strings.Replace(hpaOnWeb, "name: web}", "name: api}", 1), without(written, replicasLine), 1},
		"in another namespace":   {strings.Replace(hpaOnWeb, "shop", "else", 1), without(written, replicasLine), 1},
		"an older version's ref": {strings.Replace(hpaOnWeb, "apps/v1", "apps/v1beta2", 1), without(written, replicasLine), 9},
	} {
		d := applied(t)
		*d.Spec.Replicas = 9
		to := target(d)
		if c.hpa != "" {
			to.State.Others = append(to.State.Others, document(t, c.hpa).Object)
		}
		e := apply(t, Manifest{document(t, c.manifest)}, to)
		if got := *e.After.(*appsv1.Deployment).Spec.Replicas; got != c.want {
			t.Errorf("%s: %d replicas", name, got)
		}
		if said := len(e.Notes) == 1; said != (c.want == 9) {
			t.Errorf("%s: notes %v", name, e.Notes)
		}
	}
}

func TestManifestsThatCannotBeApplied(t *testing.T) {
	broken := applied(t)
	broken.Annotations[corev1.LastAppliedConfigAnnotation] = "{"
	for name, c := range map[string]struct {
		on   cluster.Object
		text string
		want string
	}{
		"unknown field":  {applied(t), strings.Replace(written, "replicas", "replcas", 1), `unknown field "spec.replcas"`},
		"wrong type":     {applied(t), strings.Replace(written, "replicas: 3", "replicas: x", 1), "cannot unmarshal string"},
		"another name":   {applied(t), strings.Replace(written, "name: web,", "name: api,", 1), "the manifest is of deployment/api"},
		"no name":        {nil, without(written, "name: web, "), "has no metadata.name"},
		"another kind":   {nil, strings.Replace(written, "Deployment", "Daemon", 1), "cannot be changed here"},
		"old version":    {nil, strings.Replace(written, "apps/v1", "extensions/v1beta1", 1), "cannot be changed here"},
		"broken history": {broken, written, "is not JSON"},
		"not planned":    {&corev1.Pod{}, written, "cannot be changed here"},
	} {
		document := document(t, c.text)
		document.Source = cluster.Source{File: "web.yaml", Line: 2}
		_, err := Manifest{document}.Apply(target(c.on))
		if err == nil || !strings.HasPrefix(err.Error(), "web.yaml:2: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (Manifest{}).Apply(target(nil)); err == nil {
		t.Error("nothing was applied")
	}
}

func TestWhatTheAPIWouldRejectIsRefusedWithItsField(t *testing.T) {
	recreate := without(written, replicasLine) + "  strategy: {type: Recreate}\n"
	for name, c := range map[string]struct {
		on     cluster.Object
		intent Intent
		want   string // empty: it is accepted
	}{
		"another selector": {applied(t), Manifest{document(t,
			strings.ReplaceAll(written, "app: web", "app: api"))}, "spec.selector"},
		"a new workload with a selector of its own": {nil, Manifest{document(t,
			strings.ReplaceAll(written, "app: web", "app: api"))}, ""},
		"labels that the selector does not match": {nil, Manifest{document(t,
			strings.Replace(written, "labels: {app: web}", "labels: {app: api}", 1))}, "spec.template.metadata.labels"},
		"apply drops what Recreate excludes": {applied(t), Manifest{document(t, recreate)}, ""},
		"a patch does not":                   {applied(t), Patch{`spec: {strategy: {type: Recreate}}`}, "spec.strategy.rollingUpdate"},
		"a patch that does": {applied(t),
			Patch{`spec: {strategy: {$retainKeys: [type], type: Recreate}}`}, ""},
		"no image": {applied(t), Patch{
			`spec: {template: {spec: {containers: [{name: web, image: null}]}}}`},
			"spec.template.spec.containers[0].image"},
	} {
		e, err := c.intent.Apply(target(c.on))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if c.want == "" && len(e.Refusals) > 0 ||
			c.want != "" && (len(e.Refusals) != 1 || e.Refusals[0].Field != c.want) {
			t.Errorf("%s: refused %v", name, e.Refusals)
		}
	}
}

// Applying what the state already is changes nothing, whatever it is.
func TestApplyTwiceChangesOnce(t *testing.T) {
	manifests := []string{
		written, without(written, replicasLine), strings.Replace(written, "web:1", "web:2", 1),
		without(written, `      - {name: log, image: "log:1"}`+"\n"), without(written, ", annotations: {team: a}"),
	}
	rapid.Check(t, func(r *rapid.T) {
		to := target(applied(t))
		for _, text := range rapid.SliceOfN(rapid.SampledFrom(manifests), 1, 4).Draw(r, "manifests") {
			to.Object = apply(t, Manifest{document(t, text)}, to).After
			if again := apply(t, Manifest{document(t, text)}, to); again.Changed() {
				r.Fatalf("a second time: %v", again.Changes)
			}
		}
	})
}

func BenchmarkApply(b *testing.B) {
	manifest := Manifest{document(b, strings.Replace(written, "web:1", "web:2", 1))}
	for name, state := range map[string]*appsv1.Deployment{
		"to a cluster": applied(b), "to a folder": deployment(b, written),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := manifest.Apply(target(state)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
