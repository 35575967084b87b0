package simulate

import (
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
)

// workers is how many objects a controller looks at at once.
// Follows deployment/config/v1alpha1/defaults.go
// RecommendedDefaultDeploymentControllerConfiguration and
// replicaset/config/v1alpha1/defaults.go
// RecommendedDefaultReplicaSetControllerConfiguration, v1.37.0.
const workers = 5

// client is how a controller reaches an API server that it may ask so many times a
// second. Its syncs and its events share the tokens.
type client struct {
	tokens *api.Bucket
	events recorder
	sent   int // requests
	waited int // of these, those for which there was no token at once
}

// take returns when the next request goes out.
func (c *client) take(now time.Time) time.Time {
	at := c.tokens.Take(now)
	c.sent++
	if at.After(now) {
		c.waited++
	}
	return at
}

// recorder posts the events of a controller, one after the other. No sync waits for
// them, but each takes a token when its turn comes: where many requests wait, most
// events come when they are over.
// Follows k8s.io/client-go/tools/record/event.go StartRecordingToSink, v1.37.0.
type recorder struct {
	waiting int
	posting bool
}

// tellOf posts an event about an object, unless there were too many about it.
func (w *world) tellOf(c *client, about *api.Bucket) {
	if !about.TryTake(w.now) {
		return
	}
	c.events.waiting++
	if !c.events.posting {
		c.events.posting = true
		w.launch(c, &c.events)
	}
}

func (r *recorder) next() (controller.Write, bool) {
	if r.waiting == 0 {
		return controller.Write{}, false
	}
	r.waiting--
	return controller.Write{Verb: controller.Create, Count: 1}, true
}

func (r *recorder) land(controller.Write, int) {}

func (r *recorder) end() { r.posting = false }

// limited reports whether requests take their time.
func (w *world) limited() bool { return !w.cfg.Limit.None() }

// toldOf takes the tokens of events about the pods with which a ReplicaSet of the
// first state began: that many may have been told of when it was created.
func (s *set) toldOf(pods int) {
	for range min(pods, api.Events().Burst) {
		s.events.TryTake(s.rs.CreationTimestamp.Time)
	}
}

// errand is a sync whose requests take their time.
type errand interface {
	// next returns what goes out now that all before is answered. A write with a count
	// is as many requests side by side.
	next() (controller.Write, bool)
	// land is told that the index-th request of a write reached the API server.
	land(write controller.Write, index int)
	// end is told that nothing is left to send.
	end()
}

// flight is an errand with its requests under way, in the order of their tokens.
type flight struct {
	errand
	client *client
	write  controller.Write
	landed int
}

// launch sends the requests of a sync one after the other.
func (w *world) launch(c *client, e errand) {
	w.proceed(&flight{errand: e, client: c})
}

func (w *world) proceed(f *flight) {
	var more bool
	if f.write, more = f.next(); !more {
		f.end()
		return
	}
	f.landed = 0
	for range f.write.Count {
		w.agenda.add(happening{at: f.client.take(w.now), kind: requestLands, flight: f})
	}
}

func (w *world) requestLands(f *flight) {
	f.land(f.write, f.landed)
	f.landed++
	if f.landed == f.write.Count {
		w.proceed(f)
	}
}
