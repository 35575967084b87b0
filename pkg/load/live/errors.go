package live

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"strings"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Error is one line, and hints on what to do about it.
type Error struct {
	Err   error
	Hints []string
}

// Error implements error.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns what came from the server or the client.
func (e *Error) Unwrap() error { return e.Err }

// told is a line of our own about an error that stays behind it.
type told struct {
	line  string
	cause error
}

func (t told) Error() string { return t.line }

func (t told) Unwrap() error { return t.cause }

// tell puts a line and hints in place of what an error says.
func tell(cause error, line string, hints ...string) error {
	return &Error{Err: told{line: line, cause: cause}, Hints: hints}
}

// explain says in one line what became of a call.
func (s *Server) explain(err error, c call) error {
	var known *Error
	var status apierrors.APIStatus
	switch {
	case err == nil, errors.As(err, &known), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &status):
		return s.explainStatus(err, c)
	}
	return s.explainConnection(err, c)
}

// explainStatus is for what the server answered.
func (s *Server) explainStatus(err error, c call) error {
	switch {
	case apierrors.IsUnauthorized(err):
		return tell(err, fmt.Sprintf(
			"the server at %s does not accept the credentials: they may have expired", s.host),
			"log in again as for kubectl; kubectl auth whoami says whether that worked")
	case apierrors.IsForbidden(err) && c.resource == "nodes":
		return tell(err, fmt.Sprintf("%s may not %s, and a DaemonSet cannot be planned without", userOf(err), c),
			"docs/rbac.yaml has the role: nodes are in no namespace, so it takes a ClusterRoleBinding",
			"other workloads can be planned by name")
	case apierrors.IsForbidden(err):
		return tell(err, fmt.Sprintf("%s may not %s", userOf(err), c),
			"docs/rbac.yaml has the roles that plans need")
	case apierrors.IsTooManyRequests(err):
		return tell(err, fmt.Sprintf(
			"the server at %s has too many requests, and still had after %d tries: %s",
			s.host, s.retries+1, c),
			"try again when it has less to do")
	case unknownResource(err) && strings.HasPrefix(c.resource, "/"):
		return s.noKubernetes(err, c)
	case unknownResource(err):
		return tell(err, fmt.Sprintf(
			"the server at %s knows no %s of the version that is needed", s.host, c.what()),
			"is it an API server of Kubernetes 1.29 or newer?")
	case apierrors.IsResourceExpired(err), apierrors.IsNotFound(err):
		return err // list and get know what to do about them
	}
	return tell(err, fmt.Sprintf("%s: the server says: %s", c, oneLine(err.Error())))
}

// unknownResource tells the 404 of a path that the server does not serve from that
// of an object that is not there: only the latter has the object's name.
func unknownResource(err error) bool {
	var status apierrors.APIStatus
	if !apierrors.IsNotFound(err) || !errors.As(err, &status) {
		return false
	}
	details := status.Status().Details
	return details == nil || details.Name == "" || len(details.Causes) > 0
}

// userOf is who the server takes the caller for: it names him in what it forbids.
func userOf(err error) string {
	if name := forbiddenUser(err); name != "" {
		return "user " + name
	}
	return "you"
}

// forbidsUser tells what RBAC forbids from what admission does, which has the same
// code.
func forbidsUser(err error) bool { return apierrors.IsForbidden(err) && forbiddenUser(err) != "" }

func forbiddenUser(err error) string {
	var answered apierrors.APIStatus
	if !errors.As(err, &answered) {
		return ""
	}
	name := regexp.MustCompile(`User "([^"]*)" cannot `).FindStringSubmatch(answered.Status().Message)
	if name == nil {
		return ""
	}
	return name[1]
}

// explainConnection is for what came before there was an answer.
func (s *Server) explainConnection(err error, c call) error {
	var lookup *net.DNSError
	var record tls.RecordHeaderError
	var sending *url.Error
	cause := oneLine(innermost(err).Error())
	switch {
	case errors.As(err, &lookup):
		return tell(err, fmt.Sprintf(
			"the server at %s cannot be found: no address for %s", s.host, lookup.Name), isItRight)
	case errors.Is(err, syscall.ECONNREFUSED):
		return tell(err, fmt.Sprintf("no server listens at %s: connection refused", s.host),
			isItRight)
	case untrusted(err):
		return tell(err, fmt.Sprintf("the server at %s is not trusted: %s", s.host, cause),
			"the kubeconfig may be of a cluster that was made anew: certificate-authority-data must fit")
	case errors.As(err, &record), strings.Contains(cause, "HTTP response to HTTPS client"):
		return tell(err, fmt.Sprintf("the server at %s does not speak TLS", s.host), isItRight)
	case cutOff(err):
		return tell(err, fmt.Sprintf("the server at %s went away: %s", s.host, c),
			"try again when it is back")
	case isTimeout(err):
		return tell(err, fmt.Sprintf("the server at %s cannot be reached: %s", s.host, cause),
			isItRight)
	case errors.As(err, &sending):
		return tell(err, fmt.Sprintf("%s: %s", c, cause))
	}
	return s.noKubernetes(err, c) // it was sent, and the answer cannot be read
}

func (s *Server) noKubernetes(err error, c call) error {
	return tell(err, fmt.Sprintf("what answers at %s is no Kubernetes API server: %s", s.host, c),
		isItRight)
}

const isItRight = "is the cluster up, and is it the right context? kubectl config current-context"

// untrusted holds where either side does not accept the other's certificate.
func untrusted(err error) bool {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	return errors.As(err, &unknown) || errors.As(err, &host) || errors.As(err, &invalid) ||
		errors.As(err, &verification)
}

// cutOff holds where a connection ended before the answer did.
func cutOff(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		strings.Contains(err.Error(), "reading response body") // by HTTP/2, in client-go's words
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout() ||
		errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH)
}

// innermost leaves out what net/http puts around an error: the method and the URL.
func innermost(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
