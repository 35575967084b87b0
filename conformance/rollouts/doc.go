// Package rollouts compares whole rollouts: what the real controllers of Kubernetes
// 1.37 make of a change, those of Deployments and ReplicaSets together, that of
// StatefulSets or that of DaemonSets, and what pkg/simulate says that they make of it.
//
// The real controllers run in a testing/synctest bubble, over a clientset whose
// writes work: a store gives objects identities, numeric versions, generations and
// times cut to seconds, keeps spec and status apart, refuses old versions and names
// that are taken, lets pods terminate, binds claims, keeps them while pods use them and
// deletes them when their owners are gone. A stand-in for the kubelets lets pods become
// ready and go, and deals out the latencies; the simulation is then given the same ones.
// Every pod of a ReplicaSet gets a deletion cost of its own, so that which pod is deleted
// is determined.
//
// A world is first played by the real controllers up to some instant, often in the
// middle of a rollout. All objects of that instant are the state that both sides
// start from, with freshly started controllers; then the change is made.
//
//	go test ./rollouts -count=1                     500 worlds and more, fixed seed
//	SEED=random go test ./rollouts -count=1         other worlds; the seed is printed
//	SEED=7 ROLLOUTS=5000 go test ./rollouts         more of them
//	SEED=7 ONE=42 go test ./rollouts -run TestRollouts -v
//	                                                one world, with everything printed
//	SEED=7 ONE=42 RACING=1 go test ./rollouts -run TestRollouts -v
//	                                                the same with racing controllers
//	SEED=7 ONE=42 GATES=MaxUnavailableStatefulSet=false go test ./rollouts -run TestStatefulSets -v
//	                                                one world with a StatefulSet
//	SEED=7 ONE=42 go test ./rollouts -run TestDaemonSets -v
//	                                                one world with a DaemonSet
//
// # What is compared
//
// Everything that the stand-in sets off is at a tick of 100 ms, no two pods at the
// same one. All that the controllers do until the next tick is one instant.
//
// In TestRollouts the real controllers take their time before each sync: 1 ms for
// the ReplicaSet controller, 4 ms for the Deployment controller. Then caches are up
// to date and ReplicaSets are quiet whenever a Deployment is synced, which is the
// order of a simulation, and everything must be equal:
//
//   - the size of each ReplicaSet after each instant at which it changed, and when
//     it was created and removed;
//   - which pods are created and deleted at each instant, by owner and place among
//     the pods of their owner;
//   - at the end: which ReplicaSets there are; of each of them and of the Deployment
//     generation, creation time, labels, annotations, owner, size, template,
//     selector, status with observedGeneration, and conditions with type, status,
//     reason, message and times to the second.
//
// In TestRacing the real controllers sync as soon as they are told. Then it is not
// determined in how many steps a size changes within an instant, which conflicts
// there are (a conflict can cost a condition its reason: the second try finds the
// ReplicaSet that the first one created), how a resize in the middle of a rollout
// is shared out (the second ReplicaSet of a batch can meet a stale first one), and
// whether pods that are unwanted a moment later are created at all. So there nine
// of ten rollouts must still be equal in all, and each of them at the end but for
// generations, the times of conditions, and the Progressing condition. Where the
// real controllers skipped pods that the simulation creates and deletes within one
// instant, their latencies are unknown and the ends are not compared.
//
// In both, at every single write: the sizes together stay within replicas +
// maxSurge, and available pods at or above replicas - maxUnavailable where nobody
// scales.
//
// # StatefulSets
//
// TestStatefulSets draws 500 worlds with the gates as they are, and half as many each
// without MaxUnavailableStatefulSet and with StatefulSetRecreateStrategy. The controller
// takes 1 ms before each sync. Pods may become ready, and go, at one instant. Beside edits
// there are accidents, some of them at the very moment of the change: pods fail, succeed,
// crash or are deleted by a person, claims are deleted or lose their volumes, the
// StatefulSet is deleted with or without what it owns and created again. Equal must be:
//
//   - which pods are created and deleted at each instant, by name and revision, and which
//     claims come and go;
//   - at the end the StatefulSet, its revisions and its claims: labels, owners, spec, data,
//     whole status, conditions with times to the second.
//
// The garbage collector and the protection of claims act at the instant at which a pod is
// gone. A rollout that has not come to rest after a quarter of an hour goes on for ever:
// then there is no end to compare, and the simulation, left alone, has to say that it never
// settles. Where an orphan that is being deleted keeps its name from a new pod, instants are
// not compared: how often the controller has tried by then depends on a race.
//
// # DaemonSets
//
// TestDaemonSets draws 600 worlds. The controller takes 1 ms before each sync. Before the
// change and by it nodes join, leave, are cordoned, tainted and labelled, stop and go on:
// pods neither start nor stop on nodes that are not ready, and those of a node that is gone
// go after 40 s. Pods fail, crash, are deleted by a person, or have a double on their node.
//
// Which node goes first is left to chance by Kubernetes. So what a pod takes to become
// ready goes by the order of creation, is the same for all where nodes stop, and all pods
// take equally long to go. Then equal must be, within 100 ms:
//
//   - how many pods are created, become ready, are deleted and are gone at each instant, of
//     the newest revision and of older ones;
//   - at the end which nodes have pods, how many pods there are at the newest revision and at
//     older ones, and the DaemonSet and its revisions, all but UIDs and versions.
//
// No two pods become ready at the same fraction of a second: the controller puts off one look
// at most, by whole seconds, and at the very moment of that look a race would decide whether
// another one is planned. It starts with the looks that it would have planned had it seen the
// pods of the first state become ready. What it plans as it starts
// counts from the change on, unless something happens at that very moment.
//
// Drawn again are worlds in which the nodes differ in a way that matters: a rolling update
// takes pods on nodes that would not get one now for pods like all others, so it may lose
// time with them or not; with a surge and pods that take different times, it matters on which
// nodes an old pod is ready. Where pods are at several old revisions, which of those are
// forgotten is chance, and revisions are not compared. A world of a seed can come to another
// first state each time, for the same reason.
//
// Bounds hold at every write: one pod that stays on a node, two with a surge; and no more
// nodes without a ready pod than maxUnavailable, or than there were.
//
// # Limited requests
//
// In TestLimited the controllers have real clients with real rate limiters and post
// their events; requests go to the store as they would over a network, and take 3 ms.
// All pods of a world take the same time. Compared is how long the rollout takes: what
// happens in between depends on milliseconds.
//
// Not compared: UIDs, versions, names of pods of ReplicaSets, events, the order within an
// instant.
package rollouts
