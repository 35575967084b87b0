package rollouts

import (
	"fmt"
	"math/rand/v2"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// limitedSet is a change of a settled StatefulSet by a controller whose requests are
// limited. All pods take the same time.
type limitedSet struct {
	replicas, after int32 // before and after the change
	image           string
	parallel        bool
	unavailable     intstr.IntOrString
	claims          int
	ready, gone     time.Duration
	limit           api.Limit
	age             time.Duration
}

// String is the world in a line.
func (w limitedSet) String() string {
	return fmt.Sprintf("%d to %d replicas of %s, parallel %v, %s missing, %d claims, ready %s, gone %s, %g/s burst %d, %s old",
		w.replicas, w.after, w.image, w.parallel, w.unavailable.String(), w.claims, w.ready, w.gone,
		w.limit.QPS, w.limit.Burst, w.age)
}

// drawLimitedSet draws a world.
func drawLimitedSet(seed, index uint64) limitedSet {
	rng := rand.New(rand.NewPCG(seed, index))
	w := limitedSet{
		replicas: 5 + rng.Int32N(30), image: "web:2", parallel: rng.IntN(3) > 0,
		unavailable: intstr.FromString(fmt.Sprintf("%d%%", 1+rng.IntN(60))),
		claims:      rng.IntN(3),
		ready:       time.Duration(50+rng.IntN(4000)) * time.Millisecond,
		gone:        time.Duration(50+rng.IntN(2000)) * time.Millisecond,
		limit:       api.Limit{QPS: 2 + 20*rng.Float64(), Burst: 1 + rng.IntN(30)},
		age:         time.Duration(10+rng.IntN(10_000)) * time.Second,
	}
	w.after = w.replicas
	if rng.IntN(3) == 0 {
		w.image, w.after = "web:1", rng.Int32N(60)
	}
	return w
}

func (w limitedSet) statefulSet() *appsv1.StatefulSet {
	return newStatefulSet(kubeversion.Latest(), claimTemplates([]string{"data", "logs"}[:w.claims]...),
		onStatefulSet("its size and strategy", func(set *appsv1.StatefulSet) {
			set.Spec.Replicas = &w.replicas
			set.Spec.PodManagementPolicy = appsv1.OrderedReadyPodManagement
			if w.parallel {
				set.Spec.PodManagementPolicy = appsv1.ParallelPodManagement
			}
			set.Spec.UpdateStrategy = appsv1.StatefulSetUpdateStrategy{
				Type:          appsv1.RollingUpdateStatefulSetStrategyType,
				RollingUpdate: &appsv1.RollingUpdateStatefulSetStrategy{MaxUnavailable: &w.unavailable},
			}
		}))
}

// limited is the world as it is played.
func (w limitedSet) limited() limited {
	return limited{
		name: w.String(), workload: w.statefulSet(), change: together(scale(w.after), image(w.image)),
		ready: w.ready, gone: w.gone, limit: w.limit, age: w.age,
	}
}
