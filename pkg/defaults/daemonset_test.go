package defaults_test

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

func TestDaemonSetGetsTheStrategyThatAServerStores(t *testing.T) {
	for given, want := range map[string]string{
		"{}":                  "rollingUpdate:\n  maxSurge: 0\n  maxUnavailable: 1\ntype: RollingUpdate\n",
		"type: RollingUpdate": "rollingUpdate:\n  maxSurge: 0\n  maxUnavailable: 1\ntype: RollingUpdate\n",
		"{type: RollingUpdate, rollingUpdate: {maxSurge: 10%}}": "rollingUpdate:\n  maxSurge: 10%\n  maxUnavailable: 1\ntype: RollingUpdate\n",
		"type: OnDelete": "type: OnDelete\n",
	} {
		ds := &appsv1.DaemonSet{}
		decode(t, given, &ds.Spec.UpdateStrategy)
		defaults.DaemonSet(ds, kubeversion.Latest())
		got, err := yaml.Marshal(ds.Spec.UpdateStrategy)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s became\n%s", given, got)
		}
		if *ds.Spec.RevisionHistoryLimit != 10 || ds.Spec.Template.Spec.DNSPolicy != "ClusterFirst" {
			t.Errorf("%+v", ds.Spec)
		}
	}
}

func TestAServerCountsTheTemplatesOfADaemonSet(t *testing.T) {
	with := func(image, generation string) *appsv1.DaemonSet {
		ds := &appsv1.DaemonSet{}
		decode(t, "template: {spec: {containers: [{name: a, image: "+image+"}]}}", &ds.Spec)
		if generation != "" {
			ds.Annotations = map[string]string{appsv1.DeprecatedTemplateGeneration: generation}
		}
		return ds
	}
	for _, c := range []struct {
		before, after *appsv1.DaemonSet
		want          string
	}{
		{nil, with("a:1", ""), "1"},
		{nil, with("a:1", "0"), "1"},
		{nil, with("a:1", "7"), "7"},
		{with("a:1", "3"), with("a:1", ""), "3"},
		{with("a:1", "3"), with("a:2", ""), "4"},
		{with("a:1", "3"), with("a:2", "9"), "4"},
		{with("a:1", ""), with("a:2", ""), "1"},
	} {
		defaults.CountTemplates(c.before, c.after)
		if got := c.after.Annotations[appsv1.DeprecatedTemplateGeneration]; got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
