package defaults_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

func TestStatefulSetBecomesWhatAServerStores(t *testing.T) {
	set := &appsv1.StatefulSet{}
	decode(t, `
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}
  template: {metadata: {labels: {app: db}}}
  volumeClaimTemplates:
  - apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}
`, set)
	defaults.StatefulSet(set, kubeversion.Latest())
	if err := defaults.Stored(set); err != nil {
		t.Fatal(err)
	}
	set.Spec.Template = appsv1.StatefulSet{}.Spec.Template
	got, err := yaml.Marshal(set.Spec)
	if err != nil {
		t.Fatal(err)
	}
	want := `persistentVolumeClaimRetentionPolicy:
  whenDeleted: Retain
  whenScaled: Delete
podManagementPolicy: OrderedReady
replicas: 1
revisionHistoryLimit: 10
selector:
  matchLabels:
    app: db
serviceName: db
template:
  metadata: {}
  spec:
    containers: null
updateStrategy:
  rollingUpdate:
    maxUnavailable: 1
    partition: 0
  type: RollingUpdate
volumeClaimTemplates:
- metadata:
    name: data
  spec:
    accessModes:
    - ReadWriteOnce
    resources:
      requests:
        storage: 1Gi
    volumeMode: Filesystem
  status:
    phase: Pending
`
	if difference := cmp.Diff(want, string(got)); difference != "" {
		t.Errorf("(-want +got):\n%s", difference)
	}
}

// profile is the version with its gates, such as "1.31 StatefulSetAutoDeletePVC=false".
func profile(t *testing.T, version, gates string) kubeversion.Profile {
	t.Helper()
	parsed, err := kubeversion.Parse(version)
	if err != nil {
		t.Fatal(err)
	}
	set, err := kubeversion.NewProfile(parsed).WithGates(gates)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestRollingUpdateIsAddedOnlyWhereNoTypeIsGiven(t *testing.T) {
	for _, c := range []struct{ version, strategy, want string }{
		{"1.37", "{}", "rollingUpdate:\n  maxUnavailable: 1\n  partition: 0\ntype: RollingUpdate\n"},
		{"1.34", "{}", "rollingUpdate:\n  partition: 0\ntype: RollingUpdate\n"},
		{"1.35.3", "{}", "rollingUpdate:\n  maxUnavailable: 1\n  partition: 0\ntype: RollingUpdate\n"},
		{"1.35.4", "{}", "rollingUpdate:\n  partition: 0\ntype: RollingUpdate\n"},
		{"1.37", "{type: RollingUpdate}", "type: RollingUpdate\n"},
		{"1.34", "{type: RollingUpdate, rollingUpdate: {}}", "rollingUpdate:\n  partition: 0\ntype: RollingUpdate\n"},
		{"1.34", "{type: RollingUpdate, rollingUpdate: {partition: 2, maxUnavailable: 30%}}",
			"rollingUpdate:\n  maxUnavailable: 30%\n  partition: 2\ntype: RollingUpdate\n"},
		{"1.37", "{type: OnDelete}", "type: OnDelete\n"},
		{"1.37", "{rollingUpdate: {partition: 1}}", "rollingUpdate:\n  maxUnavailable: 1\n  partition: 1\ntype: RollingUpdate\n"},
	} {
		set := &appsv1.StatefulSet{}
		decode(t, "spec: {updateStrategy: "+c.strategy+"}", set)
		defaults.StatefulSet(set, profile(t, c.version, ""))
		got, err := yaml.Marshal(set.Spec.UpdateStrategy)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != c.want {
			t.Errorf("%s %s: got\n%swant\n%s", c.version, c.strategy, got, c.want)
		}
	}
}

func TestServersDropWhatAGateTurnsOff(t *testing.T) {
	const all = `
spec:
  ordinals: {start: 1}
  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 2}}
  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}`
	const unavailable = "spec.updateStrategy.rollingUpdate.maxUnavailable"
	const retention, ordinals = "spec.persistentVolumeClaimRetentionPolicy", "spec.ordinals"
	for _, c := range []struct {
		version, gates, before string
		want                   []string
	}{
		{"1.37", "", "", nil},
		{"1.37", "MaxUnavailableStatefulSet=false", "", []string{unavailable}},
		{"1.34", "", "", []string{unavailable}},
		{"1.34", "", "spec: {updateStrategy: {rollingUpdate: {partition: 1}}}", []string{unavailable}},
		{"1.34", "", "spec: {updateStrategy: {rollingUpdate: {maxUnavailable: 1}}}", nil},
		{"1.30", "StatefulSetAutoDeletePVC=false,StatefulSetStartOrdinal=false", "",
			[]string{unavailable, retention, ordinals}},
		{"1.30", "StatefulSetAutoDeletePVC=false,StatefulSetStartOrdinal=false", all, nil},
	} {
		set, before := &appsv1.StatefulSet{}, (*appsv1.StatefulSet)(nil)
		decode(t, all, set)
		if c.before != "" {
			before = &appsv1.StatefulSet{}
			decode(t, c.before, before)
		}
		if got := defaults.DropDisabled(before, set, profile(t, c.version, c.gates)); !slices.Equal(got, c.want) {
			t.Errorf("%s %s, with %q before: dropped %v, want %v", c.version, c.gates, c.before, got, c.want)
		}
		if slices.Contains(c.want, unavailable) != (set.Spec.UpdateStrategy.RollingUpdate.MaxUnavailable == nil) {
			t.Errorf("%s %s: what is said to be dropped is there", c.version, c.gates)
		}
	}
}
