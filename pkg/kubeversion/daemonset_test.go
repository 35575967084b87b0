package kubeversion

import "testing"

func TestDaemonSetsBehaveAsInEachVersion(t *testing.T) {
	for minor := Oldest; minor <= Newest; minor++ {
		p := NewProfile(Version{Minor: minor})
		for what, c := range map[string]struct {
			got   bool
			since int
		}{
			"counts old pods that are not available": {p.CountsUnavailableOldPods(), 30},
			"relabels pods once":                     {p.RelabelsPodsOnce(), 31},
			"looks at nodes because of their pods":   {p.LooksAtNodesByPods(), 33},
		} {
			if c.got != (minor >= c.since) {
				t.Errorf("1.%d: %s: %v", minor, what, c.got)
			}
		}
		_, err := p.WithGates("TaintTolerationComparisonOperators=true")
		if p.Enabled(TolerationComparison) || (err == nil) != (minor >= 35) {
			t.Errorf("1.%d: comparing tolerations is %v, setting it: %v", minor, p.Enabled(TolerationComparison), err)
		}
	}
}
