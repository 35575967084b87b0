package rollouts

import (
	"fmt"
	"math/rand/v2"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
)

// limitedWorld is a rollout of a settled Deployment by controllers whose requests are
// limited. All pods take the same time.
type limitedWorld struct {
	replicas           int32
	surge, unavailable intstr.IntOrString
	recreate           bool
	ready, gone        time.Duration
	limit              api.Limit
	// age is how long the Deployment is left alone before the change: its ReplicaSet
	// may then be told of again in events.
	age time.Duration
}

// String is the world in a line.
func (w limitedWorld) String() string {
	strategy := fmt.Sprintf("%s up, %s down", w.surge.String(), w.unavailable.String())
	if w.recreate {
		strategy = "Recreate"
	}
	return fmt.Sprintf("%d replicas, %s, ready %s, gone %s, %g/s burst %d, %s old",
		w.replicas, strategy, w.ready, w.gone, w.limit.QPS, w.limit.Burst, w.age)
}

// drawLimited draws a world.
func drawLimited(seed, index uint64) limitedWorld {
	rng := rand.New(rand.NewPCG(seed, index))
	percent := func(most int) intstr.IntOrString { return intstr.FromString(fmt.Sprintf("%d%%", rng.IntN(most))) }
	w := limitedWorld{
		replicas: 10 + rng.Int32N(190), surge: percent(60), unavailable: percent(60),
		recreate: rng.IntN(8) == 0,
		ready:    time.Duration(50+rng.IntN(4000)) * time.Millisecond,
		gone:     time.Duration(50+rng.IntN(2000)) * time.Millisecond,
		limit:    api.Default(),
		age:      time.Duration(10+rng.IntN(10_000)) * time.Second,
	}
	if rng.IntN(3) == 0 {
		w.surge, w.unavailable = intstr.FromInt32(1+rng.Int32N(3)), intstr.FromInt32(rng.Int32N(2))
	}
	if rng.IntN(3) == 0 {
		w.limit = api.Limit{QPS: 2 + 50*rng.Float64(), Burst: 1 + rng.IntN(60)}
	}
	return w
}

// limited is the world as it is played.
func (w limitedWorld) limited() limited {
	return limited{
		name: w.String(), workload: w.deployment(), change: image("web:2"),
		ready: w.ready, gone: w.gone, limit: w.limit, age: w.age,
	}
}

func (w limitedWorld) deployment() *appsv1.Deployment {
	return newDeployment(onDeployment("its size and strategy", func(d *appsv1.Deployment) {
		d.Spec.Replicas = &w.replicas
		d.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
		if !w.recreate {
			d.Spec.Strategy = appsv1.DeploymentStrategy{RollingUpdate: &appsv1.RollingUpdateDeployment{
				MaxSurge: &w.surge, MaxUnavailable: &w.unavailable,
			}}
		}
	}))
}
