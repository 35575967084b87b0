package revision

import (
	"encoding/binary"
	"hash/fnv"
	"io"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/rand"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/utils/dump"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// Hash returns the pod-template-hash that the Deployment controller gives a
// template. It equals the cluster's only where the template is as a server stores
// it and the server has the API types of this program (Profile.SharesAPITypes).
// A collision count of 0 gives another hash than none.
// Follows controller_utils.go ComputeHash, v1.37.0.
func Hash(template *corev1.PodTemplateSpec, collisionCount *int32) string {
	sum := fnv.New32a()
	// A hash never refuses a write.
	_, _ = io.WriteString(sum, dump.ForHash(*template))
	if collisionCount != nil {
		// Eight bytes, of which the last four stay zero.
		var count [8]byte
		binary.LittleEndian.PutUint32(count[:], uint32(*collisionCount))
		_, _ = sum.Write(count[:])
	}
	return rand.SafeEncodeString(strconv.FormatUint(uint64(sum.Sum32()), 10))
}

// ReplicaSetName returns the name of a Deployment's new ReplicaSet.
// Follows sync.go generateReplicaSetName, v1.37.0; up to 1.33 nothing is cut.
func ReplicaSetName(deployment, hash string, profile kubeversion.Profile) string {
	room := validation.DNS1123SubdomainMaxLength - len("-") - len(hash)
	if profile.TruncatesReplicaSetNames() && room > 0 && len(deployment) > room {
		deployment = deployment[:room]
	}
	return deployment + "-" + hash
}
