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

const goodDaemonSet = `
metadata: {name: log, namespace: shop, annotations: {deprecated.daemonset.template.generation: "3"}}
spec:
  revisionHistoryLimit: 5
  minReadySeconds: 5
  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 10%, maxSurge: 0}}
  selector: {matchLabels: {app: log}}
  template:
    metadata: {labels: {app: log, tier: node}}
    spec:
      restartPolicy: Always
      containers: [{name: log, image: "log:1"}]
`

func daemonSet(t *testing.T, text string) *appsv1.DaemonSet {
	t.Helper()
	ds := &appsv1.DaemonSet{}
	if err := yaml.UnmarshalStrict([]byte(text), ds); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	defaults.DaemonSet(ds, kubeversion.Latest())
	return ds
}

func TestAGoodDaemonSetIsNotRefused(t *testing.T) {
	for n := kubeversion.Oldest; n <= kubeversion.Newest; n++ {
		ds := daemonSet(t, goodDaemonSet)
		if refusals := validate.DaemonSet(ds, minor(n)); len(refusals) > 0 {
			t.Errorf("1.%d: %v", n, refusals)
		}
		if refusals := validate.DaemonSetUpdate(ds, ds.DeepCopy(), minor(n)); len(refusals) > 0 {
			t.Errorf("1.%d, no change: %v", n, refusals)
		}
	}
}

func TestMistakesInADaemonSetAreRefused(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"maxSurge: 0", "maxSurge: 1", "spec.updateStrategy.rollingUpdate.maxSurge: must be 0 when maxUnavailable is not"},
		{"maxUnavailable: 10%", "maxUnavailable: 0", "spec.updateStrategy.rollingUpdate.maxUnavailable: cannot be 0 when maxSurge is 0"},
		{"maxUnavailable: 10%", "maxUnavailable: 101%", "spec.updateStrategy.rollingUpdate.maxUnavailable: is 101%, above 100%"},
		{"maxUnavailable: 10%, maxSurge: 0", "maxUnavailable: 0, maxSurge: 101%", "spec.updateStrategy.rollingUpdate.maxSurge: is 101%, above 100%"},
		{"maxUnavailable: 10%, maxSurge: 0", "maxUnavailable: ten, maxSurge: 1", "spec.updateStrategy.rollingUpdate.maxUnavailable: \"ten\" is neither"},
		{"type: RollingUpdate, rollingUpdate", "type: Rolling, rollingUpdate", "spec.updateStrategy: type is \"Rolling\""},
		{"matchLabels: {app: log}", "matchLabels: {app: other}", "spec.template.metadata.labels: the selector does not match them"},
		{"selector: {matchLabels: {app: log}}", "selector: {}", "spec.selector: is empty"},
		{"  selector: {matchLabels: {app: log}}\n", "", "spec.template.metadata.labels: the selector does not match them"},
		{"restartPolicy: Always", "restartPolicy: Never", "spec.template.spec.restartPolicy: is \"Never\""},
		{"minReadySeconds: 5", "minReadySeconds: -5", "spec.minReadySeconds"},
		{"revisionHistoryLimit: 5", "revisionHistoryLimit: -5", "spec.revisionHistoryLimit"},
		{`generation: "3"`, `generation: "x"`, "is not a number"},
	} {
		ds := daemonSet(t, strings.Replace(goodDaemonSet, c.from, c.to, 1))
		refusals := validate.DaemonSet(ds, kubeversion.Latest())
		if len(refusals) != 1 || !strings.Contains(fmt.Sprint(refusals[0]), c.want) {
			t.Errorf("%s: %v", c.to, refusals)
		}
	}
}

func TestTheSelectorOfADaemonSetCannotBeChanged(t *testing.T) {
	before := daemonSet(t, goodDaemonSet)
	after := daemonSet(t, strings.Replace(goodDaemonSet, "matchLabels: {app: log}", "matchLabels: {tier: node}", 1))
	refusals := validate.DaemonSetUpdate(before, after, kubeversion.Latest())
	if len(refusals) != 1 || !strings.Contains(fmt.Sprint(refusals[0]), "spec.selector: cannot be changed") {
		t.Errorf("%v", refusals)
	}
}
