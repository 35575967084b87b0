package load

import (
	"time"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// The apiVersion and kind of the document that a saved snapshot begins with.
const (
	snapshotGroup   = "kubectl-workload.github.io"
	snapshotVersion = snapshotGroup + "/v1alpha1"
	snapshotKind    = "Snapshot"
)

// snapshotHeader is what a saved snapshot knows beside the objects.
type snapshotHeader struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   map[string]string `json:"metadata"` // a name, as all objects have

	ReadAt      string           `json:"readAt,omitempty"`      // RFC 3339
	KubeVersion string           `json:"kubeVersion,omitempty"` // of the server
	Context     string           `json:"context,omitempty"`
	Readiness   []savedReadiness `json:"readiness,omitempty"`
	Unread      []cluster.Unread `json:"unread,omitempty"`
}

// savedReadiness is a cluster.Readiness with Go durations as text.
type savedReadiness struct {
	Workload cluster.Ref `json:"workload"`
	Pods     int         `json:"pods"`
	Median   string      `json:"median"`
	Least    string      `json:"least"`
	Most     string      `json:"most"`
}

// headerOf is the header that a snapshot is saved with.
func headerOf(s *cluster.Snapshot) snapshotHeader {
	header := snapshotHeader{
		APIVersion: snapshotVersion, Kind: snapshotKind, Metadata: map[string]string{"name": "snapshot"},
		KubeVersion: s.Version, Context: s.Context, Unread: s.Unread,
	}
	if !s.At.IsZero() {
		header.ReadAt = s.At.UTC().Format(time.RFC3339Nano)
	}
	readiness := s.Readiness
	if readiness == nil {
		readiness = s.MeasureReadiness()
	}
	for _, r := range readiness {
		header.Readiness = append(header.Readiness, savedReadiness{
			Workload: r.Workload, Pods: r.Pods,
			Median: r.Median.String(), Least: r.Least.String(), Most: r.Most.String(),
		})
	}
	return header
}

func isHeader(document cluster.Document) bool {
	kind := document.Object.GroupVersionKind()
	return kind.Group == snapshotGroup && kind.Kind == snapshotKind
}

// RecordedVersion returns the server's version in a saved snapshot among the
// documents; empty where there is none.
func RecordedVersion(documents []cluster.Document) string {
	for _, document := range documents {
		if isHeader(document) {
			version, _ := document.Object.Object["kubeVersion"].(string)
			return version
		}
	}
	return ""
}

// withoutHeader takes the header of a saved snapshot out of the documents.
func (s *state) withoutHeader(documents []cluster.Document) []cluster.Document {
	objects := make([]cluster.Document, 0, len(documents))
	for _, document := range documents {
		if isHeader(document) {
			s.header(document)
			continue
		}
		objects = append(objects, document)
	}
	return objects
}

// header takes what a saved snapshot knows of where it was read.
func (s *state) header(document cluster.Document) {
	if s.saved != nil {
		s.problems.add(document.Source, "is a second snapshot, beside the one at %s: a state is of one instant",
			s.saved.Source)
		return
	}
	s.saved = &document
	if document.Object.GetAPIVersion() != snapshotVersion {
		s.problems.add(document.At("apiVersion"), "%s is not known: the snapshot is of a newer kubectl workload",
			document.Object.GetAPIVersion())
		return
	}
	var header snapshotHeader
	err := runtime.DefaultUnstructuredConverter.FromUnstructured(document.Object.Object, &header)
	if err != nil {
		s.problems.add(document.Source, "is no snapshot: %v", err)
		return
	}
	s.snapshot.Version, s.snapshot.Context = header.KubeVersion, header.Context
	s.snapshot.Unread = header.Unread
	s.snapshot.At = s.instant(header.ReadAt)
	s.snapshot.Readiness = []cluster.Readiness{}
	for _, saved := range header.Readiness {
		s.snapshot.Readiness = append(s.snapshot.Readiness, cluster.Readiness{
			Workload: saved.Workload, Pods: saved.Pods,
			Median: s.duration(saved.Median), Least: s.duration(saved.Least), Most: s.duration(saved.Most),
		})
	}
}

func (s *state) instant(text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		s.problems.add(s.saved.At("readAt"), "readAt %q is no instant: write it as 2026-01-31T14:02:11Z", text)
	}
	return at.UTC()
}

func (s *state) duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		s.problems.add(s.saved.At("readiness"), "readiness: %q is not a duration: write it as 12s", text)
	}
	return d
}
