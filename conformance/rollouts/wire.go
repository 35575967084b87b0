package rollouts

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/testing"

	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
)

// wire carries the requests of a real clientset to a store, without a network.
type wire struct {
	store    *store
	requests atomic.Int64
}

// roundTrip is how long a request takes besides what it waits for its token.
const roundTrip = 3 * time.Millisecond

// newLimitedClient returns a clientset as the controller manager gives one to each
// controller, events and all.
func newLimitedClient(w *wire, limit api.Limit) (*kubernetes.Clientset, error) {
	return kubernetes.NewForConfig(&rest.Config{
		Host: "http://store", Transport: w, QPS: float32(limit.QPS), Burst: limit.Burst,
		ContentConfig: rest.ContentConfig{ContentType: runtime.ContentTypeJSON},
	})
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(request *http.Request) (*http.Response, error) {
	w.requests.Add(1)
	time.Sleep(roundTrip)
	var body []byte
	if request.Body != nil {
		var err error
		if body, err = io.ReadAll(request.Body); err != nil {
			return nil, err
		}
	}
	object, err := w.answer(request, body)
	code := http.StatusOK
	if err != nil {
		var status apierrors.APIStatus
		if !errors.As(err, &status) {
			return nil, err
		}
		told := status.Status()
		object, code = &told, int(told.Code)
	}
	return &http.Response{
		StatusCode: code, Request: request, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(encodeTyped(object))),
	}, nil
}

// answer asks the store for what a request wants. The path is
// /apis/apps/v1/namespaces/shop/replicasets/web-1/status, or the first part of it.
func (w *wire) answer(request *http.Request, body []byte) (runtime.Object, error) {
	_, path, _ := strings.Cut(request.URL.Path, "/namespaces/")
	part := append(strings.Split(path, "/"), "", "")
	resource, name, subresource := part[1], part[2], part[3]
	if resource == "events" {
		return echo(body)
	}
	gvr := groupResource(resource).WithVersion("v1")
	switch request.Method {
	case http.MethodGet:
		return answer(w.store, testing.NewGetAction(gvr, namespace, name))
	case http.MethodDelete:
		return answer(w.store, testing.NewDeleteActionWithOptions(gvr, namespace, name, metav1.DeleteOptions{}))
	case http.MethodPatch:
		return answer(w.store, testing.NewPatchAction(gvr, namespace, name, types.StrategicMergePatchType, body))
	}
	object := emptyOf(resource)
	if err := json.Unmarshal(body, object); err != nil {
		return nil, err
	}
	if request.Method == http.MethodPost {
		return answer(w.store, testing.NewCreateAction(gvr, namespace, object))
	}
	return answer(w.store, testing.NewUpdateSubresourceAction(gvr, subresource, namespace, object))
}

// echo takes an event and forgets it.
func echo(body []byte) (runtime.Object, error) {
	event := &corev1.Event{}
	return event, json.Unmarshal(body, event)
}

// encodeTyped writes an object with its kind, as a server does.
func encodeTyped(object runtime.Object) []byte {
	object = object.DeepCopyObject()
	kinds, _, err := scheme.Scheme.ObjectKinds(object)
	if err != nil {
		panic(err)
	}
	object.GetObjectKind().SetGroupVersionKind(kinds[0])
	return encode(object)
}
