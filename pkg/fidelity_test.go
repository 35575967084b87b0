package pkg

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// followed is what a comment says: "Follows rolling.go rolloutRolling, v1.37.0."
type followed struct {
	here      string   // pkg/controller/deployment/rolling.go:rollingUpdate
	functions []string // rolloutRolling; none where a file as a whole is followed
}

// row is a line of the tables of docs/fidelity.md.
type row struct {
	text     string
	upstream []string // rolling.go:rolloutRolling
	here     []string // controller/deployment/rolling.go:rollingUpdate
}

var (
	claim  = regexp.MustCompile(`\b[Ff]ollows ((?:[^.]|\.\S)*?)(?:, v\d+\.\d+|[.:;] |[.:;]?$)`)
	word   = regexp.MustCompile(`^[A-Za-z_][\w.]*$`)
	quoted = regexp.MustCompile("`([^`]+)`")
	place  = regexp.MustCompile("`((?:pkg/|cmd/|hack/)?[\\w/-]+\\.go):(\\w+)`")
	tests  = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`)
)

// Every function that says what it follows stands in docs/fidelity.md, in one row
// with the upstream function.
func TestFidelityPageIsComplete(t *testing.T) {
	rows := rowsOf(t, "../docs/fidelity.md")
	claims := claims(t)
	if len(claims) < 100 {
		t.Fatalf("only %d comments say what they follow: is the comment still read?", len(claims))
	}
	for _, c := range claims {
		here := strings.TrimPrefix(c.here, "pkg/")
		matches := func(function string) bool {
			return slices.ContainsFunc(rows, func(r row) bool {
				return slices.Contains(r.here, here) && (function == "" || slices.ContainsFunc(r.upstream,
					func(u string) bool { return u == function || strings.HasSuffix(u, ":"+function) }))
			})
		}
		if len(c.functions) == 0 && !matches("") {
			t.Errorf("docs/fidelity.md has no row with `%s`", here)
		}
		for _, function := range c.functions {
			if !matches(function) {
				t.Errorf("docs/fidelity.md has no row with `%s` upstream and `%s` here", function, here)
			}
		}
	}
}

// What the pages name exists.
func TestPagesNameWhatExists(t *testing.T) {
	declared := declarations(t)
	known := declared["tests"]
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "../README.md", "../CONTRIBUTING.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range place.FindAllStringSubmatch(string(text), -1) {
			names, ok := declared[found[1]]
			if !ok {
				names, ok = declared["pkg/"+found[1]]
			}
			if ok && !slices.Contains(names, found[2]) || !ok && strings.Contains(found[1], "/") && isOurs(found[1]) {
				t.Errorf("%s names %s, which does not exist", page, found[0])
			}
		}
		for _, test := range tests.FindAllString(string(text), -1) {
			if !slices.Contains(known, test) {
				t.Errorf("%s names the test %s, which does not exist", page, test)
			}
		}
	}
}

// isOurs tells a path of this module from one of Kubernetes.
func isOurs(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "pkg/"), "/")
	_, err := os.Stat(first)
	return err == nil || strings.HasPrefix(path, "cmd/") || strings.HasPrefix(path, "hack/")
}

func rowsOf(t *testing.T, page string) []row {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.HasPrefix(line, "| `") {
			continue
		}
		rows = append(rows, row{line, unquoted(cells[1]), unquoted(cells[2])})
	}
	return rows
}

func unquoted(cell string) []string {
	var names []string
	for _, found := range quoted.FindAllStringSubmatch(cell, -1) {
		names = append(names, found[1])
	}
	return names
}

// claims returns what the comments of the packages say that they follow.
func claims(t *testing.T) []followed {
	t.Helper()
	var found []followed
	for name, source := range sources(t, "../pkg") {
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, comment := range file.Comments {
			text := strings.Join(strings.Fields(comment.Text()), " ")
			for _, match := range claim.FindAllStringSubmatch(text, -1) {
				if functions, ok := functionsIn(match[1]); ok {
					found = append(found, followed{name + ":" + declaredAt(file, comment), functions})
				}
			}
		}
	}
	return found
}

// functionsIn reads "kubectl's rollback.go getDeploymentPatch" and the like: a file
// or a package, and then functions.
func functionsIn(claim string) (functions []string, ok bool) {
	for _, part := range strings.Fields(claim) {
		part = strings.TrimSuffix(part, ",")
		switch {
		case strings.HasSuffix(part, ".go"), strings.Contains(part, "/"):
			ok = true
		case ok && word.MatchString(part) && part != "and" && part != "pkg":
			functions = append(functions, part)
		}
	}
	return functions, ok
}

// declaredAt names the declaration that a comment belongs to or stands in.
func declaredAt(file *ast.File, comment *ast.CommentGroup) string {
	for _, declared := range file.Decls {
		inside := comment.Pos() > declared.Pos() && comment.End() < declared.End()
		switch d := declared.(type) {
		case *ast.FuncDecl:
			if d.Doc == comment || inside {
				return d.Name.Name
			}
		case *ast.GenDecl:
			if d.Doc == comment || inside {
				return namesIn(d)[0]
			}
		}
	}
	return ""
}

func namesIn(d *ast.GenDecl) []string {
	var names []string
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			names = append(names, s.Name.Name)
		case *ast.ValueSpec:
			for _, name := range s.Names {
				names = append(names, name.Name)
			}
		}
	}
	return names
}

// declarations returns the names that each file of the module declares, and under
// "tests" the names of all tests.
func declarations(t *testing.T) map[string][]string {
	t.Helper()
	declared := map[string][]string{}
	for _, root := range []string{"../pkg", "../cmd", "../hack", "../conformance"} {
		err := filepath.WalkDir(root, func(name string, _ os.DirEntry, err error) error {
			if err != nil || filepath.Ext(name) != ".go" {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			key := strings.TrimPrefix(filepath.ToSlash(name), "../")
			for _, d := range file.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					declared[key] = append(declared[key], d.Name.Name)
					if strings.HasSuffix(name, "_test.go") {
						declared["tests"] = append(declared["tests"], d.Name.Name)
					}
				case *ast.GenDecl:
					declared[key] = append(declared[key], namesIn(d)...)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return declared
}
