package change

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
)

func TestNoIntentChangesItsTarget(t *testing.T) {
	manifest := document(t, strings.Replace(written, "web:1", "web:2", 1))
	for _, intent := range []Intent{
		Image{"*", "x"}, Scale{9}, Restart{}, Rollback{1}, Pause{}, Resume{}, Delete{}, Manifest{manifest},
		Patch{`spec: {template: {metadata: {labels: {x: "1"}}}}`},
		Patch{`[{"op": "remove", "path": "/metadata/annotations"}]`},
		Combine(Restart{}, Image{"web", "x"}, Scale{2}),
	} {
		d := applied(t)
		to := target(d)
		to.State.ReplicaSets = revisions(d)
		same, sets, text := d.DeepCopy(), revisions(d), manifest.Object.DeepCopy()
		e, err := intent.Apply(to)
		if err != nil {
			t.Fatal(err)
		}
		if e.After != nil {
			scribble(e.After.(*appsv1.Deployment))
		}
		scribble(e.Before.(*appsv1.Deployment))
		for _, diff := range []string{
			cmp.Diff(same, d), cmp.Diff(sets, to.State.ReplicaSets), cmp.Diff(text, manifest.Object),
		} {
			if diff != "" {
				t.Errorf("%#v: %s", intent, diff)
			}
		}
	}
}

// scribble changes whatever an edit could share with its target.
func scribble(d *appsv1.Deployment) {
	*d.Spec.Replicas = 77
	d.Labels, d.Spec.Selector.MatchLabels["x"] = map[string]string{"x": "x"}, "x"
	if d.Annotations != nil {
		d.Annotations["x"] = "x"
	}
	d.Spec.Template.Labels["x"] = "x"
	d.Spec.Template.Spec.Containers[0].Image = "x"
	d.Status.Conditions = append(d.Status.Conditions, appsv1.DeploymentCondition{})
}

func TestNoPatchPanics(t *testing.T) {
	parts := []string{
		"null", "[]", "{}", "7", `"x"`, `{"$patch":"delete"}`, `{"$patch":"replace","a":1}`, `[{"name":"web"}]`,
		`[{"$patch":"delete"}]`, `[null]`, `[7]`, `{"$retainKeys":7}`, `{"$setElementOrder/containers":7,"containers":[{}]}`,
		`{"$deleteFromPrimitiveList/finalizers":[7]}`, `{"containers":{}}`,
	}
	paths := []string{
		`%`, `{"spec":%}`, `{"metadata":%}`, `{"spec":{"template":%}}`, `{"spec":{"template":{"spec":%}}}`,
		`{"spec":{"template":{"spec":{"containers":%}}}}`, `{"spec":{"strategy":%}}`, `{"metadata":{"annotations":%}}`,
		`[{"op":"replace","path":"/spec","value":%}]`, `[{"op":%,"path":"/spec"}]`, `[{"op":"add","path":%,"value":1}]`,
		`[{"op":"remove","path":"","value":%}]`, `[{"op":"add","path":"/spec/template/spec/containers/-","value":%}]`,
		`[{"op":"copy","from":%,"path":"/spec"}]`, `[{"op":"move","from":"/spec","path":"/spec/template","value":%}]`,
		`[{"op":"test","path":"/spec/replicas","value":%}]`, `[{"op":"add","path":"/spec/template/spec/containers/-9","value":%}]`,
	}
	to := target(deployment(t, live))
	for _, path := range paths {
		for _, part := range parts {
			_, _ = Patch{strings.Replace(path, "%", part, 1)}.Apply(to)
		}
	}
}
