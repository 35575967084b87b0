package plan

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpWidth is the width of the help, whatever the terminal's is.
const helpWidth = 100

// flagGroup is a set of flags that belong together in the help.
type flagGroup struct {
	title string
	flags *pflag.FlagSet
}

// addGroup adds flags to the command under a title of its own.
func addGroup(cmd *cobra.Command, title string, add func(*pflag.FlagSet)) flagGroup {
	group := flagGroup{title: title, flags: pflag.NewFlagSet(title, pflag.ContinueOnError)}
	add(group.flags)
	cmd.Flags().AddFlagSet(group.flags)
	return group
}

// useGroups makes the command's help show its flags by group.
func useGroups(cmd *cobra.Command, groups ...flagGroup) {
	cmd.SetUsageFunc(func(cmd *cobra.Command) error {
		var text strings.Builder
		fmt.Fprintf(&text, "Usage:\n  %s\n", cmd.UseLine())
		fmt.Fprintf(&text, "\nExamples:\n%s\n", cmd.Example)
		for _, group := range groups {
			fmt.Fprintf(&text, "\n%s:\n%s", group.title, group.flags.FlagUsagesWrapped(helpWidth))
		}
		_, err := fmt.Fprint(cmd.OutOrStderr(), text.String())
		return err
	})
}
