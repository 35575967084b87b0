package source

import (
	"context"
	"errors"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/load/live"
)

func (f *Flags) openCluster(ctx context.Context, o Options) (*Source, error) {
	target, err := f.Connection.Target()
	if err != nil {
		return nil, err
	}
	s := &Source{warnings: o.Warnings, Namespace: target.Namespace, context: target.Context}
	if s.server, err = live.Connect(target.Config); err != nil {
		return nil, explained(err)
	}
	version, err := s.version(ctx, o)
	if err != nil {
		return nil, err
	}
	s.Profile, err = kubeversion.NewProfile(version).WithGates(o.FeatureGates)
	return s, err
}

// version is the version to plan for: a flag, else the server's own.
func (s *Source) version(ctx context.Context, o Options) (kubeversion.Version, error) {
	if o.KubeVersion != "" {
		return kubeversion.Parse(o.KubeVersion)
	}
	version, err := s.server.Version(ctx)
	return s.told(o, version, err)
}

// told passes on a version, with its warning.
func (s *Source) told(o Options, version live.Version, err error) (kubeversion.Version, error) {
	if o.Oldest && errors.Is(err, live.ErrTooOld) {
		return kubeversion.Version{Minor: kubeversion.Oldest}, nil
	}
	if err == nil && version.Warning != "" {
		s.warn(version.Warning)
	}
	return version.Plans, explained(err)
}
