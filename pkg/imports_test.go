package pkg

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/kubectl-workload/kubectl-workload"

// layer is a package of this module: what it may import of the others, and why no
// more than that.
type layer struct {
	name string // below pkg/, or the folder of a command
	// touches: it may touch the world, which is disk, network, clock and terminal.
	touches bool
	// imports are packages below pkg/; a name with /* means all below it.
	imports string
	why     string
}

// layers is the import table of docs/architecture.md: values first, then the verbs
// over them, then what touches the world. A package without a row is an error.
func layers() []layer {
	return []layer{
		{name: "cluster", why: "the objects of a cluster know of nothing else"},
		{name: "kubeversion", why: "what a version does depends on nothing here"},
		{name: "timeline", imports: "cluster", why: "events say what happened, not who decides or shows it"},
		{name: "blockyaml", why: "text knows nothing of what it tells"},
		{name: "plan", imports: "blockyaml cluster timeline", why: "a plan is data: whoever reads one needs no simulation"},

		{name: "defaults", imports: "kubeversion", why: "defaulting is the API server's, not a controller's"},
		{name: "validate", imports: "cluster kubeversion defaults", why: "validation is the API server's, not a controller's"},
		{name: "diff", imports: "cluster", why: "a difference of fields means the same for every kind"},
		{name: "revision", imports: "cluster kubeversion defaults", why: "revisions are compared by controllers, changes and plans alike"},
		{name: "change", imports: "cluster kubeversion defaults diff revision validate", why: "a change is what a person wants, before any controller sees it"},
		{name: "controller", imports: "cluster kubeversion", why: "what controllers share knows none of them"},
		{name: "controller/deployment", imports: "cluster kubeversion defaults revision controller", why: "a controller never knows another kind: they meet in the API only"},
		{name: "controller/replicaset", imports: "cluster kubeversion defaults revision controller", why: "a controller never knows another kind: they meet in the API only"},
		{name: "controller/statefulset", imports: "cluster kubeversion defaults revision controller", why: "a controller never knows another kind: they meet in the API only"},
		{name: "controller/daemonset", imports: "cluster kubeversion defaults revision controller", why: "a controller never knows another kind: they meet in the API only"},
		{name: "environment/kubelet", imports: "cluster kubeversion", why: "an assumption is stated, it does not look at what is decided"},
		{name: "environment/api", why: "tokens come with time alone, whoever takes them"},
		{name: "simulate", imports: "cluster defaults kubeversion timeline revision controller controller/* environment/*", why: "it runs controllers, and does not know what was asked for or how it is shown"},
		{name: "check", imports: "cluster timeline plan", why: "a rule judges the plan that everybody sees, nothing behind it"},
		{name: "render", imports: "cluster timeline plan check", why: "what is shown is the plan that is saved"},
		{name: "planner", imports: "change check cluster controller controller/daemonset controller/deployment controller/statefulset defaults diff environment/* kubeversion plan revision simulate timeline validate", why: "the chain joins the pure verbs, and neither reads nor shows"},

		{name: "load", touches: true, imports: "blockyaml cluster kubeversion defaults validate", why: "it turns bytes into objects, and plans nothing"},
		{name: "load/live", touches: true, imports: "cluster defaults kubeversion validate", why: "it turns answers of a server into objects, and plans nothing"},
		{name: "recording", touches: true, imports: "change cluster timeline", why: "tests and the recorder read it: no other row may have it"},
		{name: "cli", touches: true, imports: "plan cli/*", why: "the root only gathers commands"},
		{name: "cli/failure", touches: true, imports: "plan", why: "errors are the same in every command"},
		{name: "cli/terminal", touches: true, why: "a terminal knows no plans"},
		{name: "cli/help", touches: true, why: "help is laid out the same whatever the command does"},
		{name: "cli/connection", touches: true, imports: "cli/failure", why: "which cluster to ask is settled before anything is asked"},
		{name: "cli/selection", touches: true, imports: "cluster load/live cli/failure", why: "every command chooses workloads in the same way"},
		{name: "cli/source", touches: true, imports: "cluster kubeversion load load/live cli/connection cli/failure", why: "a command does not care where its state comes from"},
		{name: "cli/version", touches: true, imports: "kubeversion", why: "it must answer whatever else is broken"},
		{name: "cli/request", touches: true, imports: "change cluster environment/api load load/live plan planner cli/failure cli/help cli/selection cli/source", why: "what is asked does not depend on how it is answered"},
		{name: "cli/plan", touches: true, imports: "plan planner render cli/connection cli/failure cli/help cli/request cli/terminal", why: "a command reads, asks the planner and shows: it simulates nothing itself"},
		{name: "cli/targets", touches: true, imports: "plan planner render cli/connection cli/failure cli/help cli/request cli/terminal", why: "a command reads, asks the planner and shows: it decides nothing itself"},
		{name: "cli/snapshot", touches: true, imports: "cluster load cli/connection cli/failure cli/help cli/selection cli/source cli/terminal", why: "a snapshot is read and saved: nothing is planned"},
		{name: "cmd/kubectl-workload", touches: true, imports: "cli", why: "main is streams, signals and the exit code"},
	}
}

func (l layer) may(imported string) bool {
	for _, allowed := range strings.Fields(l.imports) {
		family, all := strings.CutSuffix(allowed, "/*")
		if imported == allowed || all && strings.HasPrefix(imported, family+"/") {
			return true
		}
	}
	return false
}

func find(name string) (layer, bool) {
	i := slices.IndexFunc(layers(), func(l layer) bool { return l.name == name })
	if i < 0 {
		return layer{}, false
	}
	return layers()[i], true
}

// Nobody imports what its layer does not allow, and the pure packages stay pure.
func TestEveryPackageKeepsToItsLayer(t *testing.T) {
	seen := map[string]bool{}
	for file, source := range sources(t, "../pkg", "../cmd") {
		name := strings.TrimPrefix(path.Dir(file), "pkg/")
		seen[name] = true
		for _, broken := range violations(t, file, source) {
			t.Error(broken)
		}
	}
	for _, l := range layers() {
		if !seen[l.name] {
			t.Errorf("the table has %s, which does not exist", l.name)
		}
	}
}

// docs/architecture.md has the same table.
func TestThePageHasTheTable(t *testing.T) {
	page, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers() {
		name := l.name
		if !strings.HasPrefix(name, "cmd/") {
			name = "pkg/" + name
		}
		imports := l.imports
		if imports == "" {
			imports = "–"
		}
		_, rest, found := strings.Cut(string(page), "\n| `"+name+"` |")
		line, _, _ := strings.Cut(rest, "\n")
		if !found || !strings.HasSuffix(line, "| "+imports+" |") {
			t.Errorf("docs/architecture.md needs a row for `%s` that ends with %q", name, "| "+imports+" |")
		}
	}
}

// The conformance module compares what everybody can use, and the plugin does not
// depend on what it is compared with.
func TestConformanceIsOutside(t *testing.T) {
	for file, source := range sources(t, "../conformance") {
		for imported := range importsOf(parse(t, file, source)) {
			inside, ours := strings.CutPrefix(imported, module+"/")
			if ours && !strings.HasPrefix(inside, "conformance/") && (!strings.HasPrefix(inside, "pkg/") ||
				strings.Contains(inside, "/internal") || strings.HasPrefix(inside, "pkg/cli")) {
				t.Errorf("%s imports %s: it compares the public packages, as any other program could use them", file, inside)
			}
		}
	}
	modules, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(modules), "k8s.io/kubernetes") {
		t.Error("go.mod requires k8s.io/kubernetes: only conformance/ may, or the plugin carries the controllers with it")
	}
}

// violations says what a file of pkg or cmd breaks.
func violations(t *testing.T, file, source string) []string {
	t.Helper()
	name := strings.TrimPrefix(path.Dir(file), "pkg/")
	l, ok := find(name)
	if !ok {
		return []string{file + ": package " + name + " has no row in the table of pkg/imports_test.go: say what it may import, and why"}
	}
	parsed := parse(t, file, source)
	var broken []string
	for imported := range importsOf(parsed) {
		inside, ours := strings.CutPrefix(imported, module+"/pkg/")
		if ours && !l.may(inside) {
			broken = append(broken, file+": "+name+" may not import "+inside+": "+l.why)
		}
	}
	broken = append(broken, runsControllers(parsed, file, name)...)
	broken = append(broken, startsUp(parsed, file)...)
	if !l.touches {
		broken = append(broken, impurities(parsed, file)...)
	}
	return broken
}

func parse(t *testing.T, file, source string) *ast.File {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// importsOf returns what a file imports: path to the name in the file.
func importsOf(file *ast.File) map[string]string {
	imports := map[string]string{}
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(imported)
		if version, ok := strings.CutPrefix(name, "v"); ok && strings.Trim(version, "0123456789") == "" {
			name = path.Base(path.Dir(imported))
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports[imported] = name
	}
	return imports
}

// sources returns the Go files below some folders, without tests outside of
// conformance, by their path in the repository.
func sources(t *testing.T, roots ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, root := range roots {
		err := filepath.WalkDir(root, func(file string, _ fs.DirEntry, err error) error {
			test := strings.HasSuffix(file, "_test.go") && root != "../conformance"
			if err != nil || filepath.Ext(file) != ".go" || test {
				return err
			}
			source, err := os.ReadFile(file)
			found[strings.TrimPrefix(filepath.ToSlash(file), "../")] = string(source)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(found) == 0 {
		t.Fatalf("no source in %v", slices.Collect(maps.Keys(found)))
	}
	return found
}
