package decisions

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/utils/ptr"
)

// stateful draws a world for the StatefulSet controller.
type stateful struct {
	*generator
	state mood
	set   *appsv1.StatefulSet
	// defaulted: the templates are as an API server stores them.
	defaulted bool
	volumes   []corev1.Volume
	// current and update are the names of the revisions that pods are moved from and to.
	current, update string
	// muddled pods and astray claims are likely to be updated, and missing ones to be
	// created; by name.
	muddled, astray, missing []string
}

// StatefulSetWorld draws worlds for the StatefulSet controller under one policy, with
// feature gates as --feature-gates takes them: other worlds under each.
func StatefulSetWorld(
	policy appsv1.PodManagementPolicyType, gates string,
) func(seed, index uint64) *World {
	setting := fnv.New64a()
	setting.Write([]byte(string(policy) + gates))
	return func(seed, index uint64) *World {
		s := &stateful{generator: newGenerator("StatefulSet", seed^setting.Sum64(), index)}
		s.world.Gates = gates
		s.state = s.mood()
		s.draw(policy)
		s.history()
		s.pods()
		s.claims()
		s.status()
		s.disturbStateful()
		s.refuseStateful()
		return &s.world
	}
}

func (s *stateful) draw(policy appsv1.PodManagementPolicyType) {
	size := s.setSize()
	s.set = &appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{
			Name: oneOf(s.dice, "db", "db", "db", "db-1"), Namespace: namespace, UID: "statefulset",
			ResourceVersion: s.version(), Generation: int64(s.between(1, 6)),
			CreationTimestamp: metav1.NewTime(s.now.Add(-1e15)),
			Annotations:       oneOf(s.dice, nil, map[string]string{"team": "shop"}),
		},
		Spec: appsv1.StatefulSetSpec{
			Replicas:             &size,
			Selector:             s.statefulSelector(),
			VolumeClaimTemplates: s.claimTemplates(),
			ServiceName:          oneOf(s.dice, "db", "db", ""),
			PodManagementPolicy:  policy,
			UpdateStrategy:       s.updateStrategy(int(size)),
			RevisionHistoryLimit: ptr.To(oneOf[int32](s.dice, 10, 10, 10, 0, 1, 2, -1, math.MaxInt32)),
			MinReadySeconds:      oneOf[int32](s.dice, 0, 0, 10, 30),
			Ordinals:             s.ordinals(),
		},
	}
	s.set.Spec.PersistentVolumeClaimRetentionPolicy = s.retention()
	s.volumes = s.templateVolumes()
	s.defaulted = s.percent(90)
	s.set = s.at(current)
	if s.percent(3) {
		content := &s.set.Spec.Template
		*content = s.respelled(*content)
		if s.percent(50) {
			content.Spec.Containers[0].Resources.Requests[corev1.ResourceCPU] = resource.MustParse("1e0")
		}
	}
	if s.percent(1) {
		s.set.Name = strings.Repeat("long-", s.between(43, 46)) + "db"
	}
	if s.percent(5) {
		s.deletion(s.set)
	}
	s.world.StatefulSet = s.set
	if s.set.Spec.UpdateStrategy.Type == appsv1.RecreateStatefulSetStrategyType {
		// Its conditions carry the time of day, which tries push on by milliseconds.
		s.world.Offset = s.world.Offset.Truncate(time.Second)
		s.now = s.world.Now()
	}
}

// at is the StatefulSet with another version of its template.
func (s *stateful) at(version int) *appsv1.StatefulSet {
	set := s.set.DeepCopy()
	set.Spec.Template = template(version)
	set.Spec.Template.Spec.Volumes = s.volumes
	if !s.defaulted {
		return set
	}
	unavailable := set.Spec.UpdateStrategy.DeepCopy()
	legacyscheme.Scheme.Default(set)
	set.Spec.UpdateStrategy = *unavailable
	return set
}

func (s *stateful) setSize() int32 {
	switch roll := s.IntN(100); {
	case roll < 6:
		return 0
	case roll < 70:
		return s.count(1, 4)
	case roll < 95:
		return s.count(5, 9)
	}
	return s.count(10, 30)
}

func (s *stateful) statefulSelector() *metav1.LabelSelector {
	switch roll := s.IntN(1000); {
	case roll < 4:
		return invalidSelector()
	case roll < 12:
		return &metav1.LabelSelector{}
	case roll < 40:
		return &metav1.LabelSelector{
			MatchLabels: map[string]string{"app": "web"},
			MatchExpressions: []metav1.LabelSelectorRequirement{
				{Key: "tier", Operator: metav1.LabelSelectorOpIn, Values: []string{"front", "back"}},
			},
		}
	}
	return &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}
}

func (s *stateful) ordinals() *appsv1.StatefulSetOrdinals {
	if s.percent(70) {
		return nil
	}
	return &appsv1.StatefulSetOrdinals{Start: oneOf[int32](s.dice, 0, 1, 1, 2, 3, 5, 100)}
}

func (s *stateful) updateStrategy(size int) appsv1.StatefulSetUpdateStrategy {
	strategy := appsv1.StatefulSetUpdateStrategy{Type: appsv1.RollingUpdateStatefulSetStrategyType}
	recreates := 2.0
	if strings.Contains(s.world.Gates, "StatefulSetRecreateStrategy=true") {
		recreates = 35
	}
	switch {
	case s.percent(recreates):
		strategy.Type = appsv1.RecreateStatefulSetStrategyType
	case s.percent(15):
		strategy.Type = appsv1.OnDeleteStatefulSetStrategyType
	case s.percent(0.5):
		strategy.Type = "Weekly"
	}
	blocks := 85.0
	if strategy.Type != appsv1.RollingUpdateStatefulSetStrategyType {
		blocks = 40
	}
	if s.percent(blocks) {
		strategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{
			Partition: ptr.To(s.partition(size)), MaxUnavailable: s.maxUnavailable(),
		}
	}
	return strategy
}

func (s *stateful) partition(size int) int32 {
	switch roll := s.IntN(100); {
	case roll < 55:
		return 0
	case roll < 92:
		return s.count(0, size)
	}
	return int32(size) + s.count(1, 3)
}

func (s *stateful) maxUnavailable() *intstr.IntOrString {
	switch roll := s.IntN(100); {
	case roll < 25:
		return nil
	case roll < 60:
		return ptr.To(intstr.FromInt32(oneOf[int32](s.dice, 1, 1, 2, 2, 3, 5, 100)))
	case roll < 97:
		return ptr.To(intstr.FromString(oneOf(s.dice, "1%", "10%", "25%", "30%", "33%", "34%", "50%",
			"66%", "67%", "99%", "100%")))
	}
	// The API takes none of these.
	return oneOf(s.dice, ptr.To(intstr.FromInt32(0)), ptr.To(intstr.FromString("0%")),
		ptr.To(intstr.FromString("many")), ptr.To(intstr.FromInt32(-1)))
}

func (s *stateful) retention() *appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy {
	type kind = appsv1.PersistentVolumeClaimRetentionPolicyType
	const retain, delete = appsv1.RetainPersistentVolumeClaimRetentionPolicyType,
		appsv1.DeletePersistentVolumeClaimRetentionPolicyType
	if s.percent(15) {
		return nil
	}
	policy := &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
		WhenDeleted: oneOf(s.dice, retain, delete), WhenScaled: oneOf(s.dice, retain, delete),
	}
	if s.percent(2) {
		policy.WhenScaled = oneOf[kind](s.dice, "Archive", "")
	}
	return policy
}

func (s *stateful) claimTemplates() []corev1.PersistentVolumeClaim {
	var all []corev1.PersistentVolumeClaim
	for _, name := range []string{"data", "wal"}[:oneOf(s.dice, 0, 1, 1, 1, 2, 2)] {
		all = append(all, corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{
				Name: name, Labels: maps.Clone(oneOf(s.dice, nil, map[string]string{"app": "own", "disk": name})),
				Annotations: oneOf(s.dice, nil, map[string]string{"tier": "fast"}),
			},
			Spec: corev1.PersistentVolumeClaimSpec{
				AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
				Resources: corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{
					corev1.ResourceStorage: resource.MustParse("10Gi"),
				}},
			},
		})
	}
	return all
}

// templateVolumes are volumes of the pod template, at times one that a claim replaces.
func (s *stateful) templateVolumes() []corev1.Volume {
	var all []corev1.Volume
	for _, name := range oneOf(s.dice, nil, nil, []string{"cache"}, []string{"tmp", "cache"},
		[]string{"cache", "data", "tmp"}) {
		all = append(all, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{
			EmptyDir: &corev1.EmptyDirVolumeSource{},
		}})
	}
	return all
}

// podName is the name of the pod with an ordinal.
func (s *stateful) podName(ordinal int) string { return fmt.Sprintf("%s-%d", s.set.Name, ordinal) }

// start is the lowest ordinal, end the one after the highest.
func (s *stateful) start() int {
	if s.set.Spec.Ordinals == nil {
		return 0
	}
	return int(s.set.Spec.Ordinals.Start)
}

func (s *stateful) end() int { return s.start() + int(*s.set.Spec.Replicas) }
