package cluster

import (
	"fmt"
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

func TestStatefulSetsAreWorkloads(t *testing.T) {
	deployment := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"},
	}
	s := &Snapshot{
		StatefulSets: []*appsv1.StatefulSet{statefulSet("shop", "db"), statefulSet("else", "db")},
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
	if want := "else statefulset/db\nshop deployment/web\nshop statefulset/db\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if found := s.Find(Ref{Kind: "StatefulSet", Namespace: "shop", Name: "web"}); found != nil {
		t.Errorf("found %v", found)
	}
}

func TestReadinessIsMeasuredOfPodsOfStatefulSets(t *testing.T) {
	set := statefulSet("shop", "db")
	pod := func(seconds int64) *corev1.Pod {
		ready := corev1.PodCondition{
			Type: corev1.PodReady, Status: corev1.ConditionTrue,
			LastTransitionTime: metav1.NewTime(time.Unix(seconds, 0)),
		}
		return &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{
				CreationTimestamp: metav1.NewTime(time.Unix(0, 0)),
				OwnerReferences: []metav1.OwnerReference{
					*metav1.NewControllerRef(set, appsv1.SchemeGroupVersion.WithKind("StatefulSet")),
				},
			},
			Status: corev1.PodStatus{Conditions: []corev1.PodCondition{ready}},
		}
	}
	s := &Snapshot{
		StatefulSets: []*appsv1.StatefulSet{set}, Pods: []*corev1.Pod{pod(9), pod(5), pod(7)},
	}
	want := Readiness{
		Workload: RefOf(set), Pods: 3,
		Median: 7 * time.Second, Least: 5 * time.Second, Most: 9 * time.Second,
	}
	if got := s.MeasureReadiness(); len(got) != 1 || got[0] != want {
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
