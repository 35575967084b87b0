package simulate_test

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
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// TestStatefulScripts runs the stories of testdata/statefulset. A story begins with
//
//	statefulset replicas=3 policy=Parallel claims=data   a settled StatefulSet "db"
//	claim name=data-db-1 phase=Pending                    one of its claims is otherwise
//	create replicas=3                                     there is none before
//
// and goes on with changes, each from where the one before ended:
//
//	change image=db:2 ready=2s       change it and let time pass
//	change image=db:1 delete=db-2    the same, and delete a pod right after the change
//	change image=db:broken broken=db:broken   pods of that image are never ready
//
// A trace has a line for each write of the controller, with what it is because of, a
// line for what it waits for, and after each instant the pods. UPDATE_GOLDEN=1
// rewrites the traces; read them before you keep them.
func TestStatefulScripts(t *testing.T) {
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := flag.Set("rewrite", "true"); err != nil {
			t.Fatal(err)
		}
	}
	datadriven.Walk(t, "testdata/statefulset", func(t *testing.T, path string) {
		s := &statefulStory{version: kubeversion.Latest()}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "statefulset":
				return s.begin(t, d)
			case "create":
				return s.create(t, d)
			case "claim":
				return s.claim(t, d)
			case "change":
				return s.change(t, d)
			}
			t.Fatalf("%s: unknown command %q", d.Pos, d.Cmd)
			return ""
		})
	})
}

// statefulStory is a cluster with one StatefulSet and its clock.
type statefulStory struct {
	state   *cluster.Snapshot
	now     time.Time
	version kubeversion.Profile
}

func (s *statefulStory) begin(t *testing.T, d *datadriven.TestData) string {
	s.now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	db := &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "db"},
		Spec: appsv1.StatefulSetSpec{
			ServiceName: "db",
			Selector:    &metav1.LabelSelector{MatchLabels: map[string]string{"app": "db"}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "db"}},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "db", Image: "db:1"}}},
			},
		},
	}
	for _, arg := range d.CmdArgs {
		if arg.Key == "version" {
			s.version = profile(t, arg)
			continue
		}
		setStateful(t, db, arg)
	}
	defaults.StatefulSet(db, s.version)
	s.state = &cluster.Snapshot{StatefulSets: []*appsv1.StatefulSet{db}}
	return fmt.Sprintf("%d pods", *db.Spec.Replicas)
}

// create creates the StatefulSet where there was none.
func (s *statefulStory) create(t *testing.T, d *datadriven.TestData) string {
	s.begin(t, d)
	db := s.state.StatefulSets[0]
	s.state = &cluster.Snapshot{Claims: s.state.Claims}
	return s.run(simulate.Config{
		Profile: s.version, Now: s.now, Latencies: kubelet.Fixed{ReadyAfter: 10 * time.Second, GoneAfter: time.Second},
	}, []simulate.Change{{After: db}})
}

func profile(t *testing.T, arg datadriven.CmdArg) kubeversion.Profile {
	version, err := kubeversion.Parse(arg.Vals[0])
	if err != nil {
		t.Fatal(err)
	}
	p := kubeversion.NewProfile(version)
	if len(arg.Vals) > 1 {
		p, err = p.WithGates(arg.Vals[1])
		if err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// setStateful gives a StatefulSet a field.
func setStateful(t *testing.T, db *appsv1.StatefulSet, arg datadriven.CmdArg) {
	number := func() *int32 {
		n, err := strconv.ParseInt(arg.Vals[0], 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		value := int32(n)
		return &value
	}
	rolling := func() *appsv1.RollingUpdateStatefulSetStrategy {
		if db.Spec.UpdateStrategy.RollingUpdate == nil {
			db.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{}
		}
		return db.Spec.UpdateStrategy.RollingUpdate
	}
	switch arg.Key {
	case "replicas":
		db.Spec.Replicas = number()
	case "image":
		db.Spec.Template.Spec.Containers[0].Image = arg.Vals[0]
	case "policy":
		db.Spec.PodManagementPolicy = appsv1.PodManagementPolicyType(arg.Vals[0])
	case "strategy":
		db.Spec.UpdateStrategy.Type = appsv1.StatefulSetUpdateStrategyType(arg.Vals[0])
	case "partition":
		rolling().Partition = number()
	case "unavailable":
		value := intstr.Parse(arg.Vals[0])
		rolling().MaxUnavailable = &value
	case "start":
		db.Spec.Ordinals = &appsv1.StatefulSetOrdinals{Start: *number()}
	case "min-ready":
		db.Spec.MinReadySeconds = *number()
	case "history":
		db.Spec.RevisionHistoryLimit = number()
	case "claims":
		for _, name := range arg.Vals {
			db.Spec.VolumeClaimTemplates = append(db.Spec.VolumeClaimTemplates,
				corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: name}})
		}
	case "scaled", "deleted":
		policy := db.Spec.PersistentVolumeClaimRetentionPolicy
		if policy == nil {
			policy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{WhenDeleted: "Retain", WhenScaled: "Retain"}
			db.Spec.PersistentVolumeClaimRetentionPolicy = policy
		}
		if arg.Key == "scaled" {
			policy.WhenScaled = appsv1.PersistentVolumeClaimRetentionPolicyType(arg.Vals[0])
		} else {
			policy.WhenDeleted = appsv1.PersistentVolumeClaimRetentionPolicyType(arg.Vals[0])
		}
	default:
		t.Fatalf("unknown field %q", arg.Key)
	}
}

// claim puts a claim into the state.
func (s *statefulStory) claim(t *testing.T, d *datadriven.TestData) string {
	claim := &corev1.PersistentVolumeClaim{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop"},
		Status:     corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound},
	}
	for _, arg := range d.CmdArgs {
		switch arg.Key {
		case "name":
			claim.Name = arg.Vals[0]
		case "phase":
			claim.Status.Phase = corev1.PersistentVolumeClaimPhase(arg.Vals[0])
		case "deleted":
			at := metav1.NewTime(s.now)
			claim.DeletionTimestamp = &at
		case "finalizer":
			claim.Finalizers = append(claim.Finalizers, arg.Vals[0])
		case "pod":
			yes := true
			claim.OwnerReferences = append(claim.OwnerReferences, metav1.OwnerReference{
				APIVersion: "v1", Kind: "Pod", Name: arg.Vals[0], UID: "of-an-earlier-pod", Controller: &yes,
			})
		default:
			t.Fatalf("unknown field %q", arg.Key)
		}
	}
	for i, other := range s.state.Claims {
		if other.Name == claim.Name {
			s.state.Claims[i] = claim
			return "replaced"
		}
	}
	s.state.Claims = append(s.state.Claims, claim)
	s.state.Sort()
	return "added"
}

// change changes the StatefulSet and lets time pass.
func (s *statefulStory) change(t *testing.T, d *datadriven.TestData) string {
	before := s.state.StatefulSets[0]
	after := before.DeepCopy()
	latencies := kubelet.Fixed{ReadyAfter: 10 * time.Second, GoneAfter: time.Second}
	config := simulate.Config{Profile: s.version, Now: s.now}
	changes := []simulate.Change{{Before: before, After: after}}
	for _, arg := range d.CmdArgs {
		switch arg.Key {
		case "ready":
			latencies.NeverReady = arg.Vals[0] == "never"
			if !latencies.NeverReady {
				latencies.ReadyAfter = duration(t, arg)
			}
		case "gone":
			latencies.GoneAfter = duration(t, arg)
		case "horizon":
			config.Horizon = duration(t, arg)
		case "qps":
			arg.Scan(t, 0, &config.Limit.QPS)
		case "burst":
			arg.Scan(t, 0, &config.Limit.Burst)
		case "delete":
			for _, name := range arg.Vals {
				pod := &corev1.Pod{
					TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
					ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name},
				}
				changes = append(changes, simulate.Change{Before: pod})
			}
		default:
			setStateful(t, after, arg)
		}
	}
	config.Latencies = latencies
	return s.run(config, changes)
}

// run prints what happens, and makes its end the next beginning.
func (s *statefulStory) run(config simulate.Config, changes []simulate.Change) string {
	latencies := config.Latencies.(kubelet.Fixed)
	trace := &trace{}
	left := &left{pods: map[string]*controller.Pod{}}
	config.Waits = trace.waits
	config.Begin, config.Admit = left.begin, left.admit
	config.Report = func(e timeline.Event) {
		left.report(e)
		trace.report(e)
	}
	left.from(s.state.Pods)
	result, err := simulate.Run(s.state, changes, config)
	if err != nil {
		return "error: " + err.Error()
	}
	trace.count()
	o := result.Outcomes[0]
	trace.lines = append(trace.lines, ending(o))
	for _, claim := range o.Claims {
		trace.add("claim %s %s%s", claim.Name, claim.Status.Phase, owners(claim))
	}
	if !config.Limit.None() {
		trace.add("%d requests, %d of them waited", result.Sent, result.Waited)
	}
	s.state = &cluster.Snapshot{
		StatefulSets: []*appsv1.StatefulSet{o.StatefulSet}, Revisions: o.Revisions, Claims: o.Claims,
		Pods: left.objects(o.StatefulSet, latencies.NeverReady),
	}
	s.state.Sort()
	s.now = s.now.Add(max(trace.last.At, config.Horizon))
	return strings.Join(trace.lines, "\n")
}

// left is the pods that a simulation leaves.
type left struct{ pods map[string]*controller.Pod }

func (l *left) from(pods []*corev1.Pod) {
	for _, pod := range pods {
		l.pods[pod.Name] = controller.RecordOf(pod)
	}
}

// begin takes over the pods that are made up: all are ready for long.
func (l *left) begin(b simulate.Beginning) {
	if len(l.pods) > 0 {
		return
	}
	for name, revision := range b.Pods {
		l.pods[name] = &controller.Pod{
			Name: name, Node: "node", Phase: controller.Running, Ready: true,
			Labels: map[string]string{appsv1.StatefulSetRevisionLabel: revision},
		}
	}
}

func (l *left) admit(pod *controller.Pod) { l.pods[pod.Name] = pod }

func (l *left) report(e timeline.Event) {
	if e.Object.Kind != "Pod" {
		return
	}
	switch e.Action {
	case timeline.Delete:
		l.pods[e.Object.Name].Terminating = true
	case timeline.Gone:
		delete(l.pods, e.Object.Name)
	}
}

// objects are the pods as a server has them.
func (l *left) objects(db *appsv1.StatefulSet, broken bool) []*corev1.Pod {
	var pods []*corev1.Pod
	owner := *metav1.NewControllerRef(db, appsv1.SchemeGroupVersion.WithKind("StatefulSet"))
	for name, record := range l.pods {
		ordinal, _ := statefulset.Ordinal(name)
		if record.UID == "" { // as it is made up
			record.UID = types.UID(fmt.Sprintf("%s-%08d", db.UID, ordinal+1))
		}
		pod := &corev1.Pod{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
			ObjectMeta: metav1.ObjectMeta{
				Namespace: "shop", Name: name, UID: record.UID,
				CreationTimestamp: metav1.NewTime(record.CreatedAt),
				OwnerReferences:   []metav1.OwnerReference{owner},
				Labels: map[string]string{
					"app": "db", appsv1.StatefulSetPodNameLabel: name, appsv1.PodIndexLabel: strconv.Itoa(ordinal),
					appsv1.StatefulSetRevisionLabel: record.Labels[appsv1.StatefulSetRevisionLabel],
				},
			},
			Spec:   corev1.PodSpec{NodeName: "node"},
			Status: corev1.PodStatus{Phase: corev1.PodPending},
		}
		for _, template := range db.Spec.VolumeClaimTemplates {
			pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: template.Name,
				VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{
					ClaimName: statefulset.ClaimName(template.Name, db.Name, ordinal),
				}}})
		}
		if record.Terminating {
			at := metav1.NewTime(record.CreatedAt)
			pod.DeletionTimestamp = &at
		}
		if broken && !record.Ready {
			pod.Status.ContainerStatuses = []corev1.ContainerStatus{{State: corev1.ContainerState{
				Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff"},
			}}}
		}
		if record.Ready {
			pod.Status.Phase = corev1.PodRunning
			pod.Status.Conditions = []corev1.PodCondition{{
				Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(record.ReadyAt),
			}}
		}
		pods = append(pods, pod)
	}
	return pods
}

func owners(claim *corev1.PersistentVolumeClaim) string {
	text := ""
	for _, ref := range claim.OwnerReferences {
		text += ", of " + ref.Kind + " " + ref.Name
	}
	return text
}
