package decisions

import (
	"encoding/json"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/equality"
)

// noteStatus notes what a status write says that was not said before.
func noteStatus(world *World, s Sent, here map[string]bool) {
	switch world.Kind {
	case "Deployment":
		noteDeployment(world.Deployment, s, here)
	case "ReplicaSet":
		noteReplicaSet(world.ReplicaSets[0], s, here)
	}
}

func noteDeployment(before *appsv1.Deployment, s Sent, here map[string]bool) {
	var after appsv1.Deployment
	if err := json.Unmarshal(s.Body, &after); err != nil {
		panic(err)
	}
	had := map[string]bool{}
	for _, c := range before.Status.Conditions {
		had[fmt.Sprintf("condition: %s=%s %s", c.Type, c.Status, c.Reason)] = true
	}
	for _, c := range after.Status.Conditions {
		if text := fmt.Sprintf("condition: %s=%s %s", c.Type, c.Status, c.Reason); !had[text] {
			here[text] = true
		}
	}
	if !equality.Semantic.DeepEqual(before.Status.CollisionCount, after.Status.CollisionCount) {
		here["collision counted"] = true
	}
}

func noteReplicaSet(before *appsv1.ReplicaSet, s Sent, here map[string]bool) {
	var after appsv1.ReplicaSet
	if err := json.Unmarshal(s.Body, &after); err != nil {
		panic(err)
	}
	if len(after.Status.Conditions) < len(before.Status.Conditions) {
		here["condition: ReplicaFailure taken away"] = true
	}
	if len(after.Status.Conditions) > len(before.Status.Conditions) {
		added := after.Status.Conditions[len(after.Status.Conditions)-1]
		here[fmt.Sprintf("condition: %s=%s %s", added.Type, added.Status, added.Reason)] = true
	}
}
