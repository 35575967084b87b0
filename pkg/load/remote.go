package load

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// localDisk is a disk from which no file can be read that would send kustomize to
// a network: it fetches URLs and clones repositories without asking.
type localDisk struct {
	filesys.FileSystem

	// refused is the first such file. Kustomize takes an error for a file that
	// is not there, and goes on.
	refused error
}

// ReadFile returns a file's content, unless the file names something remote.
func (d *localDisk) ReadFile(path string) ([]byte, error) {
	if d.refused != nil {
		return nil, d.refused
	}
	content, err := d.FileSystem.ReadFile(path)
	if err != nil || !configures(path, content) {
		return content, err
	}
	name, err := remoteIn(content)
	switch {
	case err != nil:
		d.refused = fmt.Errorf("%s: invalid YAML: %w", filepath.Base(path), err)
	case name != "":
		d.refused = fmt.Errorf("%s names %q, and nothing is fetched: download it first",
			filepath.Base(path), name)
	}
	return content, d.refused
}

// configures holds for kustomizations and the configuration of builtin plugins:
// the only files in which kustomize looks for names of files.
func configures(path string, content []byte) bool {
	return slices.Contains(konfig.RecognizedKustomizationFileNames(), filepath.Base(path)) ||
		bytes.Contains(content, []byte("builtin"))
}

// remoteIn is the first remote name in the YAML documents of a configuration.
func remoteIn(content []byte) (string, error) {
	nodes, err := yamlNodes(text{bytes: content})
	for _, n := range nodes {
		if name := remoteName(n, ""); name != "" {
			return name, err
		}
	}
	return "", err
}

// remoteName looks through a tree for the keys that have names of files.
func remoteName(n *yaml.Node, key string) string {
	for i, child := range n.Content {
		inside := key
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		if n.Kind == yaml.MappingNode {
			inside = n.Content[i-1].Value
		}
		if name := remoteName(child, inside); name != "" {
			return name
		}
	}
	if !namesFiles(key) {
		return ""
	}
	for _, scalar := range aliased(n) {
		if name := remoteFile(scalar.Value); name != "" {
			return name
		}
	}
	return ""
}

// aliased is the scalars that a node is or stands for. An alias for a list of
// aliases is looked into as well, but not deeper: that takes longer and longer.
func aliased(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	} else if n.Kind != yaml.ScalarNode {
		return nil
	}
	scalars := []*yaml.Node{n}
	for _, child := range n.Content {
		if child.Kind == yaml.AliasNode {
			child = child.Alias
		}
		scalars = append(scalars, child)
	}
	return scalars
}

// remoteFile returns the name of a file if it is remote. A configuration can also
// be written in place of the name.
func remoteFile(name string) string {
	if strings.Contains(name, "\n") {
		inside, _ := remoteIn([]byte(name))
		return inside
	}
	_, path, _ := strings.Cut(name, "=") // files: key=path
	if isRemote(name) || isRemote(path) {
		return name
	}
	return ""
}

func namesFiles(key string) bool {
	switch strings.ToLower(key) {
	case "resources", "bases", "components", "crds", "configurations", "generators", "transformers",
		"validators", "patches", "patchesstrategicmerge", "patchesjson6902", "replacements", "openapi",
		"path", "paths", "files", "env", "envs":
		return true
	}
	return false
}

// isRemote holds for what kustomize would fetch or clone, and for a little more.
func isRemote(name string) bool {
	remote := regexp.MustCompile(`(?i)^(git::|https?:|ssh:|file:|github\.com[/:]|[a-z][a-z0-9-]*@)`)
	return remote.MatchString(name)
}
