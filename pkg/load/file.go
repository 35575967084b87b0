package load

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// named reads what one -f names.
func (r *reader) named(name string, in Input) {
	before := r.found()
	switch {
	case name == "-" && in.Stdin == nil:
		r.problems.add(cluster.Source{File: name}, "there is no standard input")
	case name == "-":
		r.stream(name, in.Stdin)
	case isURL(name):
		r.problems.add(cluster.Source{}, "%s is a URL, and nothing is fetched: download it first", name)
	case isFolder(name):
		r.folder(name, in.Recursive)
	default:
		r.file(name)
	}
	if before == r.found() {
		r.problems.add(cluster.Source{}, "no objects in %s", display(name))
	}
}

// found grows with everything that was read, mistakes and empty Lists included.
func (r *reader) found() int {
	return len(r.documents) + r.problems.count() + r.emptyLists
}

func isURL(name string) bool {
	return strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://")
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func display(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// folder reads the manifests of a folder in the order of their names. As in
// kubectl only .yaml, .yml and .json count, and an empty one is passed over.
func (r *reader) folder(root string, recursive bool) {
	manifests, before := 0, r.problems.count()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			r.unreadable(path, err)
		case entry.IsDir() && path != root && !recursive:
			return filepath.SkipDir
		case isManifest(path) && isRegular(path):
			manifests++
			r.file(path)
		}
		return nil
	})
	if err != nil {
		r.unreadable(root, err)
	}
	if manifests == 0 && r.problems.count() == before {
		r.problems.add(cluster.Source{}, "no .yaml, .yml or .json file in %s%s", root, orBelow(recursive))
	}
}

func orBelow(recursive bool) string {
	if recursive {
		return " or the folders in it"
	}
	return " (-R looks into the folders in it)"
}

func isManifest(path string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(path))
}

// isRegular follows links, and is false for what would block or never end. What
// cannot be looked at counts as a file: opening it says why.
func isRegular(path string) bool {
	info, err := os.Stat(path)
	return err != nil || info.Mode().IsRegular()
}

func (r *reader) file(name string) {
	file, err := os.Open(name)
	if err != nil {
		r.unreadable(name, err)
		return
	}
	defer file.Close()
	r.stream(name, file)
}

// unreadable reports why a file cannot be read, without naming it twice.
func (r *reader) unreadable(name string, err error) {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	r.problems.add(cluster.Source{}, "cannot read %s: %v", name, err)
}

func (r *reader) stream(name string, from io.Reader) {
	var content bytes.Buffer
	if file, ok := from.(*os.File); ok {
		content.Grow(sizeHint(file))
	}
	size, err := content.ReadFrom(io.LimitReader(from, maxFile+1))
	switch {
	case err != nil:
		r.unreadable(display(name), err)
	case size > maxFile:
		r.problems.add(cluster.Source{}, "%s is larger than the limit of %d MB: split it up",
			display(name), maxFile>>20)
	default:
		r.text(name, content.Bytes())
	}
}

// sizeHint saves the copies that a growing buffer makes of a large file.
func sizeHint(file *os.File) int {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return int(min(info.Size(), maxFile)) + bytes.MinRead
}
