package pkg

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// ban is what pure packages do without. A name ends with /... where all below the
// path is meant.
type ban struct {
	paths  string
	except string // names of the package that are harmless
	why    string
}

// bans are the packages that pure packages do not import, or of which only some
// names are harmless.
func bans() []ban {
	return []ban{
		{paths: "os os/...", why: "files and environment variables are input: load and cli read them"},
		{paths: "io/ioutil path/filepath embed", why: "files are input: load reads them"},
		{paths: "net net/http net/rpc net/smtp", why: "a plan asks no server"},
		{paths: "k8s.io/client-go/... k8s.io/cli-runtime/... k8s.io/kubectl/...", why: "a plan asks no server"},
		{paths: "math/rand math/rand/v2 crypto/rand", why: "the same input gives the same bytes: a seed comes in as a value"},
		{paths: "k8s.io/apimachinery/pkg/util/rand", except: "SafeEncodeString", why: "the same input gives the same bytes: only the encoding of hashes is needed"},
		{paths: "context", why: "nothing in the core waits, so nothing has to be cancelled"},
		{paths: "sync sync/atomic", why: "the core has no goroutines"},
		{paths: "log log/slog log/syslog k8s.io/klog/v2 github.com/go-logr/logr", why: "what a log would say is an event with a reason"},
		{paths: "syscall unsafe plugin os/signal runtime runtime/debug testing flag", why: "the core depends on its input alone"},
		{paths: "k8s.io/utils/clock k8s.io/utils/clock/testing", why: "the instant comes in as a value"},
		{paths: "k8s.io/kubernetes/...", why: "the plugin must not carry the controllers with it"},
	}
}

// names that read a clock, a machine's settings or a stream, in packages that are
// otherwise harmless.
func bannedNames() map[string]map[string]string {
	const clock = "the instant comes in as a value"
	return map[string]map[string]string{
		"time": {
			"Now": clock, "Since": clock, "Until": clock,
			"After": "time is virtual", "AfterFunc": "time is virtual", "Sleep": "time is virtual",
			"Tick": "time is virtual", "NewTicker": "time is virtual", "NewTimer": "time is virtual",
			"Local": "the zone of the machine is no input", "LoadLocation": "zones are read from the disk",
		},
		"k8s.io/apimachinery/pkg/apis/meta/v1": {"Now": clock, "NowMicro": clock},
		"fmt": {
			"Print": "output is written by who was given a writer", "Println": "output is written by who was given a writer",
			"Printf": "output is written by who was given a writer", "Scan": "input comes in as a value",
		},
	}
}

// impurities says what in a file depends on more than its input.
func impurities(file *ast.File, name string) []string {
	var broken []string
	imports := importsOf(file)
	for imported, local := range imports {
		for _, b := range bans() {
			if b.covers(imported) {
				broken = append(broken, b.uses(file, name, imported, local)...)
			}
		}
		for used, why := range bannedNames()[imported] {
			if slices.Contains(namesOf(file, local), used) {
				broken = append(broken, fmt.Sprintf("%s uses %s.%s: %s", name, local, used, why))
			}
		}
	}
	return append(broken, statements(file, name)...)
}

func (b ban) covers(imported string) bool {
	for _, path := range strings.Fields(b.paths) {
		root, below := strings.CutSuffix(path, "/...")
		if imported == path || below && strings.HasPrefix(imported, root+"/") {
			return true
		}
	}
	return false
}

// uses says that a file imports what is banned, unless all that it uses of it is
// harmless.
func (b ban) uses(file *ast.File, name, imported, local string) []string {
	if b.except == "" {
		return []string{fmt.Sprintf("%s imports %s: %s", name, imported, b.why)}
	}
	var broken []string
	for _, used := range namesOf(file, local) {
		if !slices.Contains(strings.Fields(b.except), used) {
			broken = append(broken, fmt.Sprintf("%s uses %s.%s: %s", name, imported, used, b.why))
		}
	}
	return broken
}

// statements says where a file has state of its own or does two things at once.
func statements(file *ast.File, name string) []string {
	var broken []string
	for _, declared := range file.Decls {
		general, ok := declared.(*ast.GenDecl)
		if !ok || general.Tok != token.VAR {
			continue
		}
		for _, spec := range general.Specs {
			for _, v := range spec.(*ast.ValueSpec).Names {
				if v.Name != "_" {
					broken = append(broken, fmt.Sprintf("%s has the package variable %s: what can change from outside is input; write a constant or a function", name, v.Name))
				}
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			broken = append(broken, name+" starts a goroutine: the order of the core is part of its answer")
		case *ast.ChanType, *ast.SelectStmt:
			broken = append(broken, name+" uses channels: the order of the core is part of its answer")
		case *ast.CallExpr:
			if called, ok := n.Fun.(*ast.Ident); ok && (called.Name == "println" || called.Name == "print") {
				broken = append(broken, name+" prints: output is written by who was given a writer")
			}
		}
		return true
	})
	return broken
}

// startsUp says where a file does work before main: every command pays for it.
func startsUp(file *ast.File, name string) []string {
	for _, declared := range file.Decls {
		if f, ok := declared.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			return []string{name + " has an init function: start-up adds nothing, and order at start-up is invisible"}
		}
	}
	return nil
}

// runsControllers says where a controller is used other than by simulate: its
// predicates are for everybody, its decisions are not.
func runsControllers(file *ast.File, name, layer string) []string {
	var broken []string
	for imported, local := range importsOf(file) {
		kind, ok := strings.CutPrefix(imported, module+"/pkg/controller/")
		if !ok || layer == "simulate" || strings.HasPrefix(layer, "controller/") {
			continue
		}
		for _, used := range namesOf(file, local) {
			if !slices.Contains([]string{"MaxSurge", "MaxUnavailable", "Fenceposts", "IsComplete",
				"Ordinal", "PodName", "ClaimName", "StartOrdinal", "Complete", "Placement", "PlacementOf", "Fit", "FitOf"}, used) {
				broken = append(broken, fmt.Sprintf("%s uses %s of controller/%s: only simulate runs controllers, others may use their pure predicates", name, used, kind))
			}
		}
	}
	return broken
}

// namesOf lists what a file uses of a package that it knows by a local name; with a
// dot import that cannot be told, and "." stands for everything.
func namesOf(file *ast.File, local string) []string {
	if local == "." {
		return []string{"."}
	}
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := selector.X.(*ast.Ident); ok && x.Name == local {
				names = append(names, selector.Sel.Name)
			}
		}
		return true
	})
	return names
}

// Each rule notices what it is there for.
func TestTheRulesNotice(t *testing.T) {
	const ours = `"` + module + `/pkg/`
	for _, c := range []struct{ file, source, want string }{
		{"pkg/news/a.go", `package news`, "no row in the table"},
		{"pkg/plan/a.go", `package plan; import ` + ours + `simulate"`, "plan may not import simulate"},
		{"pkg/render/a.go", `package render; import ` + ours + `simulate"`, "render may not import simulate"},
		{"pkg/controller/deployment/a.go", `package deployment; import ` + ours + `controller/replicaset"`, "never knows another kind"},
		{"pkg/cli/plan/a.go", `package plan; import ` + ours + `simulate"`, "simulates nothing itself"},
		{"pkg/planner/a.go", `package planner; import "` + module + `/pkg/load"`, "neither reads nor shows"},
		{"pkg/planner/a.go", `package planner; import ` + ours + `controller/deployment"; const x = deployment.Decide`, "only simulate runs controllers"},
		{"pkg/plan/a.go", `package plan; import "os"`, "files and environment variables are input"},
		{"pkg/plan/a.go", `package plan; import "os/exec"`, "files and environment variables are input"},
		{"pkg/plan/a.go", `package plan; import "net/http"`, "asks no server"},
		{"pkg/plan/a.go", `package plan; import "k8s.io/client-go/rest"`, "asks no server"},
		{"pkg/plan/a.go", `package plan; import "math/rand/v2"`, "a seed comes in"},
		{"pkg/plan/a.go", `package plan; import "k8s.io/apimachinery/pkg/util/rand"; const x = rand.String`, "rand.String"},
		{"pkg/plan/a.go", `package plan; import "context"`, "nothing in the core waits"},
		{"pkg/plan/a.go", `package plan; import "sync"`, "no goroutines"},
		{"pkg/plan/a.go", `package plan; import "log/slog"`, "an event with a reason"},
		{"pkg/plan/a.go", `package plan; import "k8s.io/klog/v2"`, "an event with a reason"},
		{"pkg/plan/a.go", `package plan; import clock "time"; func f() { clock.Now() }`, "clock.Now: the instant comes in"},
		{"pkg/plan/a.go", `package plan; import "time"; func f() { time.Since(t) }`, "time.Since"},
		{"pkg/plan/a.go", `package plan; import "time"; func f() { <-time.After(1) }`, "time is virtual"},
		{"pkg/plan/a.go", `package plan; import "time"; func f() { time.NewTimer(1) }`, "time is virtual"},
		{"pkg/plan/a.go", `package plan; import m "k8s.io/apimachinery/pkg/apis/meta/v1"; func f() { m.Now() }`, "m.Now"},
		{"pkg/plan/a.go", `package plan; import "fmt"; func f() { fmt.Println() }`, "given a writer"},
		{"pkg/plan/a.go", `package plan; var cache = map[string]int{}`, "package variable cache"},
		{"pkg/plan/a.go", `package plan; func f() { go f() }`, "starts a goroutine"},
		{"pkg/plan/a.go", `package plan; func f(c chan int) {}`, "uses channels"},
		{"pkg/plan/a.go", `package plan; func f() { println() }`, "prints"},
		{"pkg/cli/a.go", `package cli; func init() {}`, "init function"},
	} {
		got := strings.Join(violations(t, c.file, c.source), "\n")
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %s\nwant %q, got %q", c.file, c.source, c.want, got)
		}
	}
}

// The rules let pass what is harmless.
func TestTheRulesLetPass(t *testing.T) {
	for file, source := range map[string]string{
		"pkg/plan/a.go":     `package plan; import "time"; var _ fmt.Stringer = x{}; func f(now time.Time) { now.After(now) }`,
		"pkg/revision/a.go": `package revision; import "k8s.io/apimachinery/pkg/util/rand"; const x = rand.SafeEncodeString`,
		"pkg/planner/a.go":  `package planner; import "` + module + `/pkg/controller/deployment"; const x = deployment.MaxSurge`,
		"pkg/load/a.go":     `package load; import "os"; var errStop = 1`,
	} {
		if got := violations(t, file, source); len(got) > 0 {
			t.Errorf("%s: %s", source, got)
		}
	}
}
