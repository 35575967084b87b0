package change

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

const liveDaemon = `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: logs, namespace: shop, uid: s, generation: 4, resourceVersion: "7", annotations: {deprecated.daemonset.template.generation: "3"}}
spec:
  selector: {matchLabels: {app: logs}}
  template:
    metadata: {labels: {app: logs}}
    spec:
      containers: [{name: logs, image: "logs:2"}]
status: {desiredNumberScheduled: 3, observedGeneration: 4}
`

// daemonSet reads a DaemonSet as kubectl shows it.
func daemonSet(t testing.TB, text string) *appsv1.DaemonSet {
	t.Helper()
	ds := &appsv1.DaemonSet{}
	read(t, text, ds)
	if err := store(ds, kubeversion.Latest()); err != nil {
		t.Fatal(err)
	}
	return ds
}

// atSecond has the revisions logs:1 (1) and logs:2 (2), which it is at.
func atSecond(t testing.TB, ds *appsv1.DaemonSet) Target {
	t.Helper()
	to := target(ds)
	for i, image := range []string{"logs:1", "logs:2"} {
		was := ds.DeepCopy()
		was.Spec.Template.Spec.Containers[0].Image = image
		data, err := revision.DaemonData(&was.Spec.Template, to.Profile)
		if err != nil {
			t.Fatal(err)
		}
		to.State.Revisions = append(to.State.Revisions, revision.NewDaemonRevision(was, int64(i+1), data))
	}
	return to
}

func count(e Edit) string { return e.After.GetAnnotations()[appsv1.DeprecatedTemplateGeneration] }

// The server counts templates in an annotation. What of pods is updated can depend on it,
// and it is nobody's change.
func TestIntentsOfADaemonSetSetTheirFieldsAndCountTemplates(t *testing.T) {
	const image = `spec.template.spec.containers[name="logs"].image`
	for _, c := range []struct {
		intent Intent
		want   string
		patch  string
		count  string
	}{
		{Image{"logs", "logs:3"}, image, "strategic", "4"},
		{Restart{}, `spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]`, "strategic", "4"},
		{Combine(Image{"logs", "logs:3"}, Image{"logs", "logs:4"}), image, "strategic", "4"},
		{Patch{`spec: {minReadySeconds: 5}`}, "spec.minReadySeconds", "strategic", "3"},
		{Patch{`[{"op": "replace", "path": "/spec/updateStrategy/rollingUpdate/maxUnavailable", "value": "10%"}]`},
			"spec.updateStrategy.rollingUpdate.maxUnavailable", "json-patch", "3"},
		{Patch{`{"metadata": {"annotations": {"deprecated.daemonset.template.generation": "70"}}, "spec": {"template": {"spec": {"hostNetwork": true}}}}`},
			"spec.template.spec.hostNetwork", "strategic", "4"},
		{Rollback{0}, image, "strategic", "4"},
		{Rollback{1}, image, "strategic", "4"},
		{Manifest{document(t, strings.Replace(liveDaemon, "logs:2", "logs:5", 1))}, image, "apply-patch", "4"},
	} {
		ds := daemonSet(t, liveDaemon)
		same := ds.DeepCopy()
		e := apply(t, c.intent, atSecond(t, ds))
		if diff := cmp.Diff([]string{c.want}, paths(e)); diff != "" {
			t.Errorf("%#v: %s", c.intent, diff)
		}
		if !strings.Contains(e.PatchType, c.patch) || e.After.GetGeneration() != 5 || count(e) != c.count {
			t.Errorf("%#v: sends %s, generation %d, template %s", c.intent, e.PatchType, e.After.GetGeneration(), count(e))
		}
		if diff := cmp.Diff(same, ds); diff != "" {
			t.Errorf("%#v changes its target: %s", c.intent, diff)
		}
		undo, ok, err := e.Undo()
		if err != nil || !ok || strings.Contains(fmt.Sprint(undo.Body), appsv1.DeprecatedTemplateGeneration) {
			t.Errorf("%#v: undo %+v %v", c.intent, undo, err)
		}
	}
}

func TestADaemonSetStaysAsItIs(t *testing.T) {
	for _, intent := range []Intent{
		Image{"logs", "logs:2"}, Rollback{2}, Combine(), Manifest{document(t, liveDaemon)},
		Patch{`metadata: {annotations: {deprecated.daemonset.template.generation: "9"}}`},
	} {
		e := apply(t, intent, atSecond(t, daemonSet(t, liveDaemon)))
		if e.Changed() || count(e) != "3" {
			t.Errorf("%#v: %v, template %s", intent, e.Changes, count(e))
		}
	}
	e := apply(t, Patch{`metadata: {annotations: {team: b}}`}, target(daemonSet(t, liveDaemon)))
	if !e.Changed() || e.After.GetGeneration() != 4 || count(e) != "3" {
		t.Errorf("annotations: generation %d, template %s", e.After.GetGeneration(), count(e))
	}
}

func TestANewDaemonSetHasItsFirstTemplate(t *testing.T) {
	manifest := strings.Replace(liveDaemon, `, annotations: {deprecated.daemonset.template.generation: "3"}`, "", 1)
	for name, intent := range map[string]Intent{
		"alone":                  Manifest{document(t, manifest)},
		"with another image too": Combine(Manifest{document(t, manifest)}, Image{"logs", "logs:9"}, Restart{}),
	} {
		e := apply(t, intent, target(nil))
		if e.Verb != verbCreate || count(e) != "1" || e.After.GetGeneration() != 1 {
			t.Errorf("%s: %s, template %s, generation %d", name, e.Verb, count(e), e.After.GetGeneration())
		}
	}
	if e := apply(t, Manifest{document(t, liveDaemon)}, target(nil)); count(e) != "3" {
		t.Errorf("one that somebody wrote: template %s", count(e))
	}
}

func TestAServersAnswerCountsOnce(t *testing.T) {
	ds := daemonSet(t, liveDaemon)
	manifest := Manifest{document(t, strings.Replace(liveDaemon, "logs:2", "logs:5", 1))}
	answer := ds.DeepCopy()
	answer.Spec.Template.Spec.Containers[0].Image = "logs:5"
	answer.Annotations[appsv1.DeprecatedTemplateGeneration] = "4"
	e := apply(t, Served{Manifest: manifest, Object: answer}, target(ds))
	if len(e.Changes) != 1 || count(e) != "4" || len(e.Notes) != 1 { // the note is about last-applied
		t.Errorf("%v, template %s, notes %v", e.Changes, count(e), e.Notes)
	}
}

func TestWhatCannotBeDoneToADaemonSet(t *testing.T) {
	for _, c := range []struct {
		intent Intent
		want   string
	}{
		{Scale{5}, "daemonset/logs has no replicas: it has a pod on each node that fits; a nodeSelector in its template makes the nodes fewer"},
		{Pause{}, "daemonset/logs cannot be paused, only a Deployment can: with updateStrategy OnDelete it leaves all its pods as they are"},
		{Resume{}, "daemonset/logs cannot be resumed, only a Deployment can: with updateStrategy RollingUpdate it updates all its pods"},
		{Partition(1), "daemonset/logs has no partition, a StatefulSet has: with updateStrategy OnDelete it leaves all its pods as they are"},
		{Rollback{7}, "daemonset/logs has no revision 7: it has 1, 2"},
		{Image{"web", "x"}, `daemonset/logs has no container "web": it has logs`},
		{Patch{`spec: {replicas: 3}`}, `patching daemonset/logs: unknown field "spec.replicas"`},
	} {
		_, err := c.intent.Apply(atSecond(t, daemonSet(t, liveDaemon)))
		if err == nil || err.Error() != c.want {
			t.Errorf("%#v: got %v, want %s", c.intent, err, c.want)
		}
	}
}

func TestWhatTheAPIRefusesOfADaemonSetIsInTheEdit(t *testing.T) {
	for text, want := range map[string]validate.Refusal{
		`spec: {selector: {matchLabels: {app: logs, x: z}}, template: {metadata: {labels: {x: z}}}}`: {Field: "spec.selector", Reason: "cannot be changed"},
		`spec: {updateStrategy: {rollingUpdate: {maxSurge: 1}}}`: {
			Field: "spec.updateStrategy.rollingUpdate.maxSurge", Reason: "must be 0 unless maxUnavailable is 0, which is 1 by default",
		},
	} {
		e, err := Patch{text}.Apply(target(daemonSet(t, liveDaemon)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]validate.Refusal{want}, e.Refusals); diff != "" {
			t.Error(diff)
		}
	}
}
