package controlplane

import (
	"os"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

var cluster *Cluster

func TestMain(m *testing.M) { os.Exit(Main(m, Options{Dir: os.Getenv("E2E_DIR")}, &cluster)) }

func TestTheServerHasTheVersionOfItsModule(t *testing.T) {
	Need(t)
	version, err := kubernetes.NewForConfigOrDie(cluster.Config("nobody")).Discovery().ServerVersion()
	if err != nil {
		t.Fatal(err)
	}
	if version.GitVersion != "v1.37.0" || version.Major != "1" || version.Minor != "37" {
		t.Errorf("the server says that it is %+v", version)
	}
}

// Reader and writer may do what docs/rbac.yaml grants. Nobody at all reads Secrets.
func TestUsersMayDoWhatTheirRoleSays(t *testing.T) {
	Need(t)
	for _, test := range []struct {
		user, verb, group, resource string
		allowed                     bool
	}{
		{"reader", "list", "apps", "deployments", true},
		{"reader", "list", "", "pods", true},
		{"reader", "patch", "apps", "deployments", false},
		{"writer", "patch", "apps", "deployments", true},
		{"writer", "create", "apps", "deployments", true},
		{"writer", "list", "", "pods", true},
		{"writer", "create", "", "pods", false},
		{"nobody", "list", "apps", "deployments", false},
		{"reader", "get", "", "secrets", false},
		{"writer", "get", "", "secrets", false},
		{"reader", "list", "", "configmaps", false},
	} {
		answer, err := kubernetes.NewForConfigOrDie(cluster.Config(test.user)).AuthorizationV1().
			SelfSubjectAccessReviews().Create(t.Context(), &authorizationv1.SelfSubjectAccessReview{
			Spec: authorizationv1.SelfSubjectAccessReviewSpec{
				ResourceAttributes: &authorizationv1.ResourceAttributes{
					Namespace: "default", Verb: test.verb, Group: test.group, Resource: test.resource,
				},
			},
		}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if answer.Status.Allowed != test.allowed {
			t.Errorf("%s may %s %s: %v", test.user, test.verb, test.resource, answer.Status.Allowed)
		}
	}
}
