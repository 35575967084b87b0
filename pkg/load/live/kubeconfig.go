package live

import (
	"errors"
	"io/fs"
	"regexp"

	"k8s.io/client-go/tools/clientcmd"
)

// Explain says in one line, with hints, what is wrong with a kubeconfig. Other errors
// pass as they are.
func Explain(err error) error {
	var path *fs.PathError
	switch {
	case err == nil:
		return nil
	case clientcmd.IsEmptyConfig(err):
		return tell(err, "there is no kubeconfig that names a cluster",
			"set KUBECONFIG or --kubeconfig", "or plan without a cluster: --state FILE")
	case errors.Is(err, clientcmd.ErrNoContext):
		return tell(err, "the kubeconfig has no current context", "name one: --context, or kubectl config use-context")
	case unknownContext(err) != "":
		return tell(err, "the kubeconfig has no context "+unknownContext(err),
			"kubectl config get-contexts lists what there is")
	case errors.As(err, &path):
		return tell(err, "the file "+path.Path+" of the kubeconfig cannot be read: "+path.Err.Error())
	case clientcmd.IsConfigurationInvalid(err):
		return tell(err, "the kubeconfig is not valid: "+oneLine(err.Error()))
	}
	return err
}

// unknownContext is the name in the two ways in which client-go says that it is none.
func unknownContext(err error) string {
	says := regexp.MustCompile(`context "([^"]+)" does not exist|not found for specified context: (\S+)`)
	if name := says.FindStringSubmatch(err.Error()); name != nil {
		return name[1] + name[2]
	}
	return ""
}
