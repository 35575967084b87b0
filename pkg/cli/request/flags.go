package request

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/selection"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

// inputFlags say what to read and what of it to plan.
type inputFlags struct {
	filenames []string
	kustomize []string
	recursive bool
	chosen    selection.Flags
}

func (f *inputFlags) add(flags *pflag.FlagSet) {
	flags.StringArrayVarP(&f.filenames, "filename", "f", nil, "A `FILE` or folder of manifests to plan, - for standard input; repeatable")
	flags.StringArrayVarP(&f.kustomize, "kustomize", "k", nil, "A `FOLDER` with a kustomization to plan; repeatable")
	flags.BoolVarP(&f.recursive, "recursive", "R", false, "Read the folders of -f with all folders in them")
	flags.BoolVar(&f.chosen.All, "all", false, "All workloads of the type")
	f.chosen.Add(flags)
}

func (f *inputFlags) hasManifests() bool { return len(f.filenames)+len(f.kustomize) > 0 }

// changeFlags are changes to workloads that are named.
type changeFlags struct {
	images     []string
	replicas   int32
	restart    bool
	toRevision int64
	partition  int32
	patch      string
	pause      bool
	resume     bool
	onNodes    []string

	scales, rollsBack, parts, patches bool // which flags were given
}

func (f *changeFlags) add(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.images, "image", nil, "Give a container another image: `CONTAINER=IMAGE`, with * for all of them; repeatable")
	flags.Int32Var(&f.replicas, "replicas", 0, "Give the workload `N` pods")
	flags.BoolVar(&f.restart, "restart", false, "Restart all pods, as kubectl rollout restart does")
	flags.Int64Var(&f.toRevision, "to-revision", 0, "Go back to revision `N`; 0 is the previous one")
	flags.Int32Var(&f.partition, "partition", 0, "Let an update of a StatefulSet leave the first `N` pods alone; 0 updates all")
	flags.StringVar(&f.patch, "patch", "", "A strategic merge `PATCH`, or a JSON patch where it is a list")
	flags.BoolVar(&f.pause, "pause", false, "Pause the rollout")
	flags.BoolVar(&f.resume, "resume", false, "Resume a paused rollout")
}

func (f *changeFlags) addNodes(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.onNodes, "node-change", nil, "What happens to a node: `VERB:NODE[=VALUE]`, as in add:n7, add:n7=n3, remove:n3, cordon:n3, taint:n3=dedicated=gpu:NoSchedule, label:n3=disk=ssd, not-ready:n3, and uncordon, untaint, ready; repeatable")
}

func (f *changeFlags) complete(flags *pflag.FlagSet) {
	f.scales = flags.Changed("replicas")
	f.rollsBack = flags.Changed("to-revision")
	f.parts = flags.Changed("partition")
	f.patches = flags.Changed("patch")
}

func (f *changeFlags) validate() error {
	switch {
	case f.pause && f.resume:
		return fmt.Errorf("--pause and --resume exclude each other")
	case f.scales && f.replicas < 0:
		return fmt.Errorf("--replicas %d: a workload cannot have fewer than 0 pods", f.replicas)
	case f.parts && f.partition < 0:
		return fmt.Errorf("--partition %d: give how many of the first pods an update leaves alone, 0 for none", f.partition)
	case f.rollsBack && f.toRevision < 0:
		return fmt.Errorf("--to-revision %d: revisions start at 1, and 0 is the previous one", f.toRevision)
	}
	return nil
}

// nodes are the changes to nodes that the flags ask for.
func (f *changeFlags) nodes() ([]change.NodeChange, error) {
	var changes []change.NodeChange
	for _, text := range f.onNodes {
		c, err := change.ParseNodeChange(text)
		if err != nil {
			return nil, err
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// intents are the changes that the flags ask for.
func (f *changeFlags) intents() ([]change.Intent, error) {
	var intents []change.Intent
	for _, text := range f.images {
		image, err := change.ParseImage(text)
		if err != nil {
			return nil, err
		}
		intents = append(intents, image)
	}
	if f.scales {
		intents = append(intents, change.Scale{Replicas: f.replicas})
	}
	if f.parts {
		intents = append(intents, change.Partition(f.partition))
	}
	if f.restart {
		intents = append(intents, change.Restart{})
	}
	if f.rollsBack {
		intents = append(intents, change.Rollback{Revision: f.toRevision})
	}
	if f.patches {
		intents = append(intents, change.Patch{Text: f.patch})
	}
	if f.pause {
		intents = append(intents, change.Pause{})
	}
	if f.resume {
		intents = append(intents, change.Resume{})
	}
	return intents, nil
}

// assumeFlags are what a person says about pods, time and the cluster's version.
type assumeFlags struct {
	readyAfter     string
	terminateAfter time.Duration
	stagger        time.Duration
	seed           uint64
	horizon        time.Duration
	now            string
	kubeVersion    string
	featureGates   string
	defaulting     string
	api            api.Limit

	seeded, terminates, limits bool // which flags were given
}

func (f *assumeFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.readyAfter, "ready-after", "", "How long (`TIME`) a pod takes to become ready, or never (default: measured, else from its probes, else 10s)")
	flags.DurationVar(&f.terminateAfter, "terminate-after", 0, "How long (`TIME`) a pod takes to go away (default 1s)")
	flags.DurationVar(&f.stagger, "stagger", 0, "How much longer (`TIME`) each pod takes to become ready than the one before")
	flags.Uint64Var(&f.seed, "seed", 0, "Spread readiness between half and twice the time, drawn by the seed `N`; the same seed, the same plan")
	flags.DurationVar(&f.horizon, "horizon", 0, "Stop the forecast after this `TIME` (default: when nothing is left to happen)")
	flags.Float64Var(&f.api.QPS, "kube-api-qps", api.Default().QPS, "Requests a second (`N`) of each controller, as given to the controller manager; files have no limit without it")
	flags.IntVar(&f.api.Burst, "kube-api-burst", api.Default().Burst, "Requests at once (`N`) of each controller, likewise")
}

// addCluster adds the flags that say what the cluster is.
func (f *assumeFlags) addCluster(flags *pflag.FlagSet) {
	flags.StringVar(&f.now, "now", "", "The `INSTANT` of the change as RFC 3339 (default: when the state was read, else the newest time in it)")
	flags.StringVar(&f.kubeVersion, "kube-version", "", "The cluster's Kubernetes `VERSION`, 1.29 to 1.37 (default: the server's; of files the newest)")
	flags.StringVar(&f.featureGates, "feature-gates", "", "`GATES` of the cluster's controller manager: Name=true,Other=false")
	flags.StringVar(&f.defaulting, "defaulting", "auto", "`WHO` completes what -f leaves out: server by a dry run, local by known rules, auto: the server where you may")
}

func (f *assumeFlags) complete(flags *pflag.FlagSet) {
	f.seeded = flags.Changed("seed")
	f.terminates = flags.Changed("terminate-after")
	f.limits = flags.Changed("kube-api-qps") || flags.Changed("kube-api-burst")
}

func (f *assumeFlags) assume() (planner.Assume, error) {
	a := planner.Assume{Stagger: f.stagger, Horizon: f.horizon}
	if err := f.bounded(); err != nil {
		return a, err
	}
	if f.seeded {
		a.Seed = &f.seed
	}
	if f.terminates {
		a.TerminateAfter = &f.terminateAfter
	}
	if f.limits {
		a.API = f.api
	}
	switch f.readyAfter {
	case "":
	case "never":
		a.NeverReady = true
	default:
		after, err := time.ParseDuration(f.readyAfter)
		if err != nil || after < 0 {
			return a, failure.WithHint(fmt.Errorf("--ready-after %q is neither a duration nor never", f.readyAfter),
				"write it as 12s, 1m30s or never")
		}
		if after > mostTime {
			return a, tooLong("ready-after", after)
		}
		a.ReadyAfter = &after
	}
	return a, nil
}

// mostTime is the longest time that a flag can give.
const mostTime = 365 * 24 * time.Hour

func (f *assumeFlags) bounded() error {
	for _, given := range []struct {
		flag  string
		value time.Duration
	}{
		{"terminate-after", f.terminateAfter}, {"stagger", f.stagger}, {"horizon", f.horizon},
	} {
		switch {
		case given.value < 0:
			return fmt.Errorf("--%s %s must not be negative", given.flag, given.value)
		case given.value > mostTime:
			return tooLong(given.flag, given.value)
		}
	}
	if err := f.api.Check(); err != nil {
		return fmt.Errorf("--kube-api-qps and --kube-api-burst: %w", err)
	}
	if !slices.Contains([]string{"auto", "server", "local"}, f.defaulting) {
		return fmt.Errorf("--defaulting %q: use auto, server or local", f.defaulting)
	}
	return nil
}

func tooLong(flag string, value time.Duration) error {
	return fmt.Errorf("--%s %s is longer than a year", flag, value)
}
