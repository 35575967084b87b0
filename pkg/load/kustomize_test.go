package load

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAnOverlayIsBuilt(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"base/web.yaml":              web,
		"base/kustomization.yaml":    "resources: [web.yaml]\n",
		"overlay/kustomization.yaml": "resources: [../base]\nnamespace: shop\nimages: [{name: web, newTag: \"2\"}]\n",
	})
	documents, err := Documents(Input{Kustomize: []string{filepath.Join(dir, "overlay")}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{filepath.Join(dir, "overlay") + " Deployment/web"}, places(documents)); diff != "" {
		t.Error(diff)
	}
	if namespace := documents[0].Object.GetNamespace(); namespace != "shop" {
		t.Errorf("namespace %q, want shop", namespace)
	}
}

func TestKustomizationsNeverReachTheNetwork(t *testing.T) {
	tests := map[string]string{
		"a file":            "resources: [https://192.0.2.1/web.yaml]\n",
		"a repository":      "resources: ['github.com/example/repo//deploy?ref=v1']\n",
		"ssh":               "resources: ['git@example.com:example/repo.git']\n",
		"a component":       "components: [ssh://git@example.com/repo.git]\n",
		"a patch":           "resources: [web.yaml]\npatches: [{path: HTTPS://192.0.2.1/p.yaml}]\n",
		"a generated file":  "configMapGenerator: [{name: a, files: [a=https://192.0.2.1/a]}]\n",
		"openapi":           "resources: [web.yaml]\nopenapi: {path: https://192.0.2.1/a}\n",
		"an alias":          "commonAnnotations: {a: &x 'https://192.0.2.1/web.yaml'}\nresources: [*x]\n",
		"a base below":      "resources: [below]\n",
		"a plugin":          "resources: [web.yaml]\ntransformers: [plugin.yaml]\n",
		"a plugin in place": "resources: [web.yaml]\ntransformers:\n- |-\n  apiVersion: builtin\n  kind: PatchTransformer\n  metadata: {name: a}\n  path: https://192.0.2.1/a\n",
	}
	for claim, content := range tests {
		t.Run(claim, func(t *testing.T) {
			dir := writeFiles(t, map[string]string{
				"web.yaml":                 web,
				"kustomization.yaml":       content,
				"below/kustomization.yaml": "bases: [https://192.0.2.1/x//y]\n",
				"plugin.yaml":              "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: a}\npath: https://192.0.2.1/a\n",
			})
			_, err := Documents(Input{Kustomize: []string{dir}})
			if err == nil || !strings.Contains(err.Error(), "nothing is fetched") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestWhatIsNoKustomizationIsRefused(t *testing.T) {
	dir := writeFiles(t, map[string]string{"a/web.yaml": web, "b/kustomization.yaml": "resources: [missing.yaml]\n"})
	for folder, want := range map[string]string{
		"a":       "unable to find one of 'kustomization.yaml'",
		"b":       "missing.yaml",
		"c":       "is not a folder with a kustomization",
		"a/web.y": "is not a folder with a kustomization",
	} {
		_, err := Documents(Input{Kustomize: []string{filepath.Join(dir, folder)}})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q", folder, err, want)
		}
	}
}
