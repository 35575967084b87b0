package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// console is what a page shows of a terminal: a command line and what it printed.
var console = regexp.MustCompile("(?s)(```console\n)\\$ ([^\n]*)\n(.*?)(```\n)")

// Each output that a page shows is what the program prints. UPDATE_GOLDEN=1 puts the
// output of now into the pages.
func TestPagesShowWhatTheProgramPrints(t *testing.T) {
	t.Chdir("../..")
	t.Setenv("NO_COLOR", "1") // stronger than FORCE_COLOR
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, page := range append(pages, "README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		printed := console.ReplaceAllStringFunc(string(text), func(block string) string {
			shown++
			parts := console.FindStringSubmatch(block)
			return parts[1] + "$ " + parts[2] + "\n" + output(t, parts[2]) + parts[4]
		})
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(page, []byte(printed), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if diff := cmp.Diff(string(text), printed); diff != "" {
			t.Errorf("%s does not show what is printed now (make golden rewrites it):\n%s", page, diff)
		}
	}
	if shown == 0 {
		t.Error("no page shows any output")
	}
}

// output runs a command line of this program in the folder of the repository.
func output(t *testing.T, line string) string {
	t.Helper()
	var args []string
	for _, start := range []string{"go run ./cmd/kubectl-workload ", "kubectl workload "} {
		if rest, ok := strings.CutPrefix(line, start); ok {
			args = strings.Fields(rest)
		}
	}
	if args == nil {
		t.Fatalf("%q is no command line of this program", line)
	}
	var out, problems bytes.Buffer
	streams := genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &problems}
	if code := cli.Run(t.Context(), args, streams); code != plan.ExitFine {
		t.Fatalf("%s: exit code %d: %s", line, code, problems.String())
	}
	return problems.String() + out.String()
}

// The README names the exit codes as the help does.
func TestReadmeHasTheExitCodesOfTheHelp(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	table := regexp.MustCompile(`(?m)^\| (\d+) \| (.*) \|$`)
	var rows []string
	for _, row := range table.FindAllStringSubmatch(string(text), -1) {
		rows = append(rows, row[1]+" "+strings.ReplaceAll(row[2], "`", ""))
	}
	var help []string
	for _, line := range strings.Split(plan.ExitHelp, "\n")[1:] {
		help = append(help, strings.Join(strings.Fields(line), " "))
	}
	if diff := cmp.Diff(help, rows); diff != "" {
		t.Errorf("-help +README:\n%s", diff)
	}
}
