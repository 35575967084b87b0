package controller

import "k8s.io/apimachinery/pkg/api/validation"

// GenerateName is the generateName of the pods of an owner.
// Follows controller_utils.go getPodsPrefix, v1.37.0: the dash is left out where the name
// would be too long.
func GenerateName(owner string) string {
	prefix := owner + "-"
	if len(validation.NameIsDNSSubdomain(prefix, true)) != 0 {
		return owner
	}
	return prefix
}

// Attempts returns how many of count pods are asked for in slow start, when only admitted
// of them are created: a batch in which one is refused is the last. For 20 wanted and 5
// admitted the batches are 1, 2 and 4: 7 attempts.
// Follows replica_set.go slowStartBatch, v1.37.0.
func Attempts(admitted, count int) int {
	attempted, batch := 0, 1
	for attempted <= admitted {
		attempted += min(batch, count-attempted)
		batch *= 2
	}
	return attempted
}
