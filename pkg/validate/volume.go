package validate

import (
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// volumes returns those that can be mounted: one that is refused counts as absent.
// Follows pkg/apis/core/validation/validation.go ValidateVolumes, v1.37.0.
func (r *review) volumes(at *field.Path, volumes []corev1.Volume) map[string]*corev1.Volume {
	mountable := map[string]*corev1.Volume{}
	for i := range volumes {
		volume, name, before := &volumes[i], at.Index(i).Child("name"), len(r.refusals)
		r.volumeSource(at.Index(i), &volume.VolumeSource)
		if r.required(name, volume.Name) {
			r.conforms(name, volume.Name, validation.IsDNS1123Label, dnsLabel)
		}
		if mountable[volume.Name] != nil {
			r.refuse(name, "%q is there twice", volume.Name)
		}
		if len(r.refusals) == before {
			mountable[volume.Name] = volume
		}
	}
	return mountable
}

// volumeSource looks into the first source and refuses those after it, in the
// server's order and spelling.
// Follows pkg/apis/core/validation/validation.go validateVolumeSource, v1.37.0.
func (r *review) volumeSource(at *field.Path, source *corev1.VolumeSource) {
	found := false
	for _, kind := range sourcesOf(source) {
		switch {
		case !kind.given:
		case found:
			r.refuse(at.Child(kind.key), "is one source too many")
		default:
			found = true
			r.knownSource(at, source, kind.key)
		}
	}
	if !found {
		r.refuse(at, "says not where it comes from")
	}
}

// source is a kind of volume, by the key that the server names.
type source struct {
	key   string
	given bool
}

func sourcesOf(s *corev1.VolumeSource) []source {
	return []source{
		{"emptyDir", s.EmptyDir != nil},
		{"hostPath", s.HostPath != nil},
		{"gitRepo", s.GitRepo != nil},
		{"gcePersistentDisk", s.GCEPersistentDisk != nil},
		{"awsElasticBlockStore", s.AWSElasticBlockStore != nil},
		{"secret", s.Secret != nil},
		{"nfs", s.NFS != nil},
		{"iscsi", s.ISCSI != nil},
		{"glusterfs", s.Glusterfs != nil},
		{"flocker", s.Flocker != nil},
		{"persistentVolumeClaim", s.PersistentVolumeClaim != nil},
		{"rbd", s.RBD != nil},
		{"cinder", s.Cinder != nil},
		{"cephFS", s.CephFS != nil},
		{"quobyte", s.Quobyte != nil},
		{"downwarAPI", s.DownwardAPI != nil},
		{"fc", s.FC != nil},
		{"flexVolume", s.FlexVolume != nil},
		{"configMap", s.ConfigMap != nil},
		{"azureFile", s.AzureFile != nil},
		{"vsphereVolume", s.VsphereVolume != nil},
		{"photonPersistentDisk", s.PhotonPersistentDisk != nil},
		{"portworxVolume", s.PortworxVolume != nil},
		{"azureDisk", s.AzureDisk != nil},
		{"storageos", s.StorageOS != nil},
		{"projected", s.Projected != nil},
		{"scaleIO", s.ScaleIO != nil},
		{"csi", s.CSI != nil},
		{"ephemeral", s.Ephemeral != nil},
		{"image", s.Image != nil},
	}
}

// knownSource looks into the sources that most workloads use; the others are
// left to the server.
func (r *review) knownSource(at *field.Path, s *corev1.VolumeSource, key string) {
	switch key {
	case "emptyDir":
		if limit := s.EmptyDir.SizeLimit; limit != nil && limit.Sign() < 0 {
			r.refuse(at.Child(key, "sizeLimit"), "is %s, below 0", limit.String())
		}
	case "hostPath":
		r.hostPath(at.Child(key), s.HostPath)
	case "secret":
		r.required(at.Child(key, "secretName"), s.Secret.SecretName)
		r.mode(at.Child(key, "defaultMode"), s.Secret.DefaultMode)
		r.items(at.Child(key, "items"), s.Secret.Items)
	case "persistentVolumeClaim":
		r.required(at.Child(key, "claimName"), s.PersistentVolumeClaim.ClaimName)
	case "downwarAPI":
		r.mode(at.Child("downwardAPI", "defaultMode"), s.DownwardAPI.DefaultMode)
	case "configMap":
		r.required(at.Child(key, "name"), s.ConfigMap.Name)
		r.mode(at.Child(key, "defaultMode"), s.ConfigMap.DefaultMode)
		r.items(at.Child(key, "items"), s.ConfigMap.Items)
	case "projected":
		r.projected(at.Child(key), s.Projected)
	case "ephemeral":
		if s.Ephemeral.VolumeClaimTemplate == nil {
			r.refuse(at.Child(key, "volumeClaimTemplate"), "is required")
		}
	}
}

// hostPath follows pkg/apis/core/validation/validation.go validateHostPathVolumeSource, v1.37.0.
func (r *review) hostPath(at *field.Path, source *corev1.HostPathVolumeSource) {
	if !r.required(at.Child("path"), source.Path) {
		return
	}
	r.inside(at.Child("path"), source.Path)
	if source.Type != nil {
		oneOf(r, at.Child("type"), *source.Type, corev1.HostPathUnset, corev1.HostPathDirectoryOrCreate,
			corev1.HostPathDirectory, corev1.HostPathFileOrCreate, corev1.HostPathFile,
			corev1.HostPathSocket, corev1.HostPathCharDev, corev1.HostPathBlockDev)
	}
}

// projected follows pkg/apis/core/validation/validation.go
// validateProjectionSources, v1.37.0, which names a token's path at the volume.
func (r *review) projected(at *field.Path, source *corev1.ProjectedVolumeSource) {
	r.mode(at.Child("defaultMode"), source.DefaultMode)
	taken := map[string]bool{}
	for i, part := range source.Sources {
		path := at.Child("sources").Index(i)
		if sources := count(part.Secret != nil, part.ConfigMap != nil, part.DownwardAPI != nil,
			part.ServiceAccountToken != nil, part.ClusterTrustBundle != nil); sources > 1 {
			r.refuse(path, "names %d sources: there can be one", sources)
		}
		if part.Secret != nil {
			r.required(path.Child("secret", "name"), part.Secret.Name)
			r.items(path.Child("secret", "items"), part.Secret.Items)
			r.apart(at, taken, part.Secret.Items)
		}
		if part.ConfigMap != nil {
			r.required(path.Child("configMap", "name"), part.ConfigMap.Name)
			r.items(path.Child("configMap", "items"), part.ConfigMap.Items)
			r.apart(at, taken, part.ConfigMap.Items)
		}
		if token := part.ServiceAccountToken; token != nil {
			if r.required(at.Child("path"), token.Path) && !r.allowed.strayTokens {
				r.belowVisibly(at.Child("path"), token.Path)
			}
			if seconds := token.ExpirationSeconds; seconds != nil && (*seconds < 600 || *seconds > 1<<32) {
				r.refuse(path.Child("serviceAccountToken", "expirationSeconds"),
					"is %d: it can be 600 to %d", *seconds, int64(1)<<32)
			}
		}
	}
}

// items follows pkg/apis/core/validation/validation.go validateKeyToPath, v1.37.0.
func (r *review) items(at *field.Path, items []corev1.KeyToPath) {
	for i, item := range items {
		r.required(at.Index(i).Child("key"), item.Key)
		if r.required(at.Index(i).Child("path"), item.Path) {
			r.belowVisibly(at.Index(i).Child("path"), item.Path)
		}
		r.mode(at.Index(i).Child("mode"), item.Mode)
	}
}

// apart refuses files that several parts of a projected volume would write.
func (r *review) apart(at *field.Path, taken map[string]bool, items []corev1.KeyToPath) {
	for _, item := range items {
		if taken[item.Path] {
			r.refuse(at, "%q is written twice", item.Path)
		}
		taken[item.Path] = item.Path != ""
	}
}

func count(given ...bool) int {
	n := 0
	for _, set := range given {
		if set {
			n++
		}
	}
	return n
}

func (r *review) mode(at *field.Path, mode *int32) {
	if mode != nil && (*mode < 0 || *mode > 0o777) {
		r.refuse(at, "is %#o: it can be 0 to 0777", *mode)
	}
}

// below refuses a path that does not stay below where it begins.
func (r *review) below(at *field.Path, text string) {
	if path.IsAbs(text) {
		r.refuse(at, "%q begins with '/'", text)
	}
	r.inside(at, text)
}

// belowVisibly refuses names that a kubelet keeps for itself too: "..data".
// Follows pkg/apis/core/validation/validation.go ValidateLocalNonReservedPath, v1.37.0.
func (r *review) belowVisibly(at *field.Path, text string) {
	r.below(at, text)
	if strings.HasPrefix(text, "..") {
		r.refuse(at, "%q begins with '..'", text)
	}
}

func (r *review) inside(at *field.Path, text string) {
	if slices.Contains(strings.Split(text, "/"), "..") {
		r.refuse(at, "%q goes up with '..'", text)
	}
}
