package kubeversion

import (
	"strings"
	"testing"
)

func TestVersionsAreReadAsServersReportThem(t *testing.T) {
	for text, want := range map[string]Version{
		"1.29": {29, 0}, "v1.37.0": {37, 0}, "v1.34.2-gke.100": {34, 2}, "v1.33.1+k3s1": {33, 1},
		"v1.31.4-gke.1256000": {31, 4}, "v1.30.2-eks-1552ad0": {30, 2}, "v1.29.0+k3s1": {29, 0},
		"v1.32.5+rke2r1": {32, 5}, "v1.29.5+29c95f3": {29, 5}, "v1.36.0-rc.1": {36, 0},
		"v1.37.0-alpha.0.123+0a1b2c3d": {37, 0}, "v1.31.1-aliyun.1": {31, 1}, "v1.30.0-tke.4": {30, 0},
	} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1", "2.0", "1.28", "1.38", "1.x", "1.-1", "latest", "1.30.1.2", "1.99999999999"} {
		if got, err := Parse(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestVersionsThatCannotBePlannedForAreReadAllTheSame(t *testing.T) {
	for text, want := range map[string]Version{
		"v1.27.3-gke.100": {27, 3}, "v1.38.0-alpha.1": {38, 0}, "v1.34.2": {34, 2},
	} {
		if got, err := Read(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "v0.0.0-master+$Format:%H$", "v2.0.0", "1.x"} {
		if got, err := Read(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestGatesHaveTheDefaultsOfTheirVersion(t *testing.T) {
	on := func(minor int, gate Gate) bool { return NewProfile(Version{Minor: minor}).Enabled(gate) }
	for minor := Oldest; minor <= Newest; minor++ {
		if got, want := on(minor, TerminatingReplicas), minor >= 35; got != want {
			t.Errorf("1.%d: terminatingReplicas %v", minor, got)
		}
		if !on(minor, PodDeletionCost) || !on(minor, LogarithmicScaleDown) {
			t.Errorf("1.%d: pod deletion cost and logarithmic scale-down are on", minor)
		}
	}
}

func TestAGateIsRefusedWhereItCannotBeSet(t *testing.T) {
	for _, c := range []struct {
		minor      int
		list, want string
	}{
		{32, "DeploymentReplicaSetTerminatingReplicas=true", "does not exist"},
		{31, "LogarithmicScaleDown=false", "locked"},
		{37, "LogarithmicScaleDown=false", "does not exist"},
		{37, "NoSuchGate=true", "changes nothing"},
		{37, "PodDeletionCost", "write it as"},
		{37, "PodDeletionCost=yes", "write it as"},
	} {
		_, err := NewProfile(Version{Minor: c.minor}).WithGates(c.list)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("1.%d %s: %v", c.minor, c.list, err)
		}
	}
}

func TestGatesAreSetAndListed(t *testing.T) {
	profile, err := NewProfile(Version{Minor: 33}).WithGates(" PodDeletionCost=false,DeploymentReplicaSetTerminatingReplicas=true, ")
	if err != nil {
		t.Fatal(err)
	}
	if profile.Enabled(PodDeletionCost) || !profile.Enabled(TerminatingReplicas) {
		t.Error("the gates are not set")
	}
	if got := strings.Join(profile.Overrides(), " "); got != "DeploymentReplicaSetTerminatingReplicas=true PodDeletionCost=false" {
		t.Error(got)
	}
}

func TestEachVersionBehavesAsItsControllersDo(t *testing.T) {
	for minor := Oldest; minor <= Newest; minor++ {
		p := NewProfile(Version{Minor: minor})
		for what, c := range map[string]struct {
			got   bool
			since int
		}{
			"available at the boundary":   {p.AvailableAtBoundary(), 34},
			"checks availability on time": {p.ChecksAvailabilityOnTime(), 34},
			"truncates ReplicaSet names":  {p.TruncatesReplicaSetNames(), 34},
			"tolerates max-replicas of 0": {p.ToleratesMaxReplicasAnnotation(), 32},
			"ranks restarts of sidecars":  {p.RanksSidecarRestarts(), 32},
			"mounts images":               {p.MountsImages(), 35},
			"relaxes names of variables":  {p.RelaxesEnvNames(), 32},
			"restarts containers by rule": {p.RestartsContainersByRule(), 35},
			"hashes as this program does": {p.SharesAPITypes(), 37},
		} {
			if c.got != (minor >= c.since) {
				t.Errorf("1.%d: %s: %v", minor, what, c.got)
			}
		}
	}
}
