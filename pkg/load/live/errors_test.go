package live

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
)

// on answers the requests whose path has an ending, from the n-th on.
func on(ending string, from int, object runtime.Object) func(*api, http.ResponseWriter, *http.Request, int) bool {
	return func(_ *api, w http.ResponseWriter, r *http.Request, nth int) bool {
		if !strings.HasSuffix(r.URL.Path, ending) || nth < from {
			return false
		}
		answer(w, object)
		return true
	}
}

// forbidden is what RBAC answers.
func forbidden(group, resource, verb, namespace, name string) *metav1.Status {
	where := fmt.Sprintf("in the namespace %q", namespace)
	return statusOf(apierrors.NewForbidden(schema.GroupResource{Group: group, Resource: resource}, name,
		fmt.Errorf("User \"nobody\" cannot %s resource %q in API group %q %s", verb, resource, group, where)))
}

func TestWhatAServerAnswersIsOneLine(t *testing.T) {
	for name, c := range map[string]struct {
		before func(*api, http.ResponseWriter, *http.Request, int) bool
		want   string
		hint   string
	}{
		"no right to get": {
			on("/deployments/web", 1, forbidden("apps", "deployments", "get", "shop", "web")),
			"user nobody may not get deployments.apps web in namespace shop", "docs/rbac.yaml"},
		"no right to list": {
			on("/pods", 1, forbidden("", "pods", "list", "shop", "")),
			"user nobody may not list pods in namespace shop", "docs/rbac.yaml"},
		"no right to the version": {
			on("/version", 1, status(403, metav1.StatusReasonForbidden, `forbidden: User "nobody" cannot get path "/version"`)),
			"user nobody may not get /version", "docs/rbac.yaml"},
		"an expired token": {
			on("/version", 1, statusOf(apierrors.NewUnauthorized("Unauthorized"))),
			"the server at HOST does not accept the credentials: they may have expired", "log in again"},
		"a resource that it does not know": {
			on("/replicasets", 1, status(404, metav1.StatusReasonNotFound, "the server could not find the requested resource")),
			"the server at HOST knows no replicasets.apps of the version that is needed", "1.29"},
		"a fault of its own": {
			on("/pods", 1, statusOf(apierrors.NewInternalError(errors.New("etcdserver:\n no leader")))),
			"list pods in namespace shop: the server says: Internal error occurred: etcdserver: no leader", ""},
		"not now": {
			on("/pods", 1, status(503, metav1.StatusReasonServiceUnavailable, "the server is currently unable to handle the request")),
			"list pods in namespace shop: the server says: the server is currently unable to handle the request", ""},
	} {
		s := start(t, &api{objects: rolled("shop", "web", 1), before: c.before})
		_, err := s.State(context.Background(), named("shop", "web"))
		says(t, name, err, strings.ReplaceAll(c.want, "HOST", s.host), c.hint)
	}
}

// says checks the line of an error and that a hint has some words.
func says(t *testing.T, name string, err error, want, hint string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", name)
		return
	}
	if err.Error() != want {
		t.Errorf("%s:\n got %s\nwant %s", name, err, want)
	}
	var told *Error
	if hint != "" && (!errors.As(err, &told) || !strings.Contains(strings.Join(told.Hints, "\n"), hint)) {
		t.Errorf("%s: got hints %+v, want %q", name, told, hint)
	}
}

func TestAServerThatHasTooManyRequestsIsAskedAgainButNotForEver(t *testing.T) {
	busy := func(until int) func(*api, http.ResponseWriter, *http.Request, int) bool {
		return func(_ *api, w http.ResponseWriter, r *http.Request, nth int) bool {
			if !strings.HasSuffix(r.URL.Path, "/pods") || nth > until {
				return false
			}
			w.Header().Set("Retry-After", "0")
			answer(w, status(429, metav1.StatusReasonTooManyRequests, "Too many requests, please try again later."))
			return true
		}
	}
	a := &api{objects: rolled("shop", "web", 1), before: busy(3)}
	if got := len(read(t, start(t, a), named("shop", "web")).Pods); got != 1 {
		t.Errorf("%d pods", got)
	}
	a = &api{objects: rolled("shop", "web", 1), before: busy(1000)}
	s := start(t, a)
	_, err := s.State(context.Background(), named("shop", "web"))
	says(t, "429", err, "the server at "+s.host+" has too many requests, and still had after 6 tries: list pods in namespace shop", "try again")
	if got := a.paths["/api/v1/namespaces/shop/pods"]; got != 6 {
		t.Errorf("%d tries", got)
	}
}

func TestAServerThatGoesAwayInTheMiddleIsToldOf(t *testing.T) {
	var server *httptest.Server
	a := &api{version: "v1.37.2", objects: rolled("shop", "web", 1)}
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/pods") {
			panic(http.ErrAbortHandler) // closes the connection without an answer
		}
		a.ServeHTTP(w, r)
	}))
	defer server.Close()
	s := connect(t, &rest.Config{Host: server.URL})
	s.retries = 0
	_, err := s.State(context.Background(), named("shop", "web"))
	says(t, "aborted", err, "the server at "+s.host+" went away: list pods in namespace shop", "try again")
}

func TestAnAnswerThatIsCutOffIsNoState(t *testing.T) {
	a := &api{objects: rolled("shop", "web", 1)}
	a.before = func(_ *api, w http.ResponseWriter, r *http.Request, _ int) bool {
		if !strings.HasSuffix(r.URL.Path, "/pods") {
			return false
		}
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, "k8s")
		return true
	}
	s := start(t, a)
	_, err := s.State(context.Background(), named("shop", "web"))
	says(t, "cut off", err, "the server at "+s.host+" went away: list pods in namespace shop", "try again")
}

func TestAServerThatSaysNothingIsNotWaitedForForEver(t *testing.T) {
	done := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-done:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(done)
	s := connect(t, &rest.Config{Host: server.URL, Timeout: 50 * time.Millisecond})
	_, err := s.Version(context.Background())
	says(t, "silent", err, "the server at "+s.host+" did not answer within 50ms: get /version", "--request-timeout")
}

// A server can ask for an hour of patience.
func TestRetriesCountForTheTimeout(t *testing.T) {
	a := &api{before: func(_ *api, w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.Header().Set("Retry-After", "3600")
		answer(w, status(429, metav1.StatusReasonTooManyRequests, "slow down"))
		return true
	}}
	s := start(t, a)
	s.patience = 50 * time.Millisecond
	_, err := s.Version(context.Background())
	says(t, "an hour", err, "the server at "+s.host+" did not answer within 50ms: get /version", "--request-timeout")
}

func TestAnInterruptionIsNoFaultOfTheServer(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	a := &api{objects: rolled("shop", "web", 1)}
	a.before = func(*api, http.ResponseWriter, *http.Request, int) bool {
		cancel()
		return false
	}
	if _, err := start(t, a).State(ctx, named("shop", "web")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestNoServerIsToldOf(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + listener.Addr().String()
	listener.Close()
	_, err = connect(t, &rest.Config{Host: nobody}).Version(context.Background())
	says(t, "nobody", err, "no server listens at "+nobody+": connection refused", "kubectl config current-context")

	for want, cause := range map[string]error{
		"cannot be found: no address for api.invalid": &net.DNSError{Err: "no such host", Name: "api.invalid", IsNotFound: true},
		"cannot be reached: dial tcp: i/o timeout":    &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded},
	} {
		dial := func(context.Context, string, string) (net.Conn, error) { return nil, cause }
		_, err := connect(t, &rest.Config{Host: "https://api.invalid", Dial: dial}).Version(context.Background())
		says(t, want, err, "the server at https://api.invalid "+want, "kubectl config current-context")
	}
}

func TestTLSIsChecked(t *testing.T) {
	a := &api{version: "v1.37.2"}
	secure := httptest.NewUnstartedServer(a)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of handshakes that fail
	secure.StartTLS()
	defer secure.Close()
	plain := httptest.NewServer(a)
	defer plain.Close()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})

	trusting := connect(t, &rest.Config{Host: secure.URL, TLSClientConfig: rest.TLSClientConfig{CAData: ca}})
	if v, err := trusting.Version(context.Background()); err != nil || v.Text != "v1.37.2" {
		t.Errorf("with its certificate: %v, %v", v, err)
	}
	_, err := connect(t, &rest.Config{Host: secure.URL}).Version(context.Background())
	says(t, "without", err, "the server at "+secure.URL+" is not trusted: tls: failed to verify certificate: "+
		"x509: certificate signed by unknown authority", "certificate-authority-data")

	other := rest.TLSClientConfig{CAData: ca, ServerName: "other.invalid"}
	_, err = connect(t, &rest.Config{Host: secure.URL, TLSClientConfig: other}).Version(context.Background())
	if err == nil || !strings.HasPrefix(err.Error(), "the server at "+secure.URL+" is not trusted: ") {
		t.Errorf("with another name: %v", err)
	}
	mistaken := strings.Replace(plain.URL, "http:", "https:", 1)
	_, err = connect(t, &rest.Config{Host: mistaken}).Version(context.Background())
	says(t, "plain", err, "the server at "+mistaken+" does not speak TLS", "kubectl config")
}

func TestWhatIsNoKubernetesIsToldOf(t *testing.T) {
	for name, handler := range map[string]http.Handler{
		"a portal": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "<html>log in here</html>")
		}),
		"another server": http.NotFoundHandler(),
	} {
		server := httptest.NewServer(handler)
		defer server.Close()
		s := connect(t, &rest.Config{Host: server.URL})
		_, err := s.Version(context.Background())
		says(t, name, err, "what answers at "+server.URL+" is no Kubernetes API server: get /version", "kubectl config")
	}
	a := &api{objects: rolled("shop", "web", 1)}
	a.before = func(_ *api, w http.ResponseWriter, r *http.Request, _ int) bool {
		if strings.HasSuffix(r.URL.Path, "/pods") {
			fmt.Fprint(w, "<html>log in again</html>")
			return true
		}
		return false
	}
	s := start(t, a)
	_, err := s.State(context.Background(), named("shop", "web"))
	says(t, "half way", err, "what answers at "+s.host+" is no Kubernetes API server: list pods in namespace shop", "")
}

func TestAConnectionThatCannotBeMadeIsToldOf(t *testing.T) {
	for want, config := range map[string]*rest.Config{
		"the kubeconfig cannot be used: open /none: no such file or directory": {
			Host: "https://x.invalid", TLSClientConfig: rest.TLSClientConfig{CAFile: "/none"}},
		`the kubeconfig cannot be used: host must be a URL or a host:port pair: "https://x:1:2"`: {Host: "https://x:1:2"},
	} {
		_, err := Connect(config)
		says(t, config.Host, err, want, "")
	}
}
