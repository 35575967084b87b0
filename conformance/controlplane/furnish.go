package controlplane

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes"
)

//go:embed kwok.yaml
var kwokStages string

// stages is what kwok is to do, with the times of the options.
func (o Options) stages() string {
	return strings.NewReplacer(
		"READY_AFTER", strconv.FormatInt(o.PodReadyAfter.Milliseconds(), 10),
		"GONE_AFTER", strconv.FormatInt(o.PodGoneAfter.Milliseconds(), 10),
	).Replace(kwokStages)
}

// furnish creates what a cluster needs before work: nodes, and the roles of docs/rbac.yaml bound
// to the users that bear their names. It returns when a Deployment has rolled out and is gone.
func (c *Cluster) furnish(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(c.Config("admin"))
	if err != nil {
		return err
	}
	for i := range c.options.Nodes {
		if _, err := client.CoreV1().Nodes().Create(ctx, node(i+1), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	if err := c.bindRoles(ctx, client); err != nil {
		return err
	}
	return c.prove(ctx, client)
}

// node is node1, node2, … in three zones, large enough for most tests and small enough to fill.
func node(number int) *corev1.Node {
	name := fmt.Sprintf("node%d", number)
	has := corev1.ResourceList{
		corev1.ResourceCPU:    resource.MustParse("32"),
		corev1.ResourceMemory: resource.MustParse("256Gi"),
		corev1.ResourcePods:   resource.MustParse("110"),
	}
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
			corev1.LabelHostname:     name,
			corev1.LabelOSStable:     "linux",
			corev1.LabelTopologyZone: fmt.Sprintf("zone%d", (number-1)%3+1),
		}},
		Status: corev1.NodeStatus{Capacity: has, Allocatable: has},
	}
}

// bindRoles grants reader and writer what docs/rbac.yaml says and nothing else.
func (c *Cluster) bindRoles(ctx context.Context, client kubernetes.Interface) error {
	roles, err := readRoles(filepath.Join(c.root, "..", "docs", "rbac.yaml"))
	if err != nil {
		return err
	}
	for i := range roles {
		if _, err := client.RbacV1().ClusterRoles().Create(ctx, &roles[i], metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	bound := map[string]string{"reader": "kubectl-workload-read", "writer": "kubectl-workload-write"}
	for user, role := range bound {
		binding := &rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: user},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}},
		}
		if _, err := client.RbacV1().ClusterRoleBindings().Create(ctx, binding, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return nil
}

func readRoles(path string) ([]rbacv1.ClusterRole, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	documents := yaml.NewYAMLOrJSONDecoder(file, 4096)
	var roles []rbacv1.ClusterRole
	for {
		var role rbacv1.ClusterRole
		err := documents.Decode(&role)
		if errors.Is(err, io.EOF) {
			return roles, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if role.Kind == "ClusterRole" {
			roles = append(roles, role)
		}
	}
}

// prove rolls a Deployment out and takes it away: after that every component is known to work,
// and a test does not measure how long one took to start.
func (c *Cluster) prove(ctx context.Context, client kubernetes.Interface) error {
	deployments := client.AppsV1().Deployments("default")
	labels := map[string]string{"app": "proof"}
	proof := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "proof"},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels, Annotations: map[string]string{"test/ready-after": "1ms"}},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "proof", Image: "proof"}}},
			},
		},
	}
	if _, err := deployments.Create(ctx, proof, metav1.CreateOptions{}); err != nil {
		return err
	}
	err := c.await(ctx, "a first Deployment to roll out", func(ctx context.Context) error {
		now, err := deployments.Get(ctx, "proof", metav1.GetOptions{})
		if err == nil && now.Status.AvailableReplicas != 1 {
			err = errors.New("its pod is not available")
		}
		return err
	})
	if err != nil {
		return err
	}
	foreground := metav1.DeletePropagationForeground
	if err := deployments.Delete(ctx, "proof", metav1.DeleteOptions{PropagationPolicy: &foreground}); err != nil {
		return err
	}
	return c.await(ctx, "the first Deployment to go", func(ctx context.Context) error {
		_, err := deployments.Get(ctx, "proof", metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return nil
		}
		return errors.Join(err, errors.New("it is still there"))
	})
}
