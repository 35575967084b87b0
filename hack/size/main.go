// Command size names what grew too large: files over 500 lines, functions over 70,
// parameter lists over four. Tests are left out, and functions that call themselves
// "a table" in their comment. It is a report: it fails only where it cannot read.
//
//	go run ./hack/size pkg cmd
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	mostLines         = 500
	mostFunctionLines = 70
	mostParameters    = 4
)

func main() {
	for _, root := range os.Args[1:] {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			grown, err := inspect(path)
			for _, line := range grown {
				fmt.Println(line)
			}
			return err
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func inspect(path string) ([]string, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	line := func(pos token.Pos) int { return files.Position(pos).Line }
	var grown []string
	if lines := line(file.FileEnd); lines > mostLines {
		grown = append(grown, fmt.Sprintf("%s: %d lines, at most %d", path, lines, mostLines))
	}
	for _, declared := range file.Decls {
		f, ok := declared.(*ast.FuncDecl)
		if !ok || strings.Contains(f.Doc.Text(), "a table") {
			continue
		}
		where := fmt.Sprintf("%s:%d: %s", path, line(f.Pos()), f.Name.Name)
		if lines := line(f.End()) - line(f.Pos()) + 1; lines > mostFunctionLines {
			grown = append(grown, fmt.Sprintf("%s has %d lines, at most %d", where, lines, mostFunctionLines))
		}
		if n := f.Type.Params.NumFields(); n > mostParameters {
			grown = append(grown, fmt.Sprintf("%s takes %d parameters, at most %d", where, n, mostParameters))
		}
	}
	return grown, nil
}
