package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
		return failure.WithHint(err, fmt.Sprintf("kubectl workload plan %s %s", target, flags))
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
	case "apply":
		return failure.WithHint(err, "kubectl workload plan -f FILE says what kubectl apply will do")
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
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		return invalidValue(invalid)
	}
	if !cmd.HasParent() {
		return failure.WithHint(err, "flags stand behind a command: kubectl workload plan …")
	}
	text := err.Error()
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
	return failure.WithHint(err, fmt.Sprintf("see %s --help", cmd.CommandPath()))
}

// invalidValue says what a flag takes, without the words of the parser.
func invalidValue(err *pflag.InvalidValueError) error {
	flag := err.GetFlag()
	switch flag.Value.Type() {
	case "duration":
		return failure.WithHint(fmt.Errorf("--%s %q is not a duration", flag.Name, err.GetValue()),
			"write it as 12s or 1m30s")
	case "bool":
		return fmt.Errorf("--%s is either there or not: %q is no value for it", flag.Name, err.GetValue())
	case "int32", "int64", "uint64":
		return fmt.Errorf("--%s %q is not a whole number, or too large", flag.Name, err.GetValue())
	}
	return err
}
