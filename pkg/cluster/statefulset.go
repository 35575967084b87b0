package cluster

import (
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// ClaimsOf returns the claims of the state that pods of one of the StatefulSets have,
// had, or will have, by their names: TEMPLATE-SET-ORDINAL.
func (s *Snapshot) ClaimsOf(sets ...*appsv1.StatefulSet) []*corev1.PersistentVolumeClaim {
	prefixes := map[types.NamespacedName]bool{}
	for _, set := range sets {
		for _, template := range set.Spec.VolumeClaimTemplates {
			name := template.Name + "-" + set.Name
			prefixes[types.NamespacedName{Namespace: set.Namespace, Name: name}] = true
		}
	}
	var claims []*corev1.PersistentVolumeClaim
	for _, claim := range s.Claims {
		prefix, ok := withoutOrdinal(claim.Name)
		if ok && prefixes[types.NamespacedName{Namespace: claim.Namespace, Name: prefix}] {
			claims = append(claims, claim)
		}
	}
	return claims
}

// withoutOrdinal makes data-db of data-db-0.
func withoutOrdinal(name string) (string, bool) {
	dash := strings.LastIndexByte(name, '-')
	if dash < 0 {
		return "", false
	}
	_, err := strconv.ParseUint(name[dash+1:], 10, 31)
	return name[:dash], err == nil
}

// ServicesOf returns the Services of the state that give the pods of one of the
// StatefulSets their DNS names.
func (s *Snapshot) ServicesOf(sets ...*appsv1.StatefulSet) []*corev1.Service {
	names := map[types.NamespacedName]bool{}
	for _, set := range sets {
		names[types.NamespacedName{Namespace: set.Namespace, Name: set.Spec.ServiceName}] = true
	}
	var services []*corev1.Service
	for _, service := range s.Services {
		if names[types.NamespacedName{Namespace: service.Namespace, Name: service.Name}] {
			services = append(services, service)
		}
	}
	return services
}
