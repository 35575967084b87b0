package main

import (
	"fmt"
	"os"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
)

// replace writes a recording, sees that it reads back as it is, and puts it in the
// place of an earlier one.
func replace(made *recording.Recording, folder string) error {
	fresh := folder + ".part"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := made.Write(fresh); err != nil {
		return err
	}
	read, err := recording.Read(fresh)
	if err != nil {
		return err
	}
	read.Name = made.Name
	if diff := cmp.Diff(made, read); diff != "" {
		return fmt.Errorf("it does not read back as it was written: %s", diff)
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	return os.Rename(fresh, folder)
}
