package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// eachTakes is more volumes than any scenario has claims.
const eachTakes = 12

// makeVolumes makes enough volumes for the claims of all scenarios: nobody else makes
// them here, and one that a claim had is not used again.
func makeVolumes(ctx context.Context, client kubernetes.Interface, all []scenario) error {
	for n, s := range all {
		if !s.isStateful() {
			continue
		}
		for i := range eachTakes {
			volume := newVolume(fmt.Sprintf("volume-%d-%d", n, i))
			if _, err := client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{}); err != nil {
				return err
			}
		}
	}
	return nil
}

func newVolume(name string) *corev1.PersistentVolume {
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:    corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")},
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			PersistentVolumeSource: corev1.PersistentVolumeSource{
				HostPath: &corev1.HostPathVolumeSource{Path: "/nowhere"}},
		},
	}
}
