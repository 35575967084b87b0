package load

import (
	"errors"
	"fmt"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// kustomization reads what kustomize makes of a folder. The objects have no
// lines: they stand nowhere as they are.
func (r *reader) kustomization(folder string) {
	switch {
	case isRemote(folder):
		r.problems.add(cluster.Source{}, "%s is remote, and nothing is fetched: download it first", folder)
		return
	case !isFolder(folder):
		r.problems.add(cluster.Source{}, "%s is not a folder with a kustomization", folder)
		return
	}
	disk := &localDisk{FileSystem: filesys.MakeFsOnDisk()}
	content, err := build(disk, folder)
	if disk.refused != nil {
		err = disk.refused
	}
	if err != nil {
		r.problems.add(cluster.Source{File: folder}, "kustomize: %v", err)
		return
	}
	built := r.attempt()
	built.text(folder, content)
	for i := range built.documents {
		built.documents[i].Source.Line, built.documents[i].Fields = 0, nil
	}
	if built.found() == 0 {
		r.problems.add(cluster.Source{}, "no objects in %s", folder)
	}
	r.take(built)
}

// build runs kustomize with kubectl's options. It panics on some broken input.
func build(disk filesys.FileSystem, folder string) (content []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("cannot build: %v", cause)
		}
	}()
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(disk, folder)
	if err != nil {
		return nil, err
	}
	if resources == nil {
		return nil, errors.New("cannot build: there is no result")
	}
	return resources.AsYaml()
}
