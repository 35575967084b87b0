package statefulset

import (
	"fmt"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// ownedBy is a claim of db-1 with owners, each written as "set", "pod", "old-set", "old-pod"
// or "other"; with a + it controls the claim.
func ownedBy(owners string) owned {
	references := map[string]metav1.OwnerReference{
		"set":     {APIVersion: "apps/v1", Kind: "StatefulSet", Name: "db", UID: "set"},
		"pod":     {APIVersion: "v1", Kind: "Pod", Name: "db-1", UID: "pod"},
		"old-set": {APIVersion: "apps/v1", Kind: "StatefulSet", Name: "db", UID: "old-set"},
		"old-pod": {APIVersion: "v1", Kind: "Pod", Name: "db-1", UID: "old-pod"},
		"other":   {APIVersion: "v1", Kind: "Volumes", Name: "all", UID: "other"},
	}
	claim := &corev1.PersistentVolumeClaim{}
	for _, word := range strings.Fields(owners) {
		ref := references[strings.TrimSuffix(word, "+")]
		if strings.HasSuffix(word, "+") {
			ref.Controller = new(true)
		}
		claim.OwnerReferences = append(claim.OwnerReferences, ref)
	}
	return owned{claim: claim, set: holder{setKind(), "db", "set"}, pod: holder{podKind(), "db-1", "pod"}}
}

func ownersIn(refs []metav1.OwnerReference) string {
	var words []string
	for _, ref := range refs {
		word := string(ref.UID)
		if controls(ref) {
			word += "+"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestAClaimBelongsToWhomThePolicySays(t *testing.T) {
	type policy = appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy
	for _, c := range []struct {
		policy    policy
		condemned bool
		before    string
		right     bool
		after     string // by 1.31 and newer
		plain     string // by 1.30 and older
	}{
		{policy{WhenDeleted: keep, WhenScaled: keep}, false, "", true, "", ""},
		{policy{WhenDeleted: keep, WhenScaled: keep}, true, "pod+", false, "", ""},
		{policy{WhenDeleted: remove, WhenScaled: keep}, false, "", false, "set+", "set"},
		{policy{WhenDeleted: remove, WhenScaled: keep}, true, "set+", true, "set+", "set+"},
		{policy{WhenDeleted: keep, WhenScaled: remove}, false, "set+ pod+", false, "", ""},
		{policy{WhenDeleted: keep, WhenScaled: remove}, true, "", false, "pod+", "pod"},
		{policy{WhenDeleted: remove, WhenScaled: remove}, false, "pod+", false, "set+", "set"},
		{policy{WhenDeleted: remove, WhenScaled: remove}, true, "set+", false, "pod+", "pod"},
		{policy{WhenDeleted: remove, WhenScaled: remove}, true, "pod+", true, "pod+", "pod+"},
		{policy{WhenDeleted: "Else", WhenScaled: "Else"}, true, "set+", false, "", ""},
		{policy{WhenDeleted: "Else", WhenScaled: remove}, true, "", true, "", ""},
		// An owner that does not control, as older versions left it.
		{policy{WhenDeleted: remove, WhenScaled: keep}, false, "set", false, "set+", "set"},
		{policy{WhenDeleted: keep, WhenScaled: keep}, false, "other", true, "other", "other"},
		// Of an earlier StatefulSet or pod: left alone.
		{policy{WhenDeleted: remove, WhenScaled: keep}, false, "old-set+", true, "", "old-set+ set"},
		{policy{WhenDeleted: keep, WhenScaled: remove}, true, "old-pod+", true, "", "old-pod+ pod"},
		{policy{WhenDeleted: keep, WhenScaled: keep}, false, "old-pod+ set+", true, "", "old-pod+"},
		// Of somebody else, who controls it: no owner beside it, but where nothing deletes.
		{policy{WhenDeleted: remove, WhenScaled: keep}, false, "other+", true, "other+", "other+ set"},
		{policy{WhenDeleted: remove, WhenScaled: keep}, false, "set+ other+", false, "other+", "set+ other+"},
		{policy{WhenDeleted: keep, WhenScaled: keep}, false, "other+", true, "other+", "other+"},
		{policy{WhenDeleted: remove, WhenScaled: remove}, true, "other", false, "other pod+", "other pod"},
	} {
		name := fmt.Sprintf("%+v, condemned %v, %q", c.policy, c.condemned, c.before)
		o := ownedBy(c.before)
		o.policy, o.condemned = c.policy, c.condemned
		if o.upToDate() != c.right {
			t.Errorf("%s: right is not %v", name, c.right)
		}
		if got := ownersIn(o.owners()); got != c.after {
			t.Errorf("%s: owners %q, not %q", name, got, c.after)
		}
		if got := ownersIn(o.plainOwners()); got != c.plain {
			t.Errorf("%s: up to 1.30 %q, not %q", name, got, c.plain)
		}
		if ownersIn(o.claim.OwnerReferences) != c.before {
			t.Errorf("%s: the claim itself was changed", name)
		}
	}
}

func TestAClaimOfAnEarlierPodIsStale(t *testing.T) {
	for _, c := range []struct {
		owners  string
		pod     types.UID
		version string
		want    bool
	}{
		{"old-pod+", "", "1.37", true},
		{"pod+", "", "1.37", true}, // the pod is gone, and a new one has no UID yet
		{"pod+", "pod", "1.37", false},
		{"set+ other+", "", "1.37", false},
		{"", "", "1.37", false},
		{"old-pod", "", "1.29.6", true},
		{"pod", "pod", "1.29.6", false},
		{"other", "", "1.29.6", false},
	} {
		o := ownedBy(c.owners)
		o.pod.uid = c.pod
		s := &sync{View: View{Profile: profileOf(t, c.version, "")}}
		if s.isStale(o) != c.want {
			t.Errorf("%s, owners %q, pod %q: not %v", c.version, c.owners, c.pod, c.want)
		}
	}
}
