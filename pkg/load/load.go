// Package load reads Kubernetes objects from files, folders, kustomizations and
// standard input. It touches the disk, never a network, and needs no kubeconfig.
package load

import (
	"errors"
	"io"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Input names what to read: the values of -f, -k and -R.
type Input struct {
	Files     []string // files, folders, or "-" for standard input
	Kustomize []string // folders with a kustomization
	Recursive bool     // folders with all folders in them
	Stdin     io.Reader
}

// Documents reads all objects of the input in its order, Lists flattened. Every
// file that was named and every folder must have an object or an empty List.
func Documents(in Input) ([]cluster.Document, error) {
	r := newReader()
	for _, name := range in.Files {
		r.named(name, in)
	}
	for _, folder := range in.Kustomize {
		r.kustomization(folder)
	}
	if len(in.Files)+len(in.Kustomize) == 0 {
		return nil, errors.New("no input: name a file, a folder, or - for standard input")
	}
	if err := r.problems.err(); err != nil {
		return nil, err
	}
	return r.documents, nil
}

// reader collects what all files of one input contain.
type reader struct {
	documents []cluster.Document
	problems  problems

	// strings holds one copy of each short text: keys and values repeat from pod
	// to pod, and a state of 100 MB has millions of them.
	strings map[string]string
	budget  budget
	// emptyLists counts Lists without items: "nothing" said on purpose.
	emptyLists int
}

func newReader() *reader {
	return &reader{strings: map[string]string{}, budget: budget{values: maxValues, aliases: minAliases}}
}

// The limits of what is worth one copy: long texts hardly repeat, and names of
// pods never do.
const (
	maxShared     = 100_000
	maxSharedText = 64
)

func (r *reader) shared(text string) string {
	if len(text) > maxSharedText {
		return text
	}
	if known, ok := r.strings[text]; ok {
		return known
	}
	if len(r.strings) < maxShared {
		r.strings[text] = text
	}
	return text
}

// sharedBytes is the same for a text that has no copy yet.
func (r *reader) sharedBytes(text []byte) string {
	if len(text) <= maxSharedText {
		if known, ok := r.strings[string(text)]; ok {
			return known
		}
	}
	return r.shared(string(text))
}

// attempt is a reader for a text that may have to be read in another way.
func (r *reader) attempt() *reader {
	return &reader{strings: r.strings, budget: r.budget}
}

// take makes what an attempt read count.
func (r *reader) take(attempt *reader) {
	r.documents = append(r.documents, attempt.documents...)
	r.problems.join(attempt.problems)
	r.emptyLists += attempt.emptyLists
	r.budget = attempt.budget
}
