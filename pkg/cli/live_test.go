package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// server is an API server with one Deployment of two pods, as far as a plan can tell.
type server struct {
	version  string
	moves    int      // how many dry runs find the Deployment changed meanwhile
	forbids  string   // what nobody may do: a method
	requests []string // those that are no GET

	mutex sync.Mutex
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if r.Method != http.MethodGet {
		s.requests = append(s.requests, r.Method+" "+r.URL.String())
	}
	_, resource, _ := strings.Cut(r.URL.Path, "/namespaces/shop/")
	switch {
	case r.Method == s.forbids:
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,`+
			`"message":"deployments.apps \"web\" is forbidden: User \"ci\" cannot patch resource"}`)
	case r.URL.Path == "/version":
		fmt.Fprintf(w, `{"major":"1","minor":"37","gitVersion":%q}`, s.version)
	case r.Method == http.MethodPatch:
		w.Header().Set("Warning", `299 - "web is watched"`)
		s.moves--
		fmt.Fprint(w, s.deployment("web:2"))
	case resource == "deployments/web":
		fmt.Fprint(w, s.deployment("web:1"))
	case resource == "deployments":
		fmt.Fprintf(w, `{"kind":"DeploymentList","apiVersion":"apps/v1","metadata":{},"items":[%s]}`, s.deployment("web:1"))
	case resource == "replicasets":
		fmt.Fprintf(w, `{"kind":"ReplicaSetList","apiVersion":"apps/v1","metadata":{},"items":[%s]}`, replicaSet)
	case resource == "controllerrevisions":
		fmt.Fprint(w, `{"kind":"ControllerRevisionList","apiVersion":"apps/v1","metadata":{},"items":[]}`)
	case resource == "statefulsets":
		fmt.Fprint(w, `{"kind":"StatefulSetList","apiVersion":"apps/v1","metadata":{},"items":[]}`)
	case resource == "daemonsets/agent":
		fmt.Fprint(w, agent)
	case r.URL.Path == "/api/v1/nodes":
		fmt.Fprint(w, `{"kind":"NodeList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"n1","uid":"n1"}},
			{"metadata":{"name":"n2","uid":"n2"},"spec":{"taints":[{"key":"dedicated","value":"gpu","effect":"NoSchedule"}]}}]}`)
	case resource == "daemonsets":
		fmt.Fprint(w, `{"kind":"DaemonSetList","apiVersion":"apps/v1","metadata":{},"items":[]}`)
	case resource == "pods":
		fmt.Fprintf(w, `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[%s,%s]}`,
			pod("a", "10:00:05"), pod("b", "10:00:07"))
	case resource == "horizontalpodautoscalers":
		fmt.Fprint(w, `{"kind":"HorizontalPodAutoscalerList","apiVersion":"autoscaling/v2","metadata":{},"items":[]}`)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// deployment has another generation for each time that it was moved.
func (s *server) deployment(image string) string {
	generation := 9 - max(s.moves, 0)
	return fmt.Sprintf(`{"kind":"Deployment","apiVersion":"apps/v1",
		"metadata":{"name":"web","namespace":"shop","uid":"d","resourceVersion":"%[1]d","generation":%[1]d,
			"annotations":{"deployment.kubernetes.io/revision":"1"}},
		"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},%[2]s},
		"status":{"observedGeneration":%[1]d,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":2}}`,
		generation, template(image))
}

func template(image string) string {
	return fmt.Sprintf(`"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[
		{"name":"web","image":%q,"env":[{"name":"MODE","value":"plain"}]}]}}`, image)
}

var replicaSet = `{"kind":"ReplicaSet","apiVersion":"apps/v1",
	"metadata":{"name":"web-1","namespace":"shop","uid":"rs","labels":{"app":"web"},
		"annotations":{"deployment.kubernetes.io/revision":"1","deployment.kubernetes.io/desired-replicas":"2"},
		"ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web","uid":"d","controller":true}]},
	"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},` + template("web:1") + `},
	"status":{"replicas":2,"readyReplicas":2,"availableReplicas":2}}`

func pod(name, ready string) string {
	return fmt.Sprintf(`{"kind":"Pod","apiVersion":"v1",
		"metadata":{"name":"web-1-%[1]s","namespace":"shop","uid":%[1]q,"labels":{"app":"web"},
			"creationTimestamp":"2026-01-31T10:00:00Z",
			"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-1","uid":"rs","controller":true}]},
		"status":{"phase":"Running","conditions":[
			{"type":"Ready","status":"True","lastTransitionTime":"2026-01-31T%[2]sZ"}]}}`, name, ready)
}

// agent is a DaemonSet without pods.
const agent = `{"kind":"DaemonSet","apiVersion":"apps/v1","metadata":{"name":"agent","namespace":"shop","uid":"ds","generation":1},
	"spec":{"selector":{"matchLabels":{"app":"agent"}},"template":{"metadata":{"labels":{"app":"agent"}},
		"spec":{"containers":[{"name":"agent","image":"agent:1"}]}}}}`

// run runs a command line in a context of that server, in a folder of its own.
func (s *server) run(t *testing.T, line string) (code int, out, problems string) {
	t.Helper()
	listener := httptest.NewServer(s)
	defer listener.Close()
	kubeconfig := filepath.Join(t.TempDir(), "config")
	content := fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: prod,
		contexts: [{name: prod, context: {cluster: prod, user: ci, namespace: shop}}],
		clusters: [{name: prod, cluster: {server: %q}}], users: [{name: ci, user: {token: t}}]}`, listener.URL)
	if err := os.WriteFile(kubeconfig, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KUBECONFIG", kubeconfig)
	var stdout, stderr bytes.Buffer
	streams := genericiooptions.IOStreams{In: strings.NewReader(manifest), Out: &stdout, ErrOut: &stderr}
	code = cli.Run(t.Context(), strings.Fields(line), streams)
	return code, stdout.String(), stderr.String()
}

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:2", env: [{name: MODE, value: plain}]}]}
`

func TestALivePlanSaysWhereItsStateIsFrom(t *testing.T) {
	s := &server{version: "v1.37.2"}
	code, out, problems := s.run(t, "plan deployment/web --image web=web:2")
	if code != plan.ExitFine || problems != "" || len(s.requests) > 0 {
		t.Fatalf("exit code %d: %s, %q", code, problems, s.requests)
	}
	for _, line := range []string{
		`^deployment/web -n shop        live prod v1\.37\.2, read \d\d:\d\d:\d\dZ\n`,
		`\n  RESTARTS 2 of 2 pods\.`,
		`\n  Assumed: ready 7s \(measured, 2 pods: 5s-7s\), gone 1s \(default\)\n`,
	} {
		if !regexp.MustCompile(line).MatchString(out) {
			t.Errorf("%s is not in:\n%s", line, out)
		}
	}
}

func TestASnapshotOfAServerPlansAsTheServerDoes(t *testing.T) {
	s := &server{version: "v1.37.2"}
	for _, line := range []string{"plan", "plan deployment/web --image web=web:3", "plan -f - --defaulting local"} {
		_, live, problems := s.run(t, line+" -o json")
		_, saved, _ := s.run(t, "snapshot")
		state := filepath.Join(t.TempDir(), "state.yaml")
		if err := os.WriteFile(state, []byte(saved), 0o600); err != nil {
			t.Fatal(err)
		}
		_, again, more := s.run(t, line+" -o json --state "+state)
		if a, b := withoutSource(t, live), withoutSource(t, again); a != b || problems+more != "" {
			t.Errorf("%s: %s\nlive:\n%s\nsaved:\n%s", line, problems+more, a, b)
		}
	}
}

// withoutSource is a plan without what says how it was made.
func withoutSource(t *testing.T, text string) string {
	t.Helper()
	var p map[string]any
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	delete(p, "source")
	var kept []any
	for _, a := range p["assumptions"].([]any) {
		if a.(map[string]any)["name"] != "defaulting" {
			kept = append(kept, a)
		}
	}
	p["assumptions"] = kept
	same, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(same)
}

func TestManifestsAreTriedOnTheServer(t *testing.T) {
	s := &server{version: "v1.37.2"}
	code, out, problems := s.run(t, "plan -f - -o wide")
	if code != plan.ExitFine || !strings.Contains(out, "defaulting server dry run") {
		t.Errorf("exit code %d: %s\n%s", code, problems, out)
	}
	if problems != "warning: web is watched\n" {
		t.Errorf("the server warned, and what is told is %q", problems)
	}
	if len(s.requests) != 1 || !strings.Contains(s.requests[0], "dryRun=All") {
		t.Errorf("sent %q, want one dry run", s.requests)
	}
}

func TestAWorkloadThatMovesIsReadAgainOnce(t *testing.T) {
	once := &server{version: "v1.37.2", moves: 1}
	code, out, problems := once.run(t, "plan -f -")
	if code != plan.ExitFine || !strings.Contains(out, "RESTARTS 2 of 2 pods") {
		t.Errorf("exit code %d: %s\n%s", code, problems, out)
	}
	always := &server{version: "v1.37.2", moves: 5}
	code, out, problems = always.run(t, "plan -f -")
	const moved = "error: deployment/web -n shop was changed after the state was read\nhint: "
	if code != plan.ExitError || out != "" || !strings.Contains(problems, moved) {
		t.Errorf("exit code %d: %s\n%s", code, problems, out)
	}
	if len(always.requests) != 2 {
		t.Errorf("sent %q, want two dry runs", always.requests)
	}
}

func TestWhoMayNotTryGetsLocalRules(t *testing.T) {
	s := &server{version: "v1.37.2", forbids: http.MethodPatch}
	code, out, problems := s.run(t, "plan -f -")
	words := strings.Join(strings.Fields(out), " ")
	if code != plan.ExitFine || !strings.Contains(words, "RESTARTS 2 of 2 pods") ||
		!strings.Contains(words, "defaulting local (default, user ci may not patch ") {
		t.Errorf("exit code %d: %s\n%s", code, problems, out)
	}
	code, _, problems = s.run(t, "plan -f - --defaulting server")
	const untried = "error: deployment/web: --defaulting server: user ci may not patch"
	if code != plan.ExitError || !strings.HasPrefix(problems, untried) {
		t.Errorf("exit code %d: %s", code, problems)
	}
	s.requests = nil
	code, _, problems = s.run(t, "plan -f - --defaulting local")
	if code != plan.ExitFine || len(s.requests) > 0 {
		t.Errorf("exit code %d: %s; sent %q", code, problems, s.requests)
	}
}

func TestServersOfOtherVersions(t *testing.T) {
	tests := []struct {
		version, line string
		code          int
		problems, out string
	}{
		{"v1.34.4-gke.1", "plan", plan.ExitFine, "", "live prod v1.34.4-gke.1, read "},
		{"v1.99.0", "plan", plan.ExitFine, "warning: the server's version v1.99.0 is newer than any that is known: ",
			"live prod v1.99.0, read "},
		{"v1.28.4", "plan", plan.ExitError, "error: the server's version v1.28.4 is too old to plan for: ", ""},
		{"v1.28.4", "plan --kube-version 1.29", plan.ExitFine, "", "live prod v1.29.0, read "},
		{"v1.28.4", "snapshot", plan.ExitFine, "", "\nkubeVersion: v1.28.4\n"},
		{"v1.37.2", "plan --feature-gates Nothing=true", plan.ExitError, "error: feature gate Nothing changes nothing", ""},
	}
	for _, tt := range tests {
		s := &server{version: tt.version}
		code, out, problems := s.run(t, tt.line)
		if code != tt.code || !strings.HasPrefix(problems, tt.problems) ||
			tt.problems == "" && problems != "" || !strings.Contains(out, tt.out) {
			t.Errorf("%s, %s: exit code %d: %s\n%s", tt.version, tt.line, code, problems, out)
		}
	}
}

// A cluster that shows no pods has none, whereas files may leave them out.
func TestTargetsOfAClusterAreThoseOfItsPods(t *testing.T) {
	s := &server{version: "v1.37.2"}
	code, out, problems := s.run(t, "targets daemonset/agent")
	if code != plan.ExitFine || problems != "" || len(s.requests) > 0 {
		t.Fatalf("exit code %d: %s, %q", code, problems, s.requests)
	}
	for _, line := range []string{
		`^daemonset/agent -n shop        live prod v1\.37\.2, read \d\d:\d\d:\d\dZ\n`,
		`\n  RUNS ON 0 of 2 nodes, and will on 1: 1 gained\n`,
		`\n  n1    -     yes       gained  no pod is there yet\n`,
		`\n  n2    -     -                 taint dedicated=gpu:NoSchedule is not tolerated\n`,
	} {
		if !regexp.MustCompile(line).MatchString(out) {
			t.Errorf("%s is not in:\n%s", line, out)
		}
	}
}
