package live

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

func TestTheServersVersionPicksWhatIsPlannedFor(t *testing.T) {
	for text, want := range map[string]Version{
		"v1.37.2":                  {Text: "v1.37.2", Plans: kubeversion.Version{Minor: 37, Patch: 2}},
		"v1.31.4-gke.1256000":      {Text: "v1.31.4-gke.1256000", Plans: kubeversion.Version{Minor: 31, Patch: 4}},
		"v1.29.0+k3s1":             {Text: "v1.29.0+k3s1", Plans: kubeversion.Version{Minor: 29}},
		"v0.0.0-master+$Format:%H": {Text: "v1.37.0", Plans: kubeversion.Version{Minor: 37}},
		"v1.39.1": {Text: "v1.39.1", Plans: kubeversion.Version{Minor: 37},
			Warning: "the server's version v1.39.1 is newer than any that is known: planned as 1.37"},
	} {
		a := &api{version: text}
		s := start(t, a)
		for range 2 {
			if got, err := s.Version(context.Background()); err != nil || got != want {
				t.Errorf("%s: got %+v, %v", text, got, err)
			}
		}
		if len(a.requests) != 1 {
			t.Errorf("%s: asked %d times", text, len(a.requests))
		}
	}
}

func TestAVersionThatCannotBePlannedForIsAnErrorWithAWayOut(t *testing.T) {
	s := start(t, &api{version: "v1.27.3-gke.100", objects: rolled("shop", "web", 1)})
	got, err := s.Version(context.Background())
	says(t, "old", err, "the server's version v1.27.3-gke.100 is too old to plan for: 1.29 to 1.37 can be planned for", "--kube-version 1.29")
	if !errors.Is(err, ErrTooOld) || got.Text != "v1.27.3-gke.100" {
		t.Errorf("got %+v, %v", got, err)
	}
	if state := read(t, s, named("shop", "web")); state.Version != "v1.27.3-gke.100" || len(state.Pods) != 1 {
		t.Errorf("got %s, %v", state.Version, contents(state))
	}

	s = start(t, &api{before: func(_ *api, w http.ResponseWriter, _ *http.Request, _ int) bool {
		_, err := w.Write([]byte(`{"gitVersion": "next"}`))
		return err == nil
	}})
	_, err = s.Version(context.Background())
	says(t, "odd", err, `the server's version "next" is none of Kubernetes`, "--kube-version")
	if strings.Contains(err.Error(), "\n") {
		t.Error("more than one line")
	}
}
