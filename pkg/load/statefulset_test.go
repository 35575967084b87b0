package load

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

const db = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop, uid: s}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: "db:1", env: [{name: A, value: "<&>\u2028é"}, {name: B, value: other}]}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`

const around = `---
apiVersion: apps/v1
kind: ControllerRevision
metadata:
  {name: db-a, namespace: shop, labels: {app: db}, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: s, controller: true}]}
data: {spec: {template: {$patch: replace}}}
revision: 3
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-db-0, namespace: shop}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
status: {phase: Bound}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: backup, namespace: shop}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, selector: {app: db}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
`

func TestAStatefulSetIsReadWithWhatItHas(t *testing.T) {
	s, warnings, err := stateOf(t, db+around, "")
	if err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	if got := []int{len(s.StatefulSets), len(s.Revisions), len(s.Claims), len(s.Services), len(s.Others)}; cmp.Diff([]int{1, 1, 2, 2, 0}, got) != "" {
		t.Fatalf("got %v", got)
	}
	set := s.StatefulSets[0]
	if *set.Spec.Replicas != 1 || set.Spec.PodManagementPolicy != "OrderedReady" || *set.Spec.UpdateStrategy.RollingUpdate.Partition != 0 {
		t.Errorf("no defaults: %+v", set.Spec)
	}
	if got := string(s.Revisions[0].Data.Raw); got != `{"spec":{"template":{"$patch":"replace"}}}` || s.Revisions[0].Revision != 3 {
		t.Errorf("revision %d: %s", s.Revisions[0].Revision, got)
	}
	if s.Claims[1].Status.Phase != corev1.ClaimBound || s.Services[0].Spec.ClusterIP != "None" {
		t.Errorf("%+v %+v", s.Claims[1], s.Services[0])
	}
}

func TestASnapshotHasOfClaimsAndServicesThoseOfStatefulSets(t *testing.T) {
	s, _, err := stateOf(t, db+around, "")
	if err != nil {
		t.Fatal(err)
	}
	back := readBack(t, saved(t, s, SnapshotOptions{}))
	if len(back.Claims) != 1 || back.Claims[0].Name != "data-db-0" || len(back.Services) != 1 || back.Services[0].Name != "db" {
		t.Errorf("claims %v, services %v", back.Claims, back.Services)
	}
	if diff := cmp.Diff(s.StatefulSets, back.StatefulSets) + cmp.Diff(s.Revisions, back.Revisions); diff != "" {
		t.Error(diff)
	}
}

func TestWhatDoesNotFitAStatefulSetIsNamedWithItsLine(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"uid: s, controller", "uid: t, controller",
			`x.yaml:17: controllerrevision shop/db-a is of a StatefulSet db with uid "t", and the one in the state has "s": read both at the same time`},
		{"data: {spec: {template: {$patch: replace}}}\n", "",
			"x.yaml:14: controllerrevision shop/db-a: data is missing, so nobody can tell which revision it is"},
		{"data: {spec", "dota: {spec", `x.yaml:18: controllerrevision shop/db-a: unknown field "dota"`},
		{"revision: 3", "revision: three", `x.yaml:19: controllerrevision shop/db-a: revision: must be a number, not the text "three"`},
		{"matchLabels: {app: db}", "matchLabels: {app: web}",
			"x.yaml:8: statefulset shop/db: spec.template.metadata.labels: the selector does not match them"},
		{"serviceName: db", "updateStrategy: {type: Sometimes}",
			`x.yaml:5: statefulset shop/db: spec.updateStrategy: type is "Sometimes": it can be RollingUpdate or OnDelete`},
		{"phase: Bound", "fase: Bound", `x.yaml:25: persistentvolumeclaim shop/data-db-0: unknown field "status.fase"`},
		{"clusterIP: None", "clusterIP: [None]", "x.yaml:34: service shop/db: spec.clusterIP: must be text, not a list"},
		{"apps/v1\nkind: StatefulSet", "apps/v1beta2\nkind: StatefulSet", "x.yaml:1: statefulset shop/db: apps/v1beta2 is not served: use apps/v1"},
	} {
		t.Chdir(t.TempDir())
		content := strings.Replace(db+around, c.from, c.to, 1)
		if err := os.WriteFile("x.yaml", []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		documents, err := Documents(Input{Files: []string{"x.yaml"}})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = State(documents, StateOptions{Profile: kubeversion.Latest()})
		if err == nil || !strings.Contains(err.Error()+"\n", c.want+"\n") {
			t.Errorf("%s: got %v\nwant %s", c.to, err, c.want)
		}
	}
}

// historyOf has a revision of the StatefulSet as it is, and one of another value of B.
func historyOf(t *testing.T) *cluster.Snapshot {
	t.Helper()
	s, _, err := stateOf(t, db, "")
	if err != nil {
		t.Fatal(err)
	}
	set := s.StatefulSets[0]
	set.Spec.Template.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 65535, Protocol: corev1.ProtocolTCP}}
	set.Annotations = map[string]string{corev1.LastAppliedConfigAnnotation: `{"spec":{"env":[{"name":"B","value":"other"}]}}`}
	for number, value := range map[int64]string{1: "earlier", 2: "other"} {
		was := set.DeepCopy()
		was.Spec.Template.Spec.Containers[0].Env[1].Value = value
		r, err := revision.NewControllerRevision(was, number, kubeversion.Latest())
		if err != nil {
			t.Fatal(err)
		}
		r.UID = set.UID
		r.CreationTimestamp = metav1.Unix(1, 0)
		s.Revisions = append(s.Revisions, r)
	}
	s.Sort()
	return s
}

// The controller compares and names revisions by their bytes.
func TestDataOfRevisionsReadsBackByteForByte(t *testing.T) {
	s := historyOf(t)
	back := readBack(t, saved(t, s, SnapshotOptions{}))
	for i, r := range s.Revisions {
		if !bytes.Equal(r.Data.Raw, back.Revisions[i].Data.Raw) {
			t.Errorf("saved %s\n read %s", r.Data.Raw, back.Revisions[i].Data.Raw)
		}
	}
}

func TestRedactedRevisionsCompareAsBefore(t *testing.T) {
	content := saved(t, historyOf(t), SnapshotOptions{RedactEnv: true})
	for _, value := range []string{"<&>", "earlier", "other"} {
		if strings.Contains(content, value) {
			t.Errorf("the snapshot tells %s:\n%s", value, content)
		}
	}
	s := readBack(t, content)
	now, err := revision.NewControllerRevision(s.StatefulSets[0], 3, kubeversion.Latest())
	if err != nil {
		t.Fatal(err)
	}
	same := func(r *appsv1.ControllerRevision) bool { return revision.SameData(now, r) }
	for _, r := range s.Revisions {
		if same(r) != (r.Revision == 2) {
			t.Errorf("revision %d: the same as now is %v:\n%s\n%s", r.Revision, same(r), now.Data.Raw, r.Data.Raw)
		}
	}
}

func TestFieldsThatAServerWouldDropAreNotInAStateOfManifests(t *testing.T) {
	const two = "serviceName: db\n  updateStrategy: {rollingUpdate: {maxUnavailable: 2}}"
	older := StateOptions{Profile: kubeversion.NewProfile(kubeversion.Version{Minor: 34})}
	for uid, kept := range map[string]bool{"uid: s": true, "labels: {}": false} {
		documents, err := read(t, strings.NewReplacer("serviceName: db", two, "uid: s", uid).Replace(db))
		if err != nil {
			t.Fatal(err)
		}
		s, _, err := State(documents, older)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.StatefulSets[0].Spec.UpdateStrategy.RollingUpdate.MaxUnavailable != nil; got != kept {
			t.Errorf("%s: kept %v", uid, got)
		}
	}
}
