package diff

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"
)

const base = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers: [{name: a}, {name: b}]
      containers:
      - name: web
        image: web:1
        args: [serve, --fast]
        env: [{name: A, value: "1"}, {name: B, value: "2"}]
        ports: [{containerPort: 53, protocol: TCP}, {containerPort: 53, protocol: UDP}]
        resources: {limits: {cpu: "1", memory: 1Gi}}
      tolerations: [{key: spot, operator: Exists}]
`

func parse(t testing.TB, text string) *appsv1.Deployment {
	t.Helper()
	d := &appsv1.Deployment{}
	if err := yaml.UnmarshalStrict([]byte(text), d); err != nil {
		t.Fatal(err)
	}
	return d
}

func changed(t testing.TB, change func(*appsv1.Deployment)) *appsv1.Deployment {
	d := parse(t, base)
	change(d)
	return d
}

func fromYAML(t testing.TB, text string, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

func TestDifferencesAreNamedByKeyAndSorted(t *testing.T) {
	const web = `spec.template.spec.containers[name="web"]`
	for name, c := range map[string]struct {
		change func(*appsv1.Deployment)
		want   []Change
	}{
		"nothing": {func(*appsv1.Deployment) {}, nil},
		"image": {func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Image = "web:2" },
			[]Change{{web + ".image", "web:1", "web:2"}}},
		"two, sorted": {func(d *appsv1.Deployment) {
			d.Spec.Template.Spec.Containers[0].Image = "web:2"
			d.Spec.Replicas = nil
			d.Spec.Paused = true
		}, []Change{
			{"spec.paused", false, true},
			{"spec.replicas", int64(3), nil},
			{web + ".image", "web:1", "web:2"},
		}},
		"env by name": {func(d *appsv1.Deployment) {
			fromYAML(t, `[{name: B, value: "3"}, {name: Z, value: z}]`, &d.Spec.Template.Spec.Containers[0].Env)
		}, []Change{
			{web + `.env[name="A"]`, map[string]any{"name": "A", "value": "1"}, nil},
			{web + `.env[name="B"].value`, "2", "3"},
			{web + `.env[name="Z"]`, nil, map[string]any{"name": "Z", "value": "z"}},
		}},
		"order is one change": {func(d *appsv1.Deployment) {
			fromYAML(t, `[{name: b}, {name: a}]`, &d.Spec.Template.Spec.InitContainers)
		}, []Change{{
			"spec.template.spec.initContainers", `order [name="a"][name="b"]`, `order [name="b"][name="a"]`,
		}}},
		"in front of others is no new order": {func(d *appsv1.Deployment) {
			fromYAML(t, `[{name: c}, {name: a}, {name: b}]`, &d.Spec.Template.Spec.InitContainers)
		}, []Change{{
			`spec.template.spec.initContainers[name="c"]`, nil,
			map[string]any{"name": "c", "resources": map[string]any{}},
		}}},
		"one port number twice": {func(d *appsv1.Deployment) {
			d.Spec.Template.Spec.Containers[0].Ports[1].Name = "dns"
		}, []Change{{web + `.ports[containerPort=53,protocol="UDP"].name`, nil, "dns"}}},
		"quantity written out": {func(d *appsv1.Deployment) {
			fromYAML(t, `{cpu: 1000m, memory: 1024Mi}`, &d.Spec.Template.Spec.Containers[0].Resources.Limits)
		}, nil},
		"quantity": {func(d *appsv1.Deployment) {
			fromYAML(t, `{cpu: 1500m, memory: 1Gi, nvidia.com/gpu: 1}`, &d.Spec.Template.Spec.Containers[0].Resources.Limits)
		}, []Change{
			{web + ".resources.limits.cpu", "1", "1500m"},
			{web + `.resources.limits["nvidia.com/gpu"]`, nil, "1"},
		}},
		"a list without keys is one value": {func(d *appsv1.Deployment) {
			d.Spec.Template.Spec.Containers[0].Args = []string{"serve"}
		}, []Change{{web + ".args", []any{"serve", "--fast"}, []any{"serve"}}}},
		"elements without keys by position": {func(d *appsv1.Deployment) {
			d.Spec.Template.Spec.Tolerations[0].Value = "yes"
		}, []Change{{"spec.template.spec.tolerations[0].value", nil, "yes"}}},
		"number or percent": {func(d *appsv1.Deployment) {
			fromYAML(t, `{maxSurge: 1, maxUnavailable: 0}`, d.Spec.Strategy.RollingUpdate)
		}, []Change{{"spec.strategy.rollingUpdate.maxSurge", "25%", int64(1)}}},
		"empty for nil": {func(d *appsv1.Deployment) { d.Annotations = map[string]string{} }, nil},
		"a block that is gone": {func(d *appsv1.Deployment) { d.Spec.Strategy.RollingUpdate = nil },
			[]Change{{"spec.strategy.rollingUpdate",
				map[string]any{"maxSurge": "25%", "maxUnavailable": int64(0)}, nil}}},
		"annotation": {func(d *appsv1.Deployment) {
			d.Spec.Template.Annotations = map[string]string{"kubectl.kubernetes.io/restartedAt": "now", "a": "b"}
		}, []Change{
			{"spec.template.metadata.annotations.a", nil, "b"},
			{`spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]`, nil, "now"},
		}},
		"what the server writes": {func(d *appsv1.Deployment) {
			d.UID, d.Generation, d.ResourceVersion = "u", 4, "7"
			d.CreationTimestamp = metav1.Now()
			d.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "m"}}
			d.Status.Replicas = 3
			d.Annotations = map[string]string{
				"deployment.kubernetes.io/revision":                "4",
				"kubectl.kubernetes.io/last-applied-configuration": "{}",
			}
		}, nil},
	} {
		from, to := parse(t, base), changed(t, c.change)
		if diff := cmp.Diff(c.want, Objects(from, to)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(parse(t, base), from); diff != "" {
			t.Errorf("%s: the object was changed: %s", name, diff)
		}
	}
}

func TestNothingToCompareWithoutBothObjects(t *testing.T) {
	var none *appsv1.Deployment
	d := parse(t, base)
	if Objects(nil, d) != nil || Objects(d, nil) != nil || Objects(none, d) != nil {
		t.Error("a missing object has differences")
	}
	if Objects(d, &appsv1.ReplicaSet{}) != nil {
		t.Error("two kinds have differences")
	}
}

// A spec that controllers take for another has a change, and only such a spec.
func TestChangesAgreeWithSemanticEquality(t *testing.T) {
	pods := []string{
		`{}`, `{containers: []}`, `{securityContext: {}}`, `{hostNetwork: true}`,
		`{containers: [{name: a}, {name: b}]}`, `{containers: [{name: b}, {name: a}]}`,
		`{containers: [{name: a, env: []}, {name: b}]}`, `{containers: [{name: a}, {name: a}]}`,
		`{containers: [{name: a, resources: {limits: {cpu: 1}}}]}`,
		`{containers: [{name: a, resources: {limits: {cpu: 1000m}}}]}`,
		`{terminationGracePeriodSeconds: 0}`, `{nodeSelector: {a: ""}}`,
	}
	rapid.Check(t, func(r *rapid.T) {
		from, to := parse(t, base), parse(t, base)
		fromYAML(t, rapid.SampledFrom(pods).Draw(r, "from"), &from.Spec.Template.Spec)
		fromYAML(t, rapid.SampledFrom(pods).Draw(r, "to"), &to.Spec.Template.Spec)
		changes := Objects(from, to)
		if equal := equality.Semantic.DeepEqual(from, to); equal != (len(changes) == 0) {
			r.Fatalf("equal is %v, changes are %v", equal, changes)
		}
	})
}

func TestValuesArePlainJSON(t *testing.T) {
	to := changed(t, func(d *appsv1.Deployment) {
		fromYAML(t, `{httpGet: {path: /, port: web}}`, &d.Spec.Template.Spec.Containers[0].LivenessProbe)
	})
	got := fmt.Sprint(Objects(parse(t, base), to)[0].To)
	if got != "map[httpGet:map[path:/ port:web]]" {
		t.Error(got)
	}
}

func BenchmarkObjects(b *testing.B) {
	from, to := parse(b, base), parse(b, base)
	to.Spec.Template.Spec.Containers[0].Image = "web:2"
	b.ReportAllocs()
	for b.Loop() {
		Objects(from, to)
	}
}
