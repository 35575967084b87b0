package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kubectl-workload": func() { os.Exit(run()) }})
}

// TestScripts runs the whole program by scripts: what a person types, and what
// comes back. UPDATE_GOLDEN=1 rewrites what they compare with.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples)
			return nil
		},
		Dir:                 "testdata",
		UpdateScripts:       os.Getenv("UPDATE_GOLDEN") != "",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"workloads": workloads,
			"beside":    beside,
			"nodes":     nodes,
		},
	})
}

// exits runs a program that must end with a code: exits 4 kubectl-workload plan …
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGUMENTS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// besideWidth is that of a column of beside.
const besideWidth = 28

// beside prints files next to each other, each below its name without ending:
// beside OUT FILE....
func beside(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: beside OUT FILE...")
	}
	var columns [][]string
	height := 0
	for _, name := range args[1:] {
		lines := strings.Split(strings.TrimRight(ts.ReadFile(name), "\n"), "\n")
		columns = append(columns, append([]string{strings.TrimSuffix(name, ".txt")}, lines...))
		height = max(height, len(lines)+1)
	}
	var out strings.Builder
	for row := range height {
		line := ""
		for _, column := range columns {
			cell := ""
			if row < len(column) {
				cell = column[row]
			}
			line += fmt.Sprintf("%-*s", besideWidth, cell)
		}
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(out.String()), 0o600))
}

// workloads writes manifests of so many Deployments, alternating in size, image and
// strategy: workloads 40 FILE IMAGE.
func workloads(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: workloads COUNT FILE IMAGE")
	}
	count, err := strconv.Atoi(args[0])
	ts.Check(err)
	var manifests string
	for i := range count {
		manifests += workload(i, args[2])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(manifests), 0o600))
}

func workload(i int, image string) string {
	strategy, size := "RollingUpdate", []int{1, 2, 3, 5, 10, 25}[i%6]
	if i%11 == 3 {
		strategy = "Recreate"
	}
	if i%4 == 0 {
		image = "web:1"
	}
	return fmt.Sprintf(`---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-%02d, namespace: %s}
spec:
  replicas: %d
  strategy: {type: %s}
  selector: {matchLabels: {app: web-%02d}}
  template:
    metadata: {labels: {app: web-%02d}}
    spec: {containers: [{name: web, image: "%s"}]}
`, i, []string{"shop", "billing", "search"}[i%3], size, strategy, i, i, image)
}

// nodes writes so many nodes, one a line: nodes COUNT FILE. Every tenth has a disk of
// another kind, every hundredth a taint, and of 60 one is not ready.
func nodes(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: nodes COUNT FILE")
	}
	count, err := strconv.Atoi(args[0])
	ts.Check(err)
	var lines strings.Builder
	for i := range count {
		disk, taint, ready := "ssd", "", "True"
		if i%10 == 3 {
			disk = "hdd"
		}
		if i%100 == 5 {
			taint = `{"key":"dedicated","value":"gpu","effect":"NoSchedule"}`
		}
		if i%60 == 17 {
			ready = "False"
		}
		fmt.Fprintf(&lines, `{"apiVersion":"v1","kind":"Node","metadata":{"name":"n%05d","labels":{"disk":"%s"}},`+
			`"spec":{"taints":[%s]},"status":{"conditions":[{"type":"Ready","status":"%s"}]}}`+"\n", i, disk, taint, ready)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(lines.String()), 0o600))
}
