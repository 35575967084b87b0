package load

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-workload/kubectl-workload/pkg/blockyaml"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// SnapshotOptions is how a snapshot is saved.
type SnapshotOptions struct {
	RedactEnv bool // literal values of environment variables are left out
}

// ErrTooLarge says that a snapshot would be larger than what Documents reads.
var ErrTooLarge = errors.New("the snapshot is larger than what --state reads")

// Snapshot returns the state as a stream of YAML documents that State reads back to
// the same plan: first what is known of the server, then the objects in the order of
// the Snapshot. Only what a plan looks at is in it: of claims and Services those of
// StatefulSets. managedFields are not.
func Snapshot(s *cluster.Snapshot, o SnapshotOptions) ([]byte, error) {
	w := snapshotWriter{}
	if o.RedactEnv {
		w.redaction = newRedaction()
	}
	w.document(headerOf(s))
	add(&w, s.Deployments)
	add(&w, s.ReplicaSets)
	add(&w, s.StatefulSets)
	add(&w, s.DaemonSets)
	add(&w, s.Revisions)
	add(&w, s.Pods)
	add(&w, s.ClaimsOf(s.StatefulSets...))
	add(&w, s.ServicesOf(s.StatefulSets...))
	add(&w, s.Nodes)
	for _, other := range s.Others {
		if isLookedAt(other.GroupVersionKind().GroupKind()) {
			add(&w, []*unstructured.Unstructured{other})
		}
	}
	if w.err == nil && w.out.Len() > maxFile {
		return nil, fmt.Errorf("%w: %d MB, and the limit is %d MB", ErrTooLarge, w.out.Len()>>20, maxFile>>20)
	}
	return w.out.Bytes(), w.err
}

// isLookedAt holds for kinds beside workloads, pods and nodes that say anything to a
// plan. All others stay out of a snapshot: nobody has to wonder what is in there.
func isLookedAt(kind schema.GroupKind) bool {
	return kind == schema.GroupKind{Group: "autoscaling", Kind: "HorizontalPodAutoscaler"}
}

type snapshotWriter struct {
	out       bytes.Buffer
	redaction *redaction // nil: all values stay
	err       error      // the first; nothing is written after it
}

func add[T cluster.Object](w *snapshotWriter, objects []T) {
	for _, object := range objects {
		if w.err != nil || w.out.Len() > maxFile {
			return
		}
		w.object(object)
	}
}

func (w *snapshotWriter) object(object cluster.Object) {
	values, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object.DeepCopyObject())
	if err != nil {
		w.err = fmt.Errorf("%s -n %s: %w", cluster.RefOf(object), object.GetNamespace(), err)
		return
	}
	unstructured.RemoveNestedField(values, "metadata", "managedFields")
	if cluster.RefOf(object).Kind == "Node" { // what nobody kept has zeros: see cluster.PlannedNode
		unstructured.RemoveNestedField(values, "status", "nodeInfo")
		unstructured.RemoveNestedField(values, "status", "daemonEndpoints")
	}
	if w.redaction != nil {
		w.redaction.object(values)
	}
	w.document(values)
}

func (w *snapshotWriter) document(value any) {
	w.out.WriteString("---\n")
	var compact bytes.Buffer
	encoder := json.NewEncoder(&compact)
	encoder.SetEscapeHTML(false)
	if w.err = encoder.Encode(value); w.err != nil {
		return
	}
	buffered := bufio.NewWriter(&w.out)
	blockyaml.Write(buffered, bytes.TrimSuffix(compact.Bytes(), []byte("\n")), blockyaml.InList, 0)
	w.err = buffered.Flush()
}
