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

const goodSet = `
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  revisionHistoryLimit: 5
  podManagementPolicy: OrderedReady
  ordinals: {start: 0}
  updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 0}}
  persistentVolumeClaimRetentionPolicy: {whenScaled: Retain}
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db, tier: back}}
    spec:
      containers: [{name: db, image: "db:1", volumeMounts: [{name: data, mountPath: /data}]}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`

func statefulSet(t *testing.T, text string, profile kubeversion.Profile) *appsv1.StatefulSet {
	t.Helper()
	set := &appsv1.StatefulSet{}
	if err := yaml.UnmarshalStrict([]byte(text), set); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	defaults.StatefulSet(set, profile)
	defaults.DropDisabled(nil, set, profile)
	return set
}

func minor(n int) kubeversion.Profile {
	return kubeversion.NewProfile(kubeversion.Version{Minor: n})
}

func TestAGoodStatefulSetIsNotRefused(t *testing.T) {
	for n := kubeversion.Oldest; n <= kubeversion.Newest; n++ {
		set := statefulSet(t, goodSet, minor(n))
		if refusals := validate.StatefulSet(set, minor(n)); len(refusals) > 0 {
			t.Errorf("1.%d: %v", n, refusals)
		}
		if refusals := validate.StatefulSetUpdate(set, set.DeepCopy(), minor(n)); len(refusals) > 0 {
			t.Errorf("1.%d, no change: %v", n, refusals)
		}
	}
}

func TestMistakesInStatefulSetsAreRefusedByVersion(t *testing.T) {
	for _, c := range []struct {
		from, to, want string
		since          int
	}{
		{"name: db, namespace", "name: a.b, namespace", `metadata.name: "a.b" is not a DNS label`, 29},
		{"OrderedReady", "Ordered", `spec.podManagementPolicy: is "Ordered": it can be OrderedReady or Parallel`, 29},
		{"partition: 0", "partition: -1", "spec.updateStrategy.rollingUpdate.partition: is -1, below 0", 29},
		{"type: RollingUpdate", "type: OnDelete", "spec.updateStrategy.rollingUpdate: has no meaning when type is OnDelete", 29},
		{"type: RollingUpdate, rollingUpdate: {partition: 0}", "type: Recreate", "spec.updateStrategy: type is Recreate: the servers of 1.37 take it with the feature gate StatefulSetRecreateStrategy", 29},
		{"whenScaled: Retain", "whenScaled: Keep", `spec.persistentVolumeClaimRetentionPolicy.whenScaled: is "Keep": it can be Retain or Delete`, 29},
		{"start: 0", "start: -1", "spec.ordinals.start: is -1, below 0", 29},
		{"app: db, tier", "app: web, tier", "spec.template.metadata.labels: the selector does not match them", 29},
		{"containers:", "restartPolicy: Never\n      containers:", `spec.template.spec.restartPolicy: is "Never": it can only be Always`, 29},
		{"serviceName: db", "serviceName: a.b", `spec.serviceName: "a.b" is not a DNS label`, 33},
		{"name: data, mountPath", "name: date, mountPath", `spec.template.spec.containers[0].volumeMounts[0].name: "date"`, 34},
		{"[ReadWriteOnce]", "[]", "spec.volumeClaimTemplates[0].spec.accessModes: are required: at least one", 34},
		{"[ReadWriteOnce]", "[ReadWriteOncePod, ReadWriteOnce]", "spec.volumeClaimTemplates[0].spec.accessModes: ReadWriteOncePod excludes all others", 34},
		{"storage: 1Gi", "storage: 0", "spec.volumeClaimTemplates[0].spec.resources[storage]: is 0: it must be above 0", 34},
		{"storage: 1Gi", "cpu: 1", "spec.volumeClaimTemplates[0].spec.resources[storage]: is required", 34},
	} {
		for n := kubeversion.Oldest; n <= kubeversion.Newest; n++ {
			text := strings.Replace(goodSet, c.from, c.to, 1)
			got := fmt.Sprint(validate.StatefulSet(statefulSet(t, text, minor(n)), minor(n)))
			if refused := strings.HasPrefix(got, "["+c.want); refused != (n >= c.since) || (got != "[]") != refused {
				t.Errorf("1.%d %s: got %s, want %s since 1.%d", n, c.to, got, c.want, c.since)
			}
		}
	}
}

// Where the gate is off the field is dropped, unless it was there before.
func TestMaxUnavailableIsRefusedWhereItIsKept(t *testing.T) {
	for _, c := range []struct{ number, want string }{
		{"0", "cannot be 0"}, {"0%", "cannot be 0"}, {"101%", "is 101%, above 100%"}, {"-1", "is -1, below 0"},
	} {
		text := strings.Replace(goodSet, "partition: 0", "maxUnavailable: "+c.number, 1)
		want := "[spec.updateStrategy.rollingUpdate.maxUnavailable: " + c.want + "]"
		if got := fmt.Sprint(validate.StatefulSet(statefulSet(t, text, minor(37)), minor(37))); got != want {
			t.Errorf("%s: got %s", c.number, got)
		}
		if got := validate.StatefulSet(statefulSet(t, text, minor(36)), minor(36)); len(got) > 0 {
			t.Errorf("%s is dropped, and refused: %v", c.number, got)
		}
	}
}

func TestWhatCannotBeChangedComesWithTheWayOut(t *testing.T) {
	const wayOut = ": cannot be changed: kubectl delete statefulset db -n shop --cascade=orphan, "
	const takesOver = wayOut + "then create it again: it takes over its pods"
	for _, c := range []struct {
		from, to, want string
		until          int
	}{
		{"serviceName: db", "serviceName: other", "spec.serviceName" + takesOver, 37},
		{"OrderedReady", "Parallel", "spec.podManagementPolicy" + takesOver, 37},
		{"1Gi", "2Gi", "spec.volumeClaimTemplates" + takesOver, 37},
		{"{app: db}", "{app: db, tier: back}", "spec.selector" + takesOver, 37},
		{"{app: db}}\n  template:\n    metadata: {labels: {app: db, ", "{app: web}}\n  template:\n    metadata: {labels: {app: web, ",
			"spec.selector" + wayOut + "label its pods so that the new selector matches them, then create it again", 37},
		{"revisionHistoryLimit: 5", "revisionHistoryLimit: 6", "spec.revisionHistoryLimit" + takesOver, 32},
		{"start: 0", "start: 1", "", 0},
		{"whenScaled: Retain", "whenScaled: Delete", "", 0},
		{"partition: 0", "partition: 2", "", 0},
		{"metadata: {name: data}", "kind: PersistentVolumeClaim\n    apiVersion: v1\n    metadata: {name: data}", "", 0},
	} {
		for n := kubeversion.Oldest; n <= kubeversion.Newest; n++ {
			before := statefulSet(t, goodSet, minor(n))
			after := statefulSet(t, strings.Replace(goodSet, c.from, c.to, 1), minor(n))
			want := "[]"
			if n <= c.until {
				want = "[" + c.want + "]"
			}
			if got := fmt.Sprint(validate.StatefulSetUpdate(before, after, minor(n))); got != want {
				t.Errorf("1.%d %s:\n got %s\nwant %s", n, c.to, got, want)
			}
			if out := validate.WayOut(before, after, minor(n)); (out != "") != (want != "[]") {
				t.Errorf("1.%d %s: the way out is %q", n, c.to, out)
			}
		}
	}
}

// Servers up to 1.33 stored what later ones refuse, and these let it be changed.
func TestATemplateThatWasStoredInvalidIsNotLookedAt(t *testing.T) {
	stored := statefulSet(t, strings.Replace(goodSet, "name: data, mountPath", "name: date, mountPath", 1), minor(37))
	after := stored.DeepCopy()
	after.Spec.Template.Spec.Containers[0].Image = ""
	if refusals := validate.StatefulSetUpdate(stored, after, minor(37)); len(refusals) > 0 {
		t.Errorf("got %v", refusals)
	}
	stored.Spec.UpdateStrategy = appsv1.StatefulSetUpdateStrategy{Type: appsv1.RecreateStatefulSetStrategyType}
	after.Spec.UpdateStrategy = stored.Spec.UpdateStrategy
	if refusals := validate.StatefulSetUpdate(stored, after, minor(37)); len(refusals) > 0 {
		t.Errorf("Recreate that is there already: %v", refusals)
	}
}
