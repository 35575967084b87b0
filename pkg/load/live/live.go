// Package live reads from a live cluster what a plan needs, and no more: the
// workloads in question, their ReplicaSets or revisions, pods and claims, the Services
// and autoscalers beside them, and the nodes where there are DaemonSets. It sends GET and
// LIST, and writes with DryRunAll alone, which change nothing.
//
// A cluster does not stand still while it is read, and its lists are not of one
// instant. What makes them one picture is their order: pods, then ReplicaSets and
// revisions, then Deployments, StatefulSets and DaemonSets, then nodes. So what a
// controller decides by is never older than what it decided about, and the worst that a forecast can do is to repeat what a controller did
// moments ago. Read the other way round, pods of a size that the ReplicaSet in the
// state does not have yet would be deleted, and a new template rolled back. Where a
// ReplicaSet, a StatefulSet or a DaemonSet and its pods do not fit, its controller is at work: then
// the pods are read again, between two reads of their owners. If these did not change,
// all of it was true at one instant; if they did, the state comes with a warning.
//
// A workload that is deleted or replaced between two reads makes State start again,
// once. What hangs on an owner that is gone is nobody's any more, and left out.
package live

import (
	"net/http"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"
)

// Server is a connection to the API server of a cluster. Its methods can be used
// at the same time.
type Server struct {
	host     string
	clients  map[string]rest.Interface // by API group
	options  runtime.ParameterCodec
	patience time.Duration // for one request, with its retries
	retries  int           // of one request
	clock    *clock
	warnings *warnings

	asking  sync.Mutex
	version string // once it is known
}

// A server that says nothing for a minute has nothing to say.
const (
	patience = time.Minute
	retries  = 5
)

// Connect makes a connection of what a kubeconfig says, and sends nothing yet. The
// config's Timeout bounds each request, its retries included (0: a minute); its
// UserAgent is the caller's to set.
func Connect(config *rest.Config) (*Server, error) {
	s := &Server{
		host: config.Host, patience: patience, retries: retries,
		clients: map[string]rest.Interface{}, clock: &clock{}, warnings: &warnings{},
	}
	if config.Timeout > 0 {
		s.patience = config.Timeout
	}
	known := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, appsv1.AddToScheme, autoscalingv2.AddToScheme,
	} {
		if err := add(known); err != nil {
			return nil, err
		}
	}
	s.options = runtime.NewParameterCodec(known)
	return s, s.connect(config, serializer.NewCodecFactory(known).WithoutConversion())
}

// connect makes a client for each API group, all over one connection. They have no
// limit of their own: the requests are few, and the server limits the rest.
func (s *Server) connect(config *rest.Config, codecs runtime.NegotiatedSerializer) error {
	config = rest.CopyConfig(config)
	config.Timeout = 0 // retries would not count: see Server.send
	config.QPS = -1
	config.ContentType = runtime.ContentTypeProtobuf
	config.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	config.WarningHandler = nil
	config.WarningHandlerWithContext = s.warnings
	config.NegotiatedSerializer = codecs
	config.Wrap(s.clock.listen)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return guard{next} })
	shared, err := rest.HTTPClientFor(config)
	if err != nil {
		return unusable(err)
	}
	for _, version := range []schema.GroupVersion{
		corev1.SchemeGroupVersion, appsv1.SchemeGroupVersion, autoscalingv2.SchemeGroupVersion,
	} {
		of := rest.CopyConfig(config)
		of.GroupVersion = &version
		of.APIPath = "/apis"
		if version.Group == "" {
			of.APIPath = "/api"
		}
		client, err := rest.RESTClientForConfigAndClient(of, shared)
		if err != nil {
			return unusable(err)
		}
		s.clients[version.Group] = client
	}
	return nil
}

func unusable(err error) error {
	return tell(err, "the kubeconfig cannot be used: "+oneLine(err.Error()))
}
