// Package help lays out the help of a command with its flags in groups.
package help

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// width is that of the help, whatever the terminal's is.
const width = 80

// Group is a set of flags that belong together.
type Group struct {
	Title string
	Add   func(*pflag.FlagSet)
	Note  string // a sentence below the flags; may be empty
}

// Use adds the flags to the command, and makes its help show them by group.
func Use(cmd *cobra.Command, groups ...Group) {
	var sets []*pflag.FlagSet
	for _, group := range groups {
		set := pflag.NewFlagSet(group.Title, pflag.ContinueOnError)
		group.Add(set)
		cmd.Flags().AddFlagSet(set)
		sets = append(sets, set)
	}
	cmd.SetUsageFunc(func(cmd *cobra.Command) error {
		var text strings.Builder
		fmt.Fprintf(&text, "Usage:\n  %s\n", cmd.UseLine())
		fmt.Fprintf(&text, "\nExamples:\n%s\n", cmd.Example)
		for i, group := range groups {
			fmt.Fprintf(&text, "\n%s:\n%s%s", group.Title, sets[i].FlagUsagesWrapped(width), group.Note)
		}
		_, err := fmt.Fprint(cmd.OutOrStderr(), text.String())
		return err
	})
}
