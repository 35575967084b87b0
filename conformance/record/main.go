// Command record records rollouts of a real control plane into testdata/recordings:
//
//	go run ./record                     all scenarios
//	go run ./record -name dep-recreate  one of them
//	go run ./record -name 'sts-*'       some of them
//
// It starts a control plane of its own, whose controllers may send 500 requests a
// second, so that this does not bound the rollouts, and ends it. Each scenario gets
// a namespace: its base is made and settles, then the changes are made, and all
// writes to the workload and what it owns are written down until there are no more.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-workload/kubectl-workload/conformance/controlplane"
)

// longest bounds one scenario.
const longest = 3 * time.Minute

func main() {
	name := flag.String("name", "*", "record the scenarios of such names only")
	folder := flag.String("to", filepath.Join("..", "testdata", "recordings"), "the folder of all recordings")
	flag.Parse()
	if err := run(*name, *folder); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

func run(name, folder string) error {
	chosen, err := named(name)
	if err != nil {
		return err
	}
	cluster, err := controlplane.Launch(context.Background(), controlplane.Options{
		ControllerQPS: 500, ControllerBurst: 500,
		// The recorder itself makes pods ready: see readiness.
		PodReadyAfter: 24 * time.Hour,
	})
	if err != nil {
		return err
	}
	defer cluster.Stop()
	client, err := kubernetes.NewForConfig(cluster.Config("admin"))
	if err != nil {
		return err
	}
	if err := makeVolumes(context.Background(), client, chosen); err != nil {
		return err
	}
	var failed []error
	for _, s := range chosen {
		if err := record(client, s, folder); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", s.name, err))
		}
	}
	return errors.Join(failed...)
}

func record(client kubernetes.Interface, s scenario, folder string) error {
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	begin := time.Now()
	made, err := newRecorder(client, s).record(ctx)
	if err != nil {
		return err
	}
	if err := replace(made, filepath.Join(folder, s.name)); err != nil {
		return err
	}
	fmt.Printf("%-28s %3d events in %s\n", s.name, len(made.Events), time.Since(begin).Round(time.Second))
	return nil
}
