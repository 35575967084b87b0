package load

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

const web = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: main
        image: web:1
`

// replaced is the Deployment above with a part of it replaced.
func replaced(old, new string) string { return strings.Replace(web, old, new, 1) }

func TestManifestsRefuses(t *testing.T) {
	tests := []struct {
		claim   string
		content string
		want    string
	}{
		{"an unknown field", replaced("image:", "imagee:"),
			`-:14: deployment default/web: unknown field "spec.template.spec.containers[0].imagee"`},
		{"a field one level too high", replaced("spec:\n  replicas", "replicas: 3\nspec:\n  replicas"),
			`-:5: deployment default/web: unknown field "replicas"`},
		{"text for a number", replaced("replicas: 3", "replicas: three"),
			`-:6: deployment default/web: spec.replicas: must be a number, not the text "three"`},
		{"a fraction of a replica", replaced("replicas: 3", "replicas: 3.5"),
			"-:6: deployment default/web: spec.replicas: must be a whole number, not 3.5"},
		{"more replicas than a number can hold", replaced("replicas: 3", "replicas: 99999999999"),
			"-:6: deployment default/web: spec.replicas: 99999999999 is too large or too small"},
		{"a number for text", replaced("image: web:1", "image: 1"),
			"-:14: deployment default/web: spec.template.spec.containers[0].image: must be text, not 1"},
		{"a bare yes for text, which is true", replaced("image: web:1", "image: yes"),
			"-:14: deployment default/web: spec.template.spec.containers[0].image: must be text, not true"},
		{"a label that is a boolean", replaced("{app: web}\n    spec", "{app: true}\n    spec"),
			"-:10: deployment default/web: spec.template.metadata.labels.app: must be text, not true"},
		{"a mapping for a list", replaced("- name: main\n        image", "  name: main\n        image"),
			"-:12: deployment default/web: spec.template.spec.containers: must be a list, not a mapping"},
		{"a quantity that is none", replaced("image: web:1", "image: web:1\n        resources: {limits: {cpu: much}}"),
			`-:15: deployment default/web: spec.template.spec.containers[0].resources.limits.cpu: the text "much" is not valid`},
		{"an old group", replaced("apps/v1", "extensions/v1beta1"), "-:1: deployment web: extensions/v1beta1 is not served: use apps/v1"},
		{"an old version", replaced("apps/v1", "apps/v1beta2"), "-:1: deployment web: apps/v1beta2 is not served: use apps/v1"},
		{"no group", replaced("apps/v1", "v1"), "-:1: deployment web: v1 is not served: use apps/v1"},
		{"an old CronJob", "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: a}\n", "-:1: cronjob a: batch/v1beta1 is not served: use batch/v1"},
		{"no name", replaced("name: web", "labels: {}"), "-:3: deployment default/: metadata.name is missing"},
		{"a generated name", replaced("name: web", "generateName: web-"), "metadata.name is missing, and generateName cannot be applied"},
		{"two objects of one identity", web + "---\n" + web, "-:16: deployment default/web stands twice: also at -:1"},
		{"two objects of one identity once it has a namespace",
			web + "---\n" + replaced("name: web", "name: web\n  namespace: default"), "-:16: deployment default/web stands twice: also at -:1"},
	}
	for _, test := range tests {
		t.Run(test.claim, func(t *testing.T) {
			documents, err := read(t, test.content)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = Manifests(documents, ManifestOptions{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %v", err, test.want)
			}
		})
	}
}

func TestNamespacesOffline(t *testing.T) {
	shop := &cluster.Snapshot{Deployments: []*appsv1.Deployment{{ObjectMeta: metav1.ObjectMeta{Name: "a", Namespace: "shop"}}}}
	both := &cluster.Snapshot{Deployments: []*appsv1.Deployment{
		shop.Deployments[0], {ObjectMeta: metav1.ObjectMeta{Name: "a", Namespace: "other"}}}}
	const role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a, namespace: wrong}\n"
	const custom = "apiVersion: example.com/v1\nkind: Planet\nmetadata: {name: a}\n"
	const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: planets.example.com}
spec: {group: example.com, scope: Cluster, names: {kind: Planet}}
`
	tests := []struct {
		claim   string
		content string
		o       ManifestOptions
		want    []string
		err     string
	}{
		{claim: "without anything it is default", content: web, want: []string{"default/web"}},
		{claim: "the only one in the state", content: web, o: ManifestOptions{Default: OnlyNamespace(shop)}, want: []string{"shop/web"}},
		{claim: "several in the state do not count", content: web, o: ManifestOptions{Default: OnlyNamespace(both)}, want: []string{"default/web"}},
		{claim: "-n wins over the state", content: web, o: ManifestOptions{Default: OnlyNamespace(shop), Namespace: "n"}, want: []string{"n/web"}},
		{claim: "what names one keeps it", content: replaced("name: web", "name: web\n  namespace: own"), o: ManifestOptions{Default: OnlyNamespace(shop)}, want: []string{"own/web"}},
		{claim: "what names another than -n is refused", content: replaced("name: web", "name: web\n  namespace: own"), o: ManifestOptions{Namespace: "n"},
			err: `-:5: deployment own/web: the namespace from the provided object "own" does not match the namespace "n": pass -n own`},
		{claim: "a cluster-scoped object has none", content: role, o: ManifestOptions{Namespace: "n"}, want: []string{"/a"}},
		{claim: "a kind that nobody knows is in one", content: custom, want: []string{"default/a"}},
		{claim: "a kind that is defined beside it has what its definition says", content: custom + "---\n" + definition, want: []string{"/a", "/planets.example.com"}},
	}
	for _, test := range tests {
		t.Run(test.claim, func(t *testing.T) {
			documents, err := read(t, test.content)
			if err != nil {
				t.Fatal(err)
			}
			documents, _, err = Manifests(documents, test.o)
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Fatalf("got  %v\nwant %v", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, d := range documents {
				names = append(names, d.Object.GetNamespace()+"/"+d.Object.GetName())
			}
			if diff := cmp.Diff(test.want, names); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUnknownFieldsOfObjectsFromAServerAreOneWarningPerField(t *testing.T) {
	pod := func(name string) string {
		return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", uid: u}\nspec:\n  containers:\n  - {name: a, new: 1}\n  - {name: b, new: 1}\n---\n"
	}
	documents, err := read(t, pod("a")+pod("b")+pod("c"))
	if err != nil {
		t.Fatal(err)
	}
	_, warnings, err := Manifests(documents, ManifestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`-:1: pod default/a: unknown field "spec.containers[0].new" is ignored (and in 2 more)`}
	if diff := cmp.Diff(want, warnings); diff != "" {
		t.Error(diff)
	}
}

func TestManifestsLeavesTheDocumentsAsTheyAre(t *testing.T) {
	documents, err := read(t, web)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Manifests(documents, ManifestOptions{Namespace: "n"}); err != nil {
		t.Fatal(err)
	}
	if namespace := documents[0].Object.GetNamespace(); namespace != "" {
		t.Errorf("the document is now in namespace %q", namespace)
	}
}
