// Package defaulting draws random workloads. Its tests compare pkg/defaults with
// the defaulting, the storage and the template hash of the API server and the
// Deployment controller.
package defaulting

import (
	"math/rand"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/randfill"
)

// Seed is 1, so that a red run means a broken change, unless the environment
// variable SEED holds a number or the word random.
func Seed(t testing.TB) int64 {
	t.Helper()
	number := int64(1)
	switch text := os.Getenv("SEED"); text {
	case "":
	case "random":
		number = time.Now().UnixNano()
	default:
		parsed, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Fatalf("SEED=%q: want a number or random", text)
		}
		number = parsed
	}
	t.Logf("SEED=%d", number)
	return number
}

// Generator draws objects in which any field may be set or left out.
type Generator struct {
	filler *randfill.Filler
}

// NewGenerator returns one that draws the same objects for the same seed.
func NewGenerator(seed int64) *Generator {
	source := rand.NewSource(seed)
	filler := randfill.New().RandSource(source).NilChance(0.3).NumElements(0, 2).MaxDepth(100)
	g := &Generator{filler: filler}
	filler.Funcs(
		fillText, fillInt32, fillBool, fillQuantity, fillIntOrString, fillTime,
		maybe[string], maybe[int32], maybe[bool], maybe[resource.Quantity], maybe[intstr.IntOrString],
		fillResources, fillVolume, fillContainer, fillEphemeral, fillStrategy, fillUpdateStrategy, fillDaemonStrategy,
		fillMeta, fillImage,
	)
	return g
}

// Deployment draws one without status.
func (g *Generator) Deployment() *appsv1.Deployment {
	d := &appsv1.Deployment{}
	g.filler.Fill(&d.ObjectMeta)
	g.filler.Fill(&d.Spec)
	return d
}

// ReplicaSet draws one without status.
func (g *Generator) ReplicaSet() *appsv1.ReplicaSet {
	rs := &appsv1.ReplicaSet{}
	g.filler.Fill(&rs.ObjectMeta)
	g.filler.Fill(&rs.Spec)
	return rs
}

// StatefulSet draws one without status, nine of ten with claim templates.
func (g *Generator) StatefulSet() *appsv1.StatefulSet {
	set := &appsv1.StatefulSet{}
	g.filler.Fill(&set.ObjectMeta)
	g.filler.Fill(&set.Spec)
	for range 3 {
		if templates := &set.Spec.VolumeClaimTemplates; len(*templates) == 0 {
			g.filler.Fill(templates)
		}
	}
	return set
}

// DaemonSet draws one without status.
func (g *Generator) DaemonSet() *appsv1.DaemonSet {
	ds := &appsv1.DaemonSet{}
	g.filler.Fill(&ds.ObjectMeta)
	g.filler.Fill(&ds.Spec)
	return ds
}

// maybe leaves every third pointer nil. It is needed because the filler takes a
// function that fills a T for one that fills a field of type *T, never nil.
func maybe[T any](field **T, c randfill.Continue) {
	*field = nil
	if c.Intn(3) > 0 {
		*field = new(T)
		c.Fill(*field)
	}
}

// Image draws a name of an image, well formed or not.
func (g *Generator) Image() string {
	var name imageName
	g.filler.Fill(&name)
	return string(name)
}

type imageName string

func fillImage(name *imageName, c randfill.Continue) { *name = imageName(image(c)) }

// fillText leaves every other text empty, which is what most defaults replace.
func fillText(s *string, c randfill.Continue) {
	words := [...]string{"", "", "", "a", "b/c", "1"}
	*s = words[c.Intn(len(words))]
}

func fillInt32(n *int32, c randfill.Continue) { *n = int32(c.Intn(5) - 1) }

func fillBool(b *bool, c randfill.Continue) { *b = c.Intn(2) == 0 }

func fillTime(t *metav1.Time, c randfill.Continue) {
	*t = metav1.Unix(int64(c.Intn(1<<30)), 0)
}

// fillQuantity draws amounts below a thousandth, above int64, negative, and in
// forms that are not canonical.
func fillQuantity(q *resource.Quantity, c randfill.Continue) {
	texts := [...]string{
		"0", "1", "1000m", "0.5", "0.5m", "1u", "1500u", "3n", "1024Mi", "1Gi", "1.5Gi", "0.1Ki",
		"1e3", "1E", "100k", "-1", "-0.0005", "1000", "0.00000000001", "123456789123456789123",
		"9223372036854775807", "0.0001Ki", "12345678901234567.1234",
	}
	*q = resource.MustParse(texts[c.Intn(len(texts))])
}

func fillIntOrString(v *intstr.IntOrString, c randfill.Continue) {
	values := [...]intstr.IntOrString{
		intstr.FromInt32(0), intstr.FromInt32(3), intstr.FromString(""), intstr.FromString("30%"),
	}
	*v = values[c.Intn(len(values))]
}

func fillResources(list *corev1.ResourceList, c randfill.Continue) {
	names := [...]corev1.ResourceName{"cpu", "memory", "ephemeral-storage", "example.com/device"}
	*list = nil
	for i := c.Intn(4); i > 0; i-- {
		if *list == nil {
			*list = corev1.ResourceList{}
		}
		var amount resource.Quantity
		c.Fill(&amount)
		(*list)[names[c.Intn(len(names))]] = amount
	}
}

// fillVolume draws volumes with no source, with one, and with several.
func fillVolume(v *corev1.Volume, c randfill.Continue) {
	if c.Intn(5) == 0 {
		v.Name = "empty"
		return
	}
	c.FillNoCustom(v)
	if v.Image != nil {
		v.Image.Reference = image(c)
	}
}

func fillContainer(container *corev1.Container, c randfill.Continue) {
	c.FillNoCustom(container)
	container.Image = image(c)
}

func fillEphemeral(container *corev1.EphemeralContainerCommon, c randfill.Continue) {
	c.FillNoCustom(container)
	container.Image = image(c)
}

func fillStrategy(s *appsv1.DeploymentStrategy, c randfill.Continue) {
	c.FillNoCustom(s)
	types := [...]appsv1.DeploymentStrategyType{"", "RollingUpdate", "Recreate", "Other"}
	s.Type = types[c.Intn(len(types))]
}

func fillUpdateStrategy(s *appsv1.StatefulSetUpdateStrategy, c randfill.Continue) {
	c.FillNoCustom(s)
	types := [...]appsv1.StatefulSetUpdateStrategyType{"", "RollingUpdate", "OnDelete", "Recreate", "Other"}
	s.Type = types[c.Intn(len(types))]
}

func fillDaemonStrategy(s *appsv1.DaemonSetUpdateStrategy, c randfill.Continue) {
	c.FillNoCustom(s)
	types := [...]appsv1.DaemonSetUpdateStrategyType{"", "RollingUpdate", "OnDelete", "Other"}
	s.Type = types[c.Intn(len(types))]
}

func fillMeta(meta *metav1.ObjectMeta, c randfill.Continue) {
	c.FillNoCustom(meta)
	meta.ManagedFields = nil // holds raw JSON, which no default touches
}

// image joins pieces of image names, well formed and not.
func image(c randfill.Continue) string {
	hosts := [...]string{
		"", "", "", "docker.io/", "index.docker.io/", "localhost/", "localhost:5000/", "example.com/",
		"Example/", "example.com:80/", "example:x/", "[::1]/", "[::1]:5000/", "[fe80%eth0]/", "a_b.c/",
		"-a.b/", "a..b/", "10.0.0.1:/", "team/", "/", "[]/", "[::1/", "É/",
	}
	paths := [...]string{
		"web", "web", "team/web", "a/b/c", "Web", "a__b", "a___b", "a--b", "a.-b", "a.b_c", "a-", "",
		"library/web", "web/", "wéb", strings.Repeat("a", 246), strings.Repeat("a", 247),
		strings.Repeat("a", 248), strings.Repeat("b", 64), strings.Repeat("a", 120) + "/" +
			strings.Repeat("a", 134), strings.Repeat("a", 256),
	}
	tags := [...]string{
		"", "", ":latest", ":latest", ":1.2", ":", ":Latest", ":latest:latest", ":-", ":l@test", ":latest/x",
	}
	digests := [...]string{
		"", "", "", "@", "@sha256:" + strings.Repeat("0", 64), "@sha256:" + strings.Repeat("A", 64),
		"@sha512:" + strings.Repeat("a", 128), "@sha384:" + strings.Repeat("9", 96), "@latest",
		"@md5:" + strings.Repeat("0", 32), "@sha256:" + strings.Repeat("0", 63),
		"@sha256:" + strings.Repeat("0", 64) + "@x", "@sha256", "@SHA256:" + strings.Repeat("0", 64),
	}
	return hosts[c.Intn(len(hosts))] + paths[c.Intn(len(paths))] +
		tags[c.Intn(len(tags))] + digests[c.Intn(len(digests))]
}
