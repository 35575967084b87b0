package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/rest"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// Version is what a server says of itself, and what is planned for.
type Version struct {
	Text    string              // as the server writes it: "v1.31.4-gke.1256000"
	Plans   kubeversion.Version // the nearest version that can be planned for
	Warning string              // where that is not the server's; else empty
}

// ErrTooOld is wrapped by the error of Version for a server that is older than any
// version that can be planned for.
var ErrTooOld = errors.New("too old to plan for")

// Version asks for the server's version, once. With ErrTooOld, Text is set all the
// same: what only reads can go on.
func (s *Server) Version(ctx context.Context) (Version, error) {
	text, err := s.versionText(ctx)
	if err != nil {
		return Version{}, err
	}
	return VersionOf(text)
}

// versionText is asked for once: plans and states both need it.
func (s *Server) versionText(ctx context.Context) (string, error) {
	s.asking.Lock()
	defer s.asking.Unlock()
	if s.version != "" {
		return s.version, nil
	}
	var info version.Info
	c := call{verb: "get", resource: "/version"}
	err := s.send(ctx, c, s.clients[""].Get().AbsPath(c.resource), func(r rest.Result) error {
		if err := r.Error(); err != nil {
			return err
		}
		body, _ := r.Raw()
		return json.Unmarshal(body, &info)
	})
	if err != nil {
		return "", err
	}
	s.version = textOf(info)
	return s.version, nil
}

// textOf is the version that a server reports. Builds without a stamp call themselves
// v0.0.0-master, and know their minor version all the same.
func textOf(info version.Info) string {
	if _, err := kubeversion.Read(info.GitVersion); err == nil || info.Minor == "" {
		return info.GitVersion
	}
	return fmt.Sprintf("v%s.%s.0", info.Major, strings.TrimRight(info.Minor, "+"))
}

// VersionOf picks the version to plan for, of what a server or a snapshot of it says.
// Controllers change little from one version to the next, so the newest stands for
// what is newer still. Of what is older nobody knows what it did.
func VersionOf(text string) (Version, error) {
	v, err := kubeversion.Read(text)
	switch {
	case err != nil:
		return Version{Text: text}, &Error{
			Err:   fmt.Errorf("the server's version %q is none of Kubernetes", text),
			Hints: []string{"say which one it plans as: --kube-version"},
		}
	case v.Minor < kubeversion.Oldest:
		return Version{Text: text}, &Error{
			Err: fmt.Errorf("the server's version %s is %w: 1.%d to 1.%d can be planned for",
				text, ErrTooOld, kubeversion.Oldest, kubeversion.Newest),
			Hints: []string{
				fmt.Sprintf("plan as if it were newer: --kube-version 1.%d", kubeversion.Oldest),
			},
		}
	case v.Minor > kubeversion.Newest:
		warning := "the server's version %s is newer than any that is known: planned as 1.%d"
		return Version{
			Text:    text,
			Plans:   kubeversion.Version{Minor: kubeversion.Newest},
			Warning: fmt.Sprintf(warning, text, kubeversion.Newest),
		}, nil
	}
	return Version{Text: text, Plans: v}, nil
}
