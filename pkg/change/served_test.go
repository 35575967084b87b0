package change

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

// stored is what a server without webhooks answers to the dry run of a patch.
func stored(t *testing.T, before *appsv1.Deployment, patch []byte) *appsv1.Deployment {
	t.Helper()
	current, err := yaml.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	if current, err = yaml.YAMLToJSON(current); err != nil {
		t.Fatal(err)
	}
	patched, err := strategicpatch.StrategicMergePatch(current, patch, before)
	if err != nil {
		t.Fatal(err)
	}
	d := deployment(t, string(patched))
	d.Generation++
	d.ManagedFields = nil
	return d
}

func TestWhatIsSentIsThePatchOfApply(t *testing.T) {
	for name, c := range map[string]struct {
		manifest string
		scaled   bool
		want     string
	}{
		"a new image": {manifest: strings.Replace(written, "web:1", "web:2", 1), want: `
spec: {template: {spec: {
  $setElementOrder/containers: [{name: web}, {name: log}],
  containers: [{name: web, image: "web:2"}]}}}`},
		"replicas left out":              {manifest: without(written, replicasLine), want: `spec: {replicas: null}`},
		"replicas left to an autoscaler": {manifest: without(written, replicasLine), scaled: true},
		"nothing":                        {manifest: written},
		"an emptyDir, which is an empty map": {manifest: written + "      volumes: [{name: tmp, emptyDir: {}}]\n", want: `
spec: {template: {spec: {volumes: [{name: tmp, emptyDir: {}}]}}}`},
	} {
		to := target(applied(t))
		c.manifest = strings.Replace(c.manifest, "cpu: 1", `cpu: "1"`, 1) // as it is stored
		if c.scaled {
			to.State.Others = append(to.State.Others, document(t, hpaOnWeb).Object)
		}
		patch, err := Manifest{document(t, c.manifest)}.Sends(to)
		if err != nil {
			t.Fatal(err)
		}
		var got, want any
		read(t, string(patch), &got)
		read(t, c.want, &want)
		if sent, ok := got.(map[string]any); ok {
			annotations := sent["metadata"].(map[string]any)["annotations"].(map[string]any)
			if len(annotations) != 1 || annotations[corev1.LastAppliedConfigAnnotation] == nil {
				t.Errorf("%s: sends %v, want the last-applied annotation alone", name, annotations)
			}
			delete(sent, "metadata")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestANewObjectIsSentAsItIsWritten(t *testing.T) {
	body, err := Manifest{document(t, written)}.Sends(target(nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(asYAML(t, document(t, written).Object.Object), string(mustYAML(t, body))); diff != "" {
		t.Error(diff)
	}
}

func mustYAML(t *testing.T, body []byte) []byte {
	t.Helper()
	text, err := yaml.JSONToYAML(body)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A server that does what the local rules do gives the same edit.
func TestAServedManifestIsTheLocalOneWhereNobodyInterferes(t *testing.T) {
	for _, text := range []string{
		strings.Replace(written, "web:1", "web:2", 1),
		without(written, replicasLine),
		without(written, `annotations: {team: a}`),
		strings.Replace(written, "replicas: 3", "replicas: 7\n  minReadySeconds: 4", 1),
	} {
		to := target(applied(t))
		m := Manifest{document(t, text)}
		patch, err := m.Sends(to)
		if err != nil {
			t.Fatal(err)
		}
		local := apply(t, m, to)
		served := apply(t, Served{Manifest: m, Object: stored(t, applied(t), patch)}, to)
		if diff := cmp.Diff(local, served); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestAServersOwnChangesAreInTheEdit(t *testing.T) {
	to := target(applied(t))
	answer := applied(t)
	answer.Generation, answer.ResourceVersion = 5, "9"
	answer.Status.Replicas = 2
	answer.Annotations["deployment.kubernetes.io/revision"] = "12"
	answer.Spec.Template.Spec.Containers[0].Image = "web:2"
	answer.Spec.Template.Spec.Containers[1].Image = "mirror/log:1"
	e := apply(t, Served{Manifest{document(t, strings.Replace(written, "web:1", "web:2", 1))}, answer, nil}, to)
	want := []string{
		`spec.template.spec.containers[name="log"].image`, `spec.template.spec.containers[name="web"].image`,
	}
	if diff := cmp.Diff(want, paths(e)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{`the server itself changes spec.template.spec.containers[name="log"].image`}, e.Notes); diff != "" {
		t.Error(diff)
	}
	after := e.After.(*appsv1.Deployment)
	if after.Generation != 5 || after.ResourceVersion != "7" || after.Status.Replicas != 3 {
		t.Errorf("generation %d, resource version %s, status %v", after.Generation, after.ResourceVersion, after.Status)
	}
	if revision, ok := after.Annotations["deployment.kubernetes.io/revision"]; ok {
		t.Errorf("the revision became %s", revision)
	}
}

func TestAServersAnswerOutranksOurRules(t *testing.T) {
	to := target(applied(t))
	broken := Manifest{document(t, strings.Replace(written, "replicas: 3", "replicas: -1", 1))}
	if e, err := broken.Apply(to); err != nil || len(e.Refusals) == 0 {
		t.Fatalf("the local rules let it pass: %v", err)
	}
	answer := applied(t)
	*answer.Spec.Replicas = -1
	apply(t, Served{Manifest: broken, Object: answer}, to)
}

func TestWhatAServerRefusesIsRejected(t *testing.T) {
	refusals := []validate.Refusal{{Reason: "admission webhook \"no\" denied the request"}}
	s := Served{Manifest: Manifest{document(t, strings.Replace(written, "web:1", "web:2", 1))}, Refusals: refusals}
	for _, c := range []struct {
		intent Intent
		object cluster.Object
	}{{s, applied(t)}, {s, nil}, {Combine(s, Scale{9}), applied(t)}} {
		e, err := c.intent.Apply(target(c.object))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(refusals, e.Refusals); diff != "" {
			t.Error(diff)
		}
		if c.object != nil && len(e.Changes) != 1 {
			t.Errorf("changes %v", e.Changes)
		}
	}
}

func TestAServedManifestCombinesWithFlags(t *testing.T) {
	answer := applied(t)
	answer.Spec.Template.Spec.Containers[0].Image = "web:2"
	s := Served{Manifest: Manifest{document(t, strings.Replace(written, "web:1", "web:2", 1))}, Object: answer}
	e := apply(t, Combine(Scale{9}, s), target(applied(t)))
	want := []string{"spec.replicas", `spec.template.spec.containers[name="web"].image`}
	if diff := cmp.Diff(want, paths(e)); diff != "" {
		t.Error(diff)
	}
}

func TestAServedManifestCreates(t *testing.T) {
	answer := deployment(t, written)
	answer.UID, answer.ResourceVersion = "new", "1"
	m := Manifest{document(t, written)}
	if diff := cmp.Diff(apply(t, m, target(nil)), apply(t, Served{Manifest: m, Object: answer}, target(nil))); diff != "" {
		t.Error(diff)
	}
}
