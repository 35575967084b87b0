// Package controlplane builds and starts a real control plane: etcd, kube-apiserver,
// kube-controller-manager and kube-scheduler of Kubernetes 1.37, and kwok in the place of the
// kubelets. All of them are built from their Go modules, once, into conformance/.bin.
//
// A test that wants one of its own says
//
//	cluster := controlplane.Start(t, controlplane.Options{})
//	client := kubernetes.NewForConfigOrDie(cluster.Config("admin"))
//
// A package whose tests share one says so in TestMain, and each test takes a namespace:
//
//	func TestMain(m *testing.M) { os.Exit(controlplane.Main(m, controlplane.Options{}, &cluster)) }
//
// # Who may do what
//
// Users are told apart by tokens, and what they may do by RBAC. "admin" may do everything,
// "reader" and "writer" what docs/rbac.yaml grants and nothing else, "nobody" nothing at all.
//
// # Pods
//
// No container runs. A pod becomes Ready a while after it was bound (Options.PodReadyAfter), and
// goes a while after it was deleted (Options.PodGoneAfter). Two annotations of a pod change that:
//
//	test/ready-after: 500ms    a time of its own; also as an instant, 2026-01-02T15:04:05.5Z
//	test/broken: "true"        never ready: its image cannot be pulled
//
// # The end
//
// No process outlives the program that started it: not when a test ends or panics, not when the
// program is interrupted, and (on Linux) not when it is killed.
package controlplane
