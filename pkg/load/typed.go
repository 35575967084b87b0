package load

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// decoder turns documents into API types and records what does not fit.
type decoder struct {
	problems *problems
	unknown  map[unknownField]occurrence
}

// unknownField is a field that all objects of a kind can have in common.
type unknownField struct {
	kind string
	path string
}

type occurrence struct {
	first  Problem
	object string
	count  int
}

func newDecoder(problems *problems) decoder {
	return decoder{problems: problems, unknown: map[unknownField]occurrence{}}
}

// typedFor is an empty object of the document's kind; nil for kinds that nothing
// here knows more about than that they are objects.
func typedFor(document cluster.Document) cluster.Object {
	switch document.Object.GetAPIVersion() + " " + document.Object.GetKind() {
	case "apps/v1 Deployment":
		return &appsv1.Deployment{}
	case "apps/v1 ReplicaSet":
		return &appsv1.ReplicaSet{}
	case "apps/v1 StatefulSet":
		return &appsv1.StatefulSet{}
	case "apps/v1 DaemonSet":
		return &appsv1.DaemonSet{}
	case "apps/v1 ControllerRevision":
		return &appsv1.ControllerRevision{}
	case "v1 PersistentVolumeClaim":
		return &corev1.PersistentVolumeClaim{}
	case "v1 Service":
		return &corev1.Service{}
	case "v1 Pod":
		return &corev1.Pod{}
	case "v1 Node":
		return &corev1.Node{}
	}
	return nil
}

// decode fills an API object. It is false if the document does not fit it.
func (d decoder) decode(document cluster.Document, into cluster.Object) bool {
	converter := runtime.DefaultUnstructuredConverter
	err := converter.FromUnstructuredWithValidation(document.Object.Object, into, true)
	strict, isStrict := runtime.AsStrictDecodingError(err)
	if err != nil && !isStrict || document.Fields != nil {
		// The conversion names no field, and cuts numbers that are too large.
		// What a server wrote has none, and there can be very much of it.
		if d.wrongTypes(document, into) {
			return false
		}
	}
	switch {
	case isStrict:
		return d.unknownFields(document, strict.Errors())
	case err != nil:
		d.problems.add(document.Source, "%s: %v", describeObject(document.Object), err)
		return false
	}
	return true
}

func (d decoder) wrongTypes(document cluster.Document, into cluster.Object) bool {
	wrong := misfits(document.Object.Object, reflect.TypeOf(into).Elem(), "")
	for _, m := range wrong {
		d.problems.add(document.At(m.path), "%s: %s: %s", describeObject(document.Object), m.path, m.text)
	}
	return len(wrong) > 0
}

// unknownFields are mistakes in what a person wrote, and news in what a server
// wrote that is newer than this program.
func (d decoder) unknownFields(document cluster.Document, errs []error) bool {
	fromServer := document.Object.GetUID() != ""
	for _, err := range errs {
		path := quoted(err)
		text := fmt.Sprintf("%s: unknown field %q", describeObject(document.Object), path)
		if !fromServer {
			d.problems.add(document.At(path), "%s", text)
			continue
		}
		d.warn(document, path)
	}
	return fromServer
}

func quoted(err error) string {
	_, path, _ := strings.Cut(err.Error(), `"`)
	return strings.TrimSuffix(path, `"`)
}

// warn counts the objects of a kind that have the same unknown field, and keeps
// the first place in the order of files and lines.
func (d decoder) warn(document cluster.Document, path string) {
	anyElement := regexp.MustCompile(`\[\d+\]`).ReplaceAllString(path, "[]")
	key := unknownField{document.Object.GetKind(), anyElement}
	text := fmt.Sprintf("%s: unknown field %q is ignored", describeObject(document.Object), path)
	known, exists := d.unknown[key]
	this := occurrence{
		first:  Problem{document.At(path), text},
		object: describeObject(document.Object),
		count:  1,
	}
	if exists && known.object == this.object {
		this.count = 0 // the same field in another element of a list
	}
	this.count += known.count
	if exists && known.first.compare(this.first) <= 0 {
		this.first = known.first
	}
	d.unknown[key] = this
}

// warnings are sentences, one for each unknown field of a kind.
func (d decoder) warnings() []string {
	all := slices.Collect(maps.Values(d.unknown))
	slices.SortFunc(all, func(a, b occurrence) int { return a.first.compare(b.first) })
	var sentences []string
	for _, o := range all {
		sentence := o.first.Error()
		if o.count > 1 {
			sentence += fmt.Sprintf(" (and in %d more)", o.count-1)
		}
		sentences = append(sentences, sentence)
	}
	return sentences
}
