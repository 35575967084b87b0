package live

import (
	"fmt"
	"net/http"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// guard lets no request leave that would change anything in the cluster.
type guard struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (g guard) RoundTrip(request *http.Request) (*http.Response, error) {
	tries := request.URL.Query()["dryRun"]
	if request.Method != http.MethodGet && (len(tries) != 1 || tries[0] != metav1.DryRunAll) {
		return nil, fmt.Errorf("%s %s is no dry run: not sent", request.Method, request.URL.Path)
	}
	return g.next.RoundTrip(request)
}

// WrappedRoundTripper lets client-go look through to its own transport.
func (g guard) WrappedRoundTripper() http.RoundTripper { return g.next }
