package validate_test

import (
	"fmt"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

const goodDaemon = `
metadata: {name: logs.v2, namespace: shop, annotations: {deprecated.daemonset.template.generation: "3"}}
spec:
  minReadySeconds: 5
  revisionHistoryLimit: 0
  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 10%, maxSurge: 0}}
  selector: {matchLabels: {app: logs}}
  template:
    metadata: {labels: {app: logs, tier: back}}
    spec:
      containers: [{name: logs, image: "logs:1"}]
`

func daemonSet(t *testing.T, text string, profile kubeversion.Profile) *appsv1.DaemonSet {
	t.Helper()
	ds := &appsv1.DaemonSet{}
	if err := yaml.UnmarshalStrict([]byte(text), ds); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	defaults.DaemonSet(ds, profile)
	return ds
}

func TestAGoodDaemonSetIsNotRefused(t *testing.T) {
	for _, change := range []string{
		"{maxUnavailable: 10%, maxSurge: 0}", "{maxUnavailable: 0, maxSurge: 100%}", "{maxUnavailable: 7}", "{maxUnavailable: 0%, maxSurge: 1}",
		"{}",
	} {
		text := strings.Replace(goodDaemon, "{maxUnavailable: 10%, maxSurge: 0}", change, 1)
		for n := kubeversion.Oldest; n <= kubeversion.Newest; n++ {
			ds := daemonSet(t, text, minor(n))
			if refusals := validate.DaemonSet(ds, minor(n)); len(refusals) > 0 {
				t.Errorf("1.%d %s: %v", n, change, refusals)
			}
			if refusals := validate.DaemonSetUpdate(ds, ds.DeepCopy(), minor(n)); len(refusals) > 0 {
				t.Errorf("1.%d %s, no change: %v", n, change, refusals)
			}
		}
	}
}

func TestMistakesInDaemonSetsAreRefused(t *testing.T) {
	const update = "spec.updateStrategy.rollingUpdate."
	for _, c := range []struct{ from, to, want string }{
		{"logs.v2", "Logs", `metadata.name: "Logs" is not a DNS name`},
		{`"3"`, `"three"`, `metadata.annotations[deprecated.daemonset.template.generation]: "three" is not a number: leave the annotation out`},
		{"minReadySeconds: 5", "minReadySeconds: -5", "spec.minReadySeconds: is -5, below 0"},
		{"Limit: 0", "Limit: -1", "spec.revisionHistoryLimit: is -1, below 0"},
		{"type: RollingUpdate", "type: Recreate", `spec.updateStrategy: type is "Recreate": it can be RollingUpdate or OnDelete`},
		{"maxSurge: 0", "maxSurge: 1", update + "maxSurge: must be 0 unless maxUnavailable is 0, which is 1 by default"},
		{"maxUnavailable: 10%, maxSurge: 0", "maxSurge: 1", update + "maxSurge: must be 0 unless maxUnavailable is 0, which is 1 by default"},
		{"maxUnavailable: 10%", "maxUnavailable: 0", update + "maxUnavailable: cannot be 0 when maxSurge is 0"},
		{"maxUnavailable: 10%", "maxUnavailable: 0%", update + "maxUnavailable: cannot be 0 when maxSurge is 0"},
		{"maxUnavailable: 10%", "maxUnavailable: 101%", update + "maxUnavailable: is 101%, above 100%"},
		{"maxUnavailable: 10%", "maxUnavailable: -1", update + "maxUnavailable: is -1, below 0"},
		{"maxUnavailable: 10%, maxSurge: 0", "maxUnavailable: ten, maxSurge: 1", update + `maxUnavailable: "ten" is neither a number nor a percentage`},
		{"selector: {matchLabels: {app: logs}}", "selector: {}", "spec.selector: is empty: it would match every pod"},
		{"selector: {matchLabels: {app: logs}}\n", "\n", "spec.template.metadata.labels: the selector does not match them"},
		{"app: logs, tier", "app: web, tier", "spec.template.metadata.labels: the selector does not match them"},
		{"containers:", "restartPolicy: OnFailure\n      containers:", `spec.template.spec.restartPolicy: is "OnFailure": it can only be Always`},
		{"containers:", "activeDeadlineSeconds: 5\n      containers:", "spec.template.spec.activeDeadlineSeconds: cannot be set"},
		{`image: "logs:1"`, `image: ""`, "spec.template.spec.containers[0].image: is required"},
	} {
		for n := kubeversion.Oldest; n <= kubeversion.Newest; n++ {
			ds := daemonSet(t, strings.Replace(goodDaemon, c.from, c.to, 1), minor(n))
			for verb, refusals := range map[string][]validate.Refusal{
				"create": validate.DaemonSet(ds, minor(n)), "update": validate.DaemonSetUpdate(ds, ds.DeepCopy(), minor(n)),
			} {
				if verb == "update" && strings.HasPrefix(c.want, "metadata.name") {
					continue // it cannot be changed any more
				}
				if got := fmt.Sprint(refusals); !strings.HasPrefix(got, "["+c.want) || len(refusals) != 1 {
					t.Errorf("1.%d %s %s:\n got %s\nwant %s", n, verb, c.to, got, c.want)
				}
			}
		}
	}
}

func TestRollingUpdateMayStandBesideOnDelete(t *testing.T) {
	text := strings.NewReplacer("type: RollingUpdate", "type: OnDelete", "maxSurge: 0", "maxSurge: 7").Replace(goodDaemon)
	if refusals := validate.DaemonSet(daemonSet(t, text, minor(37)), minor(37)); len(refusals) > 0 {
		t.Errorf("got %v", refusals)
	}
}

func TestTheSelectorOfADaemonSetStays(t *testing.T) {
	before := daemonSet(t, goodDaemon, minor(37))
	after := daemonSet(t, strings.Replace(goodDaemon, "{app: logs}}", "{app: logs, tier: back}}", 1), minor(37))
	if got := fmt.Sprint(validate.DaemonSetUpdate(before, after, minor(37))); got != "[spec.selector: cannot be changed]" {
		t.Errorf("got %s", got)
	}
}
