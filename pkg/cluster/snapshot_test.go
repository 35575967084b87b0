package cluster

import (
	"fmt"
	"slices"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

func statefulSet(namespace, name string) *appsv1.StatefulSet {
	return &appsv1.StatefulSet{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: name, UID: types.UID(namespace + "/" + name),
		},
	}
}

func daemonSet(namespace, name string) *appsv1.DaemonSet {
	return &appsv1.DaemonSet{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: name, UID: types.UID(namespace + "/" + name),
		},
	}
}

func TestStatefulSetsAndDaemonSetsAreWorkloads(t *testing.T) {
	deployment := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"},
	}
	s := &Snapshot{
		StatefulSets: []*appsv1.StatefulSet{statefulSet("shop", "db"), statefulSet("else", "db")},
		DaemonSets:   []*appsv1.DaemonSet{daemonSet("shop", "logs"), daemonSet("shop", "db")},
		Deployments:  []*appsv1.Deployment{deployment},
	}
	s.Sort()
	var got string
	for _, w := range s.Workloads() {
		ref := RefOf(w)
		got += ref.Namespace + " " + ref.String() + "\n"
		if s.Find(ref) != w {
			t.Errorf("%s is not found", ref)
		}
	}
	if want := "else statefulset/db\nshop daemonset/db\nshop daemonset/logs\nshop deployment/web\nshop statefulset/db\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for _, kind := range []string{"StatefulSet", "DaemonSet"} {
		if found := s.Find(Ref{Kind: kind, Namespace: "shop", Name: "web"}); found != nil {
			t.Errorf("found %v", found)
		}
	}
}

func TestReadinessIsMeasuredOfPodsOfEachKind(t *testing.T) {
	db, logs := statefulSet("shop", "db"), daemonSet("shop", "logs")
	pod := func(owner Object, seconds int64) *corev1.Pod {
		ready := corev1.PodCondition{
			Type: corev1.PodReady, Status: corev1.ConditionTrue,
			LastTransitionTime: metav1.NewTime(time.Unix(seconds, 0)),
		}
		kind := owner.GetObjectKind().GroupVersionKind()
		return &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{
				CreationTimestamp: metav1.NewTime(time.Unix(0, 0)),
				OwnerReferences:   []metav1.OwnerReference{*metav1.NewControllerRef(owner, kind)},
			},
			Status: corev1.PodStatus{Conditions: []corev1.PodCondition{ready}},
		}
	}
	s := &Snapshot{
		StatefulSets: []*appsv1.StatefulSet{db}, DaemonSets: []*appsv1.DaemonSet{logs},
		Pods: []*corev1.Pod{pod(db, 9), pod(db, 5), pod(logs, 3), pod(db, 7)},
	}
	want := []Readiness{
		{
			Workload: RefOf(logs), Pods: 1,
			Median: 3 * time.Second, Least: 3 * time.Second, Most: 3 * time.Second,
		},
		{
			Workload: RefOf(db), Pods: 3,
			Median: 7 * time.Second, Least: 5 * time.Second, Most: 9 * time.Second,
		},
	}
	if got := s.MeasureReadiness(); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestClaimsAndServicesOfAStatefulSetAreFoundByTheirNames(t *testing.T) {
	set := statefulSet("shop", "db")
	set.Spec.ServiceName = "db"
	set.Spec.VolumeClaimTemplates = []corev1.PersistentVolumeClaim{
		{ObjectMeta: metav1.ObjectMeta{Name: "data"}}, {ObjectMeta: metav1.ObjectMeta{Name: "log"}},
	}
	s := &Snapshot{}
	for _, name := range []string{"data-db-0", "data-db-7", "log-db-1", "data-db", "data-db-x", "data-db-2-0", "other-db-0"} {
		s.Claims = append(s.Claims, &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}})
	}
	s.Claims = append(s.Claims, &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: "else", Name: "data-db-0"}})
	for _, namespace := range []string{"else", "shop"} {
		for _, name := range []string{"db", "web"} {
			s.Services = append(s.Services, &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}})
		}
	}
	var got []string
	for _, claim := range s.ClaimsOf(set) {
		got = append(got, claim.Namespace+"/"+claim.Name)
	}
	for _, service := range s.ServicesOf(set) {
		got = append(got, service.Namespace+"/"+service.Name)
	}
	if want := "[shop/data-db-0 shop/data-db-7 shop/log-db-1 shop/db]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
