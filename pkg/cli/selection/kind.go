package selection

import (
	"fmt"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
)

// kinds are those that a command can be about, in the order of messages.
func kinds() []string { return []string{"DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"} }

// kindsOf reads a type as kubectl takes it: singular, plural, short, with its group.
func (a Arguments) kindsOf(word string) ([]string, error) {
	switch strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(word, ".v1.apps"), ".apps")) {
	case "deployment", "deployments", "deploy":
		return []string{"Deployment"}, nil
	case "replicaset", "replicasets", "rs":
		return []string{"ReplicaSet"}, nil
	case "statefulset", "statefulsets", "sts":
		return []string{"StatefulSet"}, nil
	case "daemonset", "daemonsets", "ds":
		return []string{"DaemonSet"}, nil
	case "all":
		return kinds(), nil
	case "job", "jobs", "cronjob", "cronjobs", "cj":
		return nil, fmt.Errorf("%s cannot be planned yet: deployments, statefulsets, daemonsets and replicasets can", word)
	}
	err := fmt.Errorf("the type %q is not known: deployments, statefulsets, daemonsets and replicasets can be planned", word)
	if hint := a.slip(word); hint != "" {
		return nil, failure.WithHint(err, hint)
	}
	return nil, err
}

// slip guesses what a word of another kubectl command was meant to be.
func (a Arguments) slip(word string) string {
	target := "deployment/NAME"
	for _, arg := range a.Words {
		if strings.Contains(arg, "/") {
			target = arg
		}
	}
	switch word {
	case "restart", "pause", "resume":
		return fmt.Sprintf("kubectl workload plan %s --%s", target, word)
	case "set", "image":
		return fmt.Sprintf("kubectl workload plan %s --image CONTAINER=IMAGE", target)
	case "scale":
		return fmt.Sprintf("kubectl workload plan %s --replicas N", target)
	case "undo", "rollback":
		return fmt.Sprintf("kubectl workload plan %s --to-revision N", target)
	}
	if len(a.Words) == 1 {
		return fmt.Sprintf("kubectl workload %s deployment/%s", a.Command, word)
	}
	return ""
}
