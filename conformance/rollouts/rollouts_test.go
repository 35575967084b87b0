package rollouts

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"
)

// In every world the simulation rolls out as the real controllers do.
func TestRollouts(t *testing.T) {
	seed := number(t, "SEED", fixedSeed)
	if os.Getenv("ONE") != "" {
		runOne(t, Draw(seed, number(t, "ONE", 0)))
		return
	}
	count := number(t, "ROLLOUTS", 500)
	t.Logf("SEED=%d ROLLOUTS=%d", seed, count)
	began := time.Now()
	var used, wrong atomic.Int64
	t.Run("worlds", func(t *testing.T) {
		for shard := range uint64(shards) {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				for index := shard; index < count; index += shards {
					w := Draw(seed, index)
					start, _, _, difference := check(t, w)
					if start.unusable == "" {
						used.Add(1)
					}
					if difference != "" && wrong.Add(1) <= 30 {
						t.Errorf("%v\n%s", w, difference)
					}
				}
			})
		}
	})
	t.Logf("%d worlds of use, %d differences, %.1f/s", used.Load(), wrong.Load(), float64(used.Load())/time.Since(began).Seconds())
}

func runOne(t *testing.T, w *World) {
	start, real, ours, difference := check(t, w)
	t.Log(w)
	t.Logf("state: %s", start.unusable)
	for _, line := range stateOf(start.state) {
		t.Log("  " + line)
	}
	for _, pod := range start.state.Pods {
		t.Logf("  %s created %s ready %v deleting %v %s", pod.Name, second(pod.CreationTimestamp), isReady(pod),
			pod.DeletionTimestamp != nil, pod.Spec.Containers[0].Image)
	}
	t.Logf("now %v, change to %s\nreal:\n%s\nours:\n%s", start.now.UTC().Format("15:04:05.000"),
		flat(start.after), real.journal.text(), ours.journal.text())
	if difference != "" {
		t.Error(difference)
	}
}
