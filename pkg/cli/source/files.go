package source

import (
	"cmp"
	"slices"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/load"
	"github.com/kubectl-workload/kubectl-workload/pkg/load/live"
)

func (f *Flags) openFiles(o Options) (*Source, error) {
	s := &Source{warnings: o.Warnings}
	var documents []cluster.Document
	var err error
	if !slices.Equal(f.State, []string{"none"}) {
		documents, err = load.Documents(load.Input{Files: f.State, Recursive: true, Stdin: o.Stdin})
		if err != nil {
			return nil, err
		}
	}
	version, err := s.fileVersion(documents, o)
	if err != nil {
		return nil, err
	}
	if s.Profile, err = kubeversion.NewProfile(version).WithGates(o.FeatureGates); err != nil {
		return nil, err
	}
	state, warnings, err := load.State(documents, load.StateOptions{Namespace: o.Namespace, Profile: s.Profile})
	if err != nil {
		return nil, err
	}
	s.warn(warnings...)
	s.files = state
	s.Namespace = cmp.Or(load.OnlyNamespace(state), "default")
	return s, nil
}

// fileVersion is the version to plan for: a flag, else that of the server that a
// snapshot was read from, else the newest.
func (s *Source) fileVersion(documents []cluster.Document, o Options) (kubeversion.Version, error) {
	recorded := load.RecordedVersion(documents)
	switch {
	case o.KubeVersion != "":
		return kubeversion.Parse(o.KubeVersion)
	case recorded == "":
		return kubeversion.Latest().Version, nil
	}
	version, err := live.VersionOf(recorded)
	return s.told(o, version, err)
}
