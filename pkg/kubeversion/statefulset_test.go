package kubeversion

import (
	"strings"
	"testing"
)

// behaviours are the differences that StatefulSets meet, each with the versions that
// have the newer of the two.
func behaviours() map[string]func(Profile) bool {
	return map[string]func(Profile) bool{
		"omits zero times":                Profile.OmitsZeroTimes,
		"waits for available pods":        Profile.WaitsForAvailablePods,
		"checks pods on time":             Profile.ChecksStatefulPodsOnTime,
		"replaces broken pods first":      Profile.ReplacesBrokenPodsFirst,
		"completes any update":            Profile.CompletesAnyUpdate,
		"keeps conditions":                Profile.KeepsStatefulConditions,
		"deletes gone pods":               Profile.DeletesGonePods,
		"controls claims":                 Profile.ControlsClaims,
		"survives negative history limit": Profile.SurvivesNegativeHistoryLimit,
		"updates history limit":           Profile.UpdatesHistoryLimit,
		"validates service names":         Profile.ValidatesServiceNames,
		"validates templates":             Profile.ValidatesStatefulTemplates,
		"gate maxUnavailable":             func(p Profile) bool { return p.Enabled(MaxUnavailableStatefulSet) },
		"gate recreate":                   func(p Profile) bool { return p.Enabled(StatefulSetRecreate) },
		"gate semantic comparison":        func(p Profile) bool { return p.Enabled(SemanticRevisionComparison) },
		"gate claims are deleted":         func(p Profile) bool { return p.Enabled(StatefulSetAutoDeletePVC) },
		"gate start ordinal":              func(p Profile) bool { return p.Enabled(StatefulSetStartOrdinal) },
		"gate index label":                func(p Profile) bool { return p.Enabled(PodIndexLabel) },
	}
}

func TestStatefulSetsBehaveAsInEachVersion(t *testing.T) {
	for what, versions := range map[string]struct{ without, with string }{
		"omits zero times":                {"1.33.13", "1.34.0"},
		"waits for available pods":        {"1.33.13", "1.34.0"},
		"checks pods on time":             {"1.29.0 1.34.9 1.35.0", "1.35.1 1.36.0"},
		"replaces broken pods first":      {"1.36.9", "1.37.0"},
		"completes any update":            {"1.36.9", "1.37.0"},
		"keeps conditions":                {"1.36.9", "1.37.0"},
		"deletes gone pods":               {"1.35.9", "1.36.0"},
		"controls claims":                 {"1.29.7 1.30.3", "1.29.8 1.30.4 1.31.0 1.37.0"},
		"survives negative history limit": {"1.29.12 1.30.8 1.31.4 1.32.0", "1.29.13 1.30.9 1.31.5 1.32.1 1.33.0"},
		"updates history limit":           {"1.32.13", "1.33.0"},
		"validates service names":         {"1.32.13", "1.33.0"},
		"validates templates":             {"1.33.13", "1.34.0"},
		"gate maxUnavailable":             {"1.29.0 1.34.9 1.35.4 1.35.9 1.36.0", "1.35.0 1.35.3 1.37.0"},
		"gate recreate":                   {"1.36.0 1.37.0", ""},
		"gate semantic comparison":        {"1.33.13 1.34.0 1.34.1", "1.34.2 1.35.0 1.37.0"},
		"gate claims are deleted":         {"", "1.29.0 1.32.0 1.37.0"},
		"gate start ordinal":              {"", "1.29.0 1.31.0 1.37.0"},
		"gate index label":                {"", "1.29.0 1.32.0 1.37.0"},
	} {
		holds, ok := behaviours()[what]
		if !ok {
			t.Fatalf("%s is not looked at", what)
		}
		for list, want := range map[string]bool{versions.without: false, versions.with: true} {
			for _, text := range strings.Fields(list) {
				version, err := Parse(text)
				if err != nil {
					t.Fatal(err)
				}
				if holds(NewProfile(version)) != want {
					t.Errorf("%s: %s is not %v", text, what, want)
				}
			}
		}
	}
}

func TestGatesOfStatefulSetsAreSetWhereTheVersionLetsThem(t *testing.T) {
	for _, c := range []struct {
		version, list string
		ok            bool
	}{
		{"1.34.0", "MaxUnavailableStatefulSet=true", true},
		{"1.35.3", "MaxUnavailableStatefulSet=false", true},
		{"1.37.0", "StatefulSetRecreateStrategy=true", true},
		{"1.36.0", "StatefulSetRecreateStrategy=true", false},
		{"1.34.1", "StatefulSetSemanticRevisionComparison=false", false},
		{"1.34.2", "StatefulSetSemanticRevisionComparison=false", true},
		{"1.30.0", "StatefulSetStartOrdinal=false", true},
		{"1.31.0", "StatefulSetStartOrdinal=false", false},
		{"1.34.0", "StatefulSetStartOrdinal=true", false},
		{"1.31.0", "StatefulSetAutoDeletePVC=false,PodIndexLabel=false", true},
		{"1.32.0", "StatefulSetAutoDeletePVC=false", false},
		{"1.35.0", "PodIndexLabel=true", false},
	} {
		version, err := Parse(c.version)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewProfile(version).WithGates(c.list); (err == nil) != c.ok {
			t.Errorf("%s %s: %v", c.version, c.list, err)
		}
	}
}
