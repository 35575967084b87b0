package daemonset

import (
	"bytes"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// hashLabel is the label with the hash of a template: of pods, and of revisions.
const hashLabel = appsv1.DefaultDaemonSetUniqueLabelKey

// Unknown stands for a hash that cannot be known: only a server with this program's API
// types hashes a template as this program does, and nobody can hash values that were left
// out of a snapshot. A name has it in brackets, so that nobody takes it for real; a label
// cannot.
const Unknown = "new"

// HashOf returns the hash that pods of the template have, or will have, as far as that can
// be told without a write: of several revisions with the template it is that of the one
// that is kept.
func HashOf(sees View) string {
	ds := sees.DaemonSet
	data, err := revision.DaemonData(&ds.Spec.Template, sees.Profile)
	selector, invalid := metav1.LabelSelectorAsSelector(ds.Spec.Selector)
	if err != nil || invalid != nil {
		return ""
	}
	var kept *appsv1.ControllerRevision
	for _, r := range revision.Sorted(sees.Revisions) {
		claim := controller.ClaimOf(ds, r, selector.Matches(labels.Set(r.Labels)))
		if (claim == controller.Keep || claim == controller.Adopt) && bytes.Equal(data, r.Data.Raw) {
			kept = r
		}
	}
	switch s := (&sync{View: sees, ds: ds}); {
	case kept != nil && kept.Labels[hashLabel] != "":
		return kept.Labels[hashLabel]
	case kept != nil:
		return kept.Name
	case s.hashUnknown():
		return s.placeholder()
	}
	return revision.Hash(&ds.Spec.Template, ds.Status.CollisionCount)
}

func (s *sync) hashUnknown() bool {
	return !s.Profile.SharesAPITypes() || cluster.HasRedacted(&s.ds.Spec.Template)
}

// placeholder stands for the hash of a revision that is created: new, or new2 where that
// is taken.
func (s *sync) placeholder() string {
	label := Unknown
	for n := 2; s.Lookup(s.unknownName(label)) != nil; n++ {
		label = fmt.Sprintf("%s%d", Unknown, n)
	}
	return label
}

func (s *sync) unknownName(label string) string { return s.ds.Name + "-<" + label + ">" }
