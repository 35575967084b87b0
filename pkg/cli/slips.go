package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
)

// unknownCommand answers a word that is no command; likely slips get the right
// words.
func unknownCommand(args []string) error {
	err := fmt.Errorf("unknown command %q", args[0])
	target := "deployment/NAME"
	for _, arg := range args[1:] {
		if strings.Contains(arg, "/") && !strings.HasPrefix(arg, "-") {
			target = arg
		}
	}
	say := func(flags string) error {
		return failure.WithHint(err, fmt.Sprintf("kubectl workload plan %s --state FILE %s", target, flags))
	}
	switch args[0] {
	case "restart":
		return say("--restart")
	case "scale":
		return say("--replicas N")
	case "set", "image":
		return say("--image CONTAINER=IMAGE")
	case "rollback", "undo":
		return say("--to-revision N")
	case "pause", "resume":
		return say("--" + args[0])
	case "patch":
		return say("--patch PATCH")
	case "rollout":
		return failure.WithHint(err, "kubectl workload plan says what a rollout will do; see --help")
	}
	if strings.Contains(args[0], "/") {
		return failure.WithHint(err, "kubectl workload plan "+args[0])
	}
	return failure.WithHint(err, "see kubectl workload --help")
}

// flagError answers a flag that does not exist or cannot be read.
func flagError(cmd *cobra.Command, err error) error {
	text := err.Error()
	see := fmt.Sprintf("see %s --help", strings.Replace(cmd.CommandPath(), "kubectl-workload", "kubectl workload", 1))
	for _, slip := range []struct{ part, hint string }{
		{"'u' in -ut", "write --output or -o, with one letter: -o json"},
		{"in -out", "write --output or -o: -o json"},
		{"--dry-run", "plan never changes anything; there is no need for --dry-run"},
		{"--out", "write --output or -o: -o json"},
		{"--revision", "write --to-revision"},
		{"--set", "write --image CONTAINER=IMAGE or --patch PATCH"},
		{"--scale", "write --replicas"},
		{"--file", "write --filename or -f"},
	} {
		if strings.Contains(text, slip.part) {
			return failure.WithHint(err, slip.hint)
		}
	}
	return failure.WithHint(err, see)
}
