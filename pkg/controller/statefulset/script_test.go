package statefulset

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// A file that rapid leaves in testdata after a failure would be taken for a story.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.nofailfile", "true"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// TestScripts runs the stories of testdata. Each is about one StatefulSet, db:
//
//	statefulset replicas=3 claims=data version=1.36   a settled one, in a new cluster
//	statefulset replicas=3 pods=0                     one that has no pods yet
//	change image=web:2 partition=1                    change it
//	pod db-1 broken                                   something happens to a pod: see happens
//	claim data-db-2 earlier                           or to a claim
//	sync                                              the controller works until it is quiet
//	run ready=10s gone=5s                             and so on, while time passes
//
// The trace has a line for each write of the controller, with what it is because of,
// then the pods by image, and at the end what the controller waits for. Pods of the
// image web:broken never become ready.
// UPDATE_GOLDEN=1 rewrites the traces; read them before you keep them.
func TestScripts(t *testing.T) {
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := flag.Set("rewrite", "true"); err != nil {
			t.Fatal(err)
		}
	}
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		w := &world{t: t}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "statefulset":
				w.begin(newSet(t, d), profileIn(t, d), !d.HasArg("pods"))
				return w.describePods()
			case "change":
				w.change(func(set *appsv1.StatefulSet) { edit(t, set, d.CmdArgs) })
				return ""
			case "pod":
				w.happens(d.CmdArgs[0].Key, d.CmdArgs[1].Key)
				return w.describePods()
			case "claim":
				w.claimHappens(d.CmdArgs[0].Key, d.CmdArgs[1].Key)
				return ""
			case "sync":
				return w.run(latencies{-1, -1}, 0)
			case "run":
				return w.run(latencies{duration(t, d, "ready", 10), duration(t, d, "gone", 5)}, duration(t, d, "for", 3600))
			}
			t.Fatalf("%s: unknown command %q", d.Pos, d.Cmd)
			return ""
		})
	})
}

// duration reads an argument as a time; seconds where it is left out.
func duration(t *testing.T, d *datadriven.TestData, key string, seconds int) time.Duration {
	text := fmt.Sprintf("%ds", seconds)
	d.MaybeScanArgs(t, key, &text)
	value, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("%s: %v", d.Pos, err)
	}
	return value
}

func profileIn(t testing.TB, d *datadriven.TestData) kubeversion.Profile {
	text, gates := "1.37", ""
	d.MaybeScanArgs(t, "version", &text)
	d.MaybeScanArgs(t, "gates", &gates)
	return profileOf(t, text, gates)
}

func profileOf(t testing.TB, text, gates string) kubeversion.Profile {
	t.Helper()
	version, err := kubeversion.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	profile, err := kubeversion.NewProfile(version).WithGates(gates)
	if err != nil {
		t.Fatal(err)
	}
	return profile
}

// fields are arguments as a story has them.
func fields(text string) *datadriven.TestData {
	d := &datadriven.TestData{}
	for word := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(word, "=")
		d.CmdArgs = append(d.CmdArgs, datadriven.CmdArg{Key: key, Vals: []string{value}})
	}
	return d
}

// newSet is the StatefulSet that a server stores.
func newSet(t testing.TB, d *datadriven.TestData) *appsv1.StatefulSet {
	labels := map[string]string{"app": "db"}
	set := &appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "db", UID: "set", Generation: 1},
		Spec: appsv1.StatefulSetSpec{
			ServiceName: "db",
			Selector:    &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "db", Image: "web:1"}}},
			},
		},
	}
	profile := profileIn(t, d)
	edit(t, set, d.CmdArgs)
	defaults.StatefulSet(set, profile)
	defaults.DropDisabled(nil, set, profile)
	return set
}

// edit gives a StatefulSet fields.
func edit(t testing.TB, set *appsv1.StatefulSet, args []datadriven.CmdArg) {
	for _, arg := range args {
		if !editSize(t, &set.Spec, arg) && !editStrategy(t, &set.Spec.UpdateStrategy, arg) && !editRest(&set.Spec, arg) {
			t.Fatalf("unknown field %q", arg.Key)
		}
	}
}

func editSize(t testing.TB, spec *appsv1.StatefulSetSpec, arg datadriven.CmdArg) bool {
	switch arg.Key {
	case "replicas":
		spec.Replicas = number(t, arg)
	case "start":
		spec.Ordinals = &appsv1.StatefulSetOrdinals{Start: *number(t, arg)}
	case "min-ready":
		spec.MinReadySeconds = *number(t, arg)
	case "history":
		spec.RevisionHistoryLimit = number(t, arg)
	default:
		return false
	}
	return true
}

func editStrategy(t testing.TB, strategy *appsv1.StatefulSetUpdateStrategy, arg datadriven.CmdArg) bool {
	rolling := func() *appsv1.RollingUpdateStatefulSetStrategy {
		if strategy.RollingUpdate == nil {
			strategy.Type = appsv1.RollingUpdateStatefulSetStrategyType
			strategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{}
		}
		return strategy.RollingUpdate
	}
	switch arg.Key {
	case "type":
		strategy.Type = appsv1.StatefulSetUpdateStrategyType(arg.Vals[0])
	case "partition":
		rolling().Partition = number(t, arg)
	case "unavailable":
		value := intstr.Parse(arg.Vals[0])
		rolling().MaxUnavailable = &value
	default:
		return false
	}
	return true
}

func editRest(spec *appsv1.StatefulSetSpec, arg datadriven.CmdArg) bool {
	retention := func() *appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy {
		if spec.PersistentVolumeClaimRetentionPolicy == nil {
			spec.PersistentVolumeClaimRetentionPolicy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{}
		}
		return spec.PersistentVolumeClaimRetentionPolicy
	}
	switch arg.Key {
	case "image":
		spec.Template.Spec.Containers[0].Image = arg.Vals[0]
	case "policy":
		spec.PodManagementPolicy = appsv1.PodManagementPolicyType(arg.Vals[0])
	case "when-scaled":
		retention().WhenScaled = appsv1.PersistentVolumeClaimRetentionPolicyType(arg.Vals[0])
	case "when-deleted":
		retention().WhenDeleted = appsv1.PersistentVolumeClaimRetentionPolicyType(arg.Vals[0])
	case "claims":
		for name := range strings.SplitSeq(arg.Vals[0], ",") {
			spec.VolumeClaimTemplates = append(spec.VolumeClaimTemplates,
				corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: name}})
		}
	case "version", "gates", "pods": // of the cluster
	default:
		return false
	}
	return true
}

func number(t testing.TB, arg datadriven.CmdArg) *int32 {
	n, err := strconv.ParseInt(arg.Vals[0], 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	value := int32(n)
	return &value
}
