// Package decisions compares single syncs: what the real Deployment, ReplicaSet,
// StatefulSet and DaemonSet controllers of Kubernetes 1.37 send in a random world, and
// what Decide says for the same world.
//
// The real controller is built by its own constructor. Its informers are never
// started: their stores are filled with the world, its sync function is called
// once in a testing/synctest bubble, and its client records every write and
// applies none. Both sides ask the same table of answers which writes the API
// server refuses, so a difference is a bug of one of the two.
//
//	go test ./decisions -count=1                  20,000 worlds of each kind, fixed seed;
//	                                              of StatefulSets for each policy and gate
//	SEED=random go test ./decisions -count=1      other worlds; the seed is printed
//	SEED=7 WORLDS=100000 go test ./decisions      more of them
//	SEED=7 ONE=4711 go test ./decisions -run TestDeploymentDecisions -v
//	                                              one world, with everything printed
//	SEED=7 ONE=4711 go test ./decisions -v \
//	    -run 'TestStatefulSetDecisions/Parallel,MaxUnavailableStatefulSet=false'
//	                                              one of a StatefulSet: name its setting
//	KEEP=name SEED=7 ONE=4711 go test ./decisions -run TestDeploymentDecisions
//	                                              keeps that world in testdata/cases
//
// A kept world is a case for ever: TestCases runs every file of testdata/cases,
// whatever the generators do later.
//
// Not compared: events, reads, log lines, sentences for people. Payloads are
// compared as JSON, so a time counts to the second. Which of several equal pods a
// ReplicaSet deletes is random in the real controller; there the number must be
// equal, the choice must respect every rule that ranks for certain, and where
// the ranking leaves no choice the names must be equal. TestDeletionOrder
// compares the ranking itself on identical slices. A StatefulSet has names for its
// pods and claims, so only an order can be random: that of what is done for several
// pods at once, and of a pod's claims. TestRealStatefulSetAgreesWithItself shows that
// nothing else is.
//
// A DaemonSet takes nodes in random order. All that is forced must be chosen by name: nodes
// that lack a pod, pods that may not stay, old pods that are not available. Of those among
// which it may choose the number must be equal, and no others may be among them; see
// landscape. Pods of the template carry the name of their node, and nothing else of them may
// differ.
package decisions
