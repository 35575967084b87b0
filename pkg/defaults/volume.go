package defaults

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// volume fills in a volume by what it comes from; one that comes from nothing
// becomes an emptyDir.
// Follows pkg/apis/core/v1/defaults.go SetDefaults_Volume, v1.37.0.
func volume(v *corev1.Volume, profile kubeversion.Profile) {
	if v.VolumeSource == (corev1.VolumeSource{}) {
		v.EmptyDir = &corev1.EmptyDirVolumeSource{}
	}
	imageVolume(v.Image, profile)
	if v.HostPath != nil {
		pointer(&v.HostPath.Type, corev1.HostPathUnset)
	}
	fileVolume(&v.VolumeSource)
	projected(v.Projected)
	networkVolume(&v.VolumeSource)
	azureDisk(v.AzureDisk)
	ephemeral(v.Ephemeral)
}

// imageVolume does nothing before 1.35, whose servers drop the source: the
// ImageVolume gate was off.
// Follows pkg/apis/core/v1/defaults.go SetDefaults_Volume, v1.37.0.
func imageVolume(source *corev1.ImageVolumeSource, profile kubeversion.Profile) {
	if source != nil && profile.MountsImages() {
		value(&source.PullPolicy, pullPolicy(source.Reference))
	}
}

// fileVolume fills in the mode of volumes whose files a kubelet writes.
// Follows pkg/apis/core/v1/defaults.go SetDefaults_SecretVolumeSource,
// SetDefaults_ConfigMapVolumeSource and SetDefaults_DownwardAPIVolumeSource, v1.37.0.
func fileVolume(source *corev1.VolumeSource) {
	if source.Secret != nil {
		pointer(&source.Secret.DefaultMode, corev1.SecretVolumeSourceDefaultMode)
	}
	if source.ConfigMap != nil {
		pointer(&source.ConfigMap.DefaultMode, corev1.ConfigMapVolumeSourceDefaultMode)
	}
	if source.DownwardAPI != nil {
		pointer(&source.DownwardAPI.DefaultMode, corev1.DownwardAPIVolumeSourceDefaultMode)
		downwardFiles(source.DownwardAPI.Items)
	}
}

func downwardFiles(files []corev1.DownwardAPIVolumeFile) {
	for i := range files {
		fieldSelector(files[i].FieldRef)
	}
}

// projected fills in a volume made of several sources; a token lasts an hour.
// Follows pkg/apis/core/v1/defaults.go SetDefaults_ProjectedVolumeSource and
// SetDefaults_ServiceAccountTokenProjection, v1.37.0.
func projected(source *corev1.ProjectedVolumeSource) {
	if source == nil {
		return
	}
	pointer(&source.DefaultMode, corev1.ProjectedVolumeSourceDefaultMode)
	for i := range source.Sources {
		if downward := source.Sources[i].DownwardAPI; downward != nil {
			downwardFiles(downward.Items)
		}
		if token := source.Sources[i].ServiceAccountToken; token != nil {
			pointer(&token.ExpirationSeconds, 3600)
		}
	}
}

// networkVolume fills in iscsi, rbd and scaleIO.
// Follows pkg/apis/core/v1/zz_generated.defaults.go SetObjectDefaults_Pod, v1.37.0.
func networkVolume(source *corev1.VolumeSource) {
	if source.ISCSI != nil {
		value(&source.ISCSI.ISCSIInterface, "default")
	}
	if source.RBD != nil {
		value(&source.RBD.RBDPool, "rbd")
		value(&source.RBD.RadosUser, "admin")
		value(&source.RBD.Keyring, "/etc/ceph/keyring")
	}
	if source.ScaleIO != nil {
		value(&source.ScaleIO.StorageMode, "ThinProvisioned")
		value(&source.ScaleIO.FSType, "xfs")
	}
}

// azureDisk fills in a disk of Azure.
// Follows pkg/apis/core/v1/zz_generated.defaults.go SetObjectDefaults_Pod, v1.37.0.
func azureDisk(source *corev1.AzureDiskVolumeSource) {
	if source == nil {
		return
	}
	pointer(&source.CachingMode, corev1.AzureDataDiskCachingReadWrite)
	pointer(&source.FSType, "ext4")
	pointer(&source.ReadOnly, false)
	pointer(&source.Kind, corev1.AzureSharedBlobDisk)
}

// ephemeral fills in the claim that each pod gets of its own.
// Follows pkg/apis/core/v1/zz_generated.defaults.go SetObjectDefaults_StatefulSet, v1.37.0.
func ephemeral(source *corev1.EphemeralVolumeSource) {
	if source != nil && source.VolumeClaimTemplate != nil {
		claimSpec(&source.VolumeClaimTemplate.Spec)
	}
}
