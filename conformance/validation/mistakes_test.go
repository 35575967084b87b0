package validation_test

import (
	"math/rand/v2"
	"reflect"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// breakOne changes one value somewhere in the Deployment: any field of those
// below, set to a value that is right, wrong or empty. It returns what it did.
func breakOne(d *appsv1.Deployment, dice *rand.Rand) string {
	return breakIn(placesIn(&d.ObjectMeta, &d.Spec), dice)
}

func breakIn(places []place, dice *rand.Rand) string {
	place := places[dice.IntN(len(places))]
	return place.path + " " + change(place.value, dice)
}

// place is a value in an object that can be set.
type place struct {
	path  string
	value reflect.Value
}

// placesIn takes pointers to the two.
func placesIn(meta *metav1.ObjectMeta, spec any) []place {
	var places []place
	walk("metadata", reflect.ValueOf(meta).Elem(), &places)
	walk("spec", reflect.ValueOf(spec).Elem(), &places)
	return places
}

// walk lists values at every depth, those that the rules know. What we leave to
// the server is left alone.
func walk(path string, value reflect.Value, places *[]place) {
	if leftToServer(path) {
		return
	}
	switch value.Interface().(type) {
	case resource.Quantity, metav1.Time, intstr.IntOrString:
		*places = append(*places, place{path, value})
		return
	}
	switch value.Kind() {
	case reflect.Struct:
		for i := range value.NumField() {
			walk(path+"."+value.Type().Field(i).Name, value.Field(i), places)
		}
	case reflect.Pointer:
		*places = append(*places, place{path, value})
		if !value.IsNil() {
			walk(path, value.Elem(), places)
		}
	case reflect.Slice:
		*places = append(*places, place{path, value})
		for i := range value.Len() {
			walk(path+"[]", value.Index(i), places)
		}
	case reflect.Map, reflect.String, reflect.Int32, reflect.Int64, reflect.Bool:
		*places = append(*places, place{path, value})
	}
}

// leftToServer lists what pkg/validate does not look into.
func leftToServer(path string) bool {
	for _, part := range []string{
		".ManagedFields", ".ResourceVersion", ".SelfLink", ".Generation", ".CreationTimestamp",
		".DeletionTimestamp", ".DeletionGracePeriodSeconds", ".Affinity", ".OS", ".ResourceClaims",
		".Claims", ".Sysctls", ".SeccompProfile", ".AppArmorProfile", ".SELinuxOptions", ".SELinuxChangePolicy", ".WindowsOptions",
		".FSGroupChangePolicy", ".SupplementalGroupsPolicy", ".HostnameOverride", ".SchedulingGroup",
		".EvictionResponders", ".ResizePolicy", ".RestartPolicyRules", ".StopSignal",
		".BindMountOptions", ".RecursiveReadOnly", ".MatchLabelKeys", ".NodeAffinityPolicy",
		".NodeTaintsPolicy", ".FileKeyRef", ".ResourceFieldRef", ".DownwardAPI.Items",
		".Searches[]", ".ImagePullSecrets", ".FieldRef.FieldPath", ".ProcMount",
		".ClusterTrustBundle", ".PodCertificate", ".User", ".DefaultUser", ".HTTPGet.Protocol",
		".GRPC.Mode", ".GRPC.Service", ".Template.Spec.Resources", ".Capabilities", ".HostUsers",
		".DNSConfig.Searches", ".EphemeralContainers", ".Divisor", ".EmptyDir.Mode",
		".TypeMeta", ".DataSource", ".DataSourceRef", ".VolumeAttributesClassName",
	} {
		if strings.HasSuffix(path, part) {
			return true
		}
	}
	for _, source := range []string{ // of volumes
		"GCEPersistentDisk", "AWSElasticBlockStore", "GitRepo", "NFS", "ISCSI", "Glusterfs", "RBD",
		"FlexVolume", "Cinder", "CephFS", "Flocker", "FC", "AzureFile", "VsphereVolume", "Quobyte",
		"AzureDisk", "PhotonPersistentDisk", "PortworxVolume", "ScaleIO", "StorageOS", "CSI", "Ephemeral",
		"Image",
	} {
		if strings.HasSuffix(path, ".VolumeSource."+source) {
			return true
		}
	}
	return false
}

// change sets the value to another of its kind and says to which.
func change(value reflect.Value, dice *rand.Rand) string {
	switch v := value.Addr().Interface().(type) {
	case *resource.Quantity:
		*v = resource.MustParse(pick(dice, "0", "-1", "1", "3Gi", "500m", "4Mi"))
		return "= " + v.String()
	case *intstr.IntOrString:
		*v = pick(dice, intstr.FromInt32(0), intstr.FromInt32(-1), intstr.FromInt32(70000), intstr.FromInt32(5),
			intstr.FromString("0%"), intstr.FromString("101%"), intstr.FromString("50%"), intstr.FromString("5"),
			intstr.FromString("x%"), intstr.FromString("-1%"), intstr.FromString("http"), intstr.FromString(""),
			intstr.FromString("a--b"), intstr.FromString("0.5%"))
		return "= " + v.String()
	case *map[string]string:
		return changeTexts(v, dice)
	case *corev1.ResourceList:
		return changeAmounts(v, dice)
	case *metav1.Time:
		return "stays"
	}
	return changeKind(value, dice)
}

func changeKind(value reflect.Value, dice *rand.Rand) string {
	switch value.Kind() {
	case reflect.Pointer:
		if !value.IsNil() {
			value.SetZero()
			return "removed"
		}
		value.Set(reflect.New(value.Type().Elem()))
		return "added"
	case reflect.Slice:
		return changeList(value, dice)
	case reflect.String:
		if words := wordsOf(value); len(words) > 0 && dice.IntN(2) == 0 {
			value.SetString(pick(dice, words...))
			return "= " + value.String()
		}
		value.SetString(pick(dice, "", "", "a", "web", "Web", "a.b", "a b", "-a", "a/b", "/a", "../a", "..a",
			"a/../b", "a=b", "É", "1", "80", "In", "Exists", "Always", "Never", "None", "UDP", "Recreate",
			"RollingUpdate", "NoExecute", "HTTPS", "scratch", "/scratch", "block", "/dev/block", "nothing", "example.com/x", "v1", "a/b/c",
			strings.Repeat("a", 64), strings.Repeat("a.", 130)+"a"))
		return "= " + value.String()
	case reflect.Int32, reflect.Int64:
		value.SetInt(pick(dice, int64(-1), 0, 1, 2, 80, 599, 600, 0o777, 0o1000, 65535, 65536, 1<<31-1))
		if value.Kind() == reflect.Int64 && dice.IntN(4) == 0 {
			value.SetInt(1 << 40)
		}
		return "= a number"
	case reflect.Bool:
		value.SetBool(!value.Bool())
		return "turned"
	}
	return "stays"
}

// wordsOf are those that a type of StatefulSets or DaemonSets has.
func wordsOf(value reflect.Value) []string {
	switch value.Interface().(type) {
	case appsv1.PodManagementPolicyType:
		return []string{"OrderedReady", "Parallel", "parallel"}
	case appsv1.StatefulSetUpdateStrategyType:
		return []string{"RollingUpdate", "OnDelete", "Recreate"}
	case appsv1.DaemonSetUpdateStrategyType:
		return []string{"RollingUpdate", "OnDelete"}
	case appsv1.PersistentVolumeClaimRetentionPolicyType:
		return []string{"Delete", "Retain", "delete"}
	case corev1.PersistentVolumeAccessMode:
		return []string{"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"}
	case corev1.PersistentVolumeMode:
		return []string{"Block", "Filesystem"}
	}
	return nil
}

// changeList empties the list, repeats an entry or adds an empty one.
func changeList(list reflect.Value, dice *rand.Rand) string {
	switch dice.IntN(3) {
	case 0:
		list.SetZero()
		return "emptied"
	case 1:
		if list.Len() > 0 {
			list.Set(reflect.Append(list, list.Index(dice.IntN(list.Len()))))
			return "repeats an entry"
		}
	}
	list.Set(reflect.Append(list, reflect.Zero(list.Type().Elem())))
	return "has an empty entry more"
}

func changeTexts(texts *map[string]string, dice *rand.Rand) string {
	if dice.IntN(4) == 0 {
		*texts = nil
		return "emptied"
	}
	key := pick(dice, "app", "tier", "a b", "Example.com/x", "a/b/c", "", corev1.PodDeletionCost)
	value := pick(dice, "web", "", "a b", "front", "+1", "008", "0", "99999999999", strings.Repeat("a", 64))
	if dice.IntN(50) == 0 {
		value = strings.Repeat("a", 300_000)
	}
	changed := map[string]string{key: value}
	for k, v := range *texts {
		if k != key {
			changed[k] = v
		}
	}
	*texts = changed
	return "gets " + key + ": " + value[:min(len(value), 70)]
}

func changeAmounts(amounts *corev1.ResourceList, dice *rand.Rand) string {
	if dice.IntN(4) == 0 {
		*amounts = nil
		return "emptied"
	}
	name := corev1.ResourceName(pick(dice, "cpu", "memory", "pods", "gpu", "example.com/gpu", "hugepages-2Mi",
		"storage", "storage", "a b/c", "requests.example.com/x", "kubernetes.io/x", "ephemeral-storage", "A.b/c",
		"example.com/"+strings.Repeat("a", 63)))
	amount := resource.MustParse(pick(dice, "-1", "0", "2Mi", "4Mi", "500m", "7", "2Gi"))
	changed := corev1.ResourceList{}
	for k, v := range *amounts {
		changed[k] = v
	}
	changed[name] = amount
	*amounts = changed
	return "gets " + string(name) + ": " + amount.String()
}

func pick[T any](dice *rand.Rand, choices ...T) T {
	return choices[dice.IntN(len(choices))]
}
