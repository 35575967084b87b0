package daemonset

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// plainNode is the node that most of the table is about.
const plainNode = `metadata: {name: n1, labels: {disk: hdd, zone: c, size: "10"}}`

func TestFitSaysWhyPodsBelongOnANode(t *testing.T) {
	tainted := func(taint string) string { return plainNode + "\nspec: {taints: [" + taint + "]}" }
	affine := func(terms string) string {
		return "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [" + terms + "]}}}"
	}
	for _, c := range []struct {
		template, node string
		want           Fit
	}{
		{"{}", plainNode, Fit{true, true, Untainted, ""}},
		{"nodeName: n1", plainNode, Fit{true, true, Untainted, ""}},
		{"nodeName: m1", plainNode, Fit{false, false, OtherNode, "the pod template names node m1"}},
		{"nodeSelector: {disk: hdd, zone: c}", plainNode, Fit{true, true, Untainted, ""}},
		{"nodeSelector: {disk: ssd, gpu: a}", plainNode, Fit{false, false, SelectorMismatch,
			"label disk=ssd is missing (it has disk=hdd), label gpu=a is missing"}},

		{affine("{matchExpressions: [{key: zone, operator: In, values: [a, c]}]}"), plainNode, Fit{true, true, Untainted, ""}},
		{affine("{matchExpressions: [{key: size, operator: Gt, values: ['9']}]}"), plainNode, Fit{true, true, Untainted, ""}},
		{affine("{matchExpressions: [{key: gpu, operator: DoesNotExist}, {key: zone, operator: NotIn, values: [a]}]}"), plainNode,
			Fit{true, true, Untainted, ""}},
		{affine("{matchExpressions: [{key: zone, operator: In, values: [a, b]}]}"), plainNode, Fit{false, false, AffinityMismatch,
			"no required affinity term matches: zone In [a b] (it has zone=c)"}},
		{affine("{matchExpressions: [{key: zone, operator: In, values: [c]}, {key: gpu, operator: Exists}]}, {matchExpressions: [{key: size, operator: Lt, values: ['5']}]}"),
			plainNode, Fit{false, false, AffinityMismatch, "no required affinity term matches: gpu Exists, or size Lt [5] (it has size=10)"}},
		{affine("{matchFields: [{key: metadata.name, operator: In, values: [n1]}]}"), plainNode, Fit{true, true, Untainted, ""}},
		{affine("{matchFields: [{key: metadata.name, operator: NotIn, values: [n1]}]}"), plainNode,
			Fit{false, false, AffinityMismatch, "no required affinity term matches: metadata.name NotIn [n1]"}},
		{affine(""), plainNode, Fit{false, false, AffinityMismatch, "the required affinity has no term: it matches no node"}},
		{affine("{}"), plainNode, Fit{false, false, AffinityMismatch, "the required affinity has no term: it matches no node"}},
		// A term that cannot be read matches nothing; another one still may.
		{affine("{matchExpressions: [{key: zone, operator: In}]}"), plainNode,
			Fit{false, false, AffinityMismatch, "no required affinity term matches: zone In (it has zone=c)"}},
		{affine("{matchExpressions: [{key: zone, operator: In}]}, {matchExpressions: [{key: disk, operator: Exists}]}"), plainNode,
			Fit{true, true, Untainted, ""}},
		{affine("{matchFields: [{key: metadata.name, operator: In, values: [n1, m1]}]}"), plainNode,
			Fit{false, false, AffinityMismatch, "no required affinity term matches: metadata.name In [n1 m1]"}},

		{"{}", tainted("{key: a, effect: PreferNoSchedule}"), Fit{true, true, Untainted, ""}},
		{"{}", tainted("{key: a, value: b, effect: NoSchedule}"), Fit{false, true, Tainted, "taint a=b:NoSchedule is not tolerated"}},
		{"{}", tainted("{key: a, effect: NoExecute}"), Fit{false, false, Tainted, "taint a:NoExecute is not tolerated"}},
		{"{}", tainted("{key: a, effect: NoSchedule}, {key: b, effect: NoExecute}"),
			Fit{false, false, Tainted, "taints a:NoSchedule, b:NoExecute are not tolerated"}},
		{"tolerations: [{key: a, value: b}]", tainted("{key: a, value: b, effect: NoSchedule}"),
			Fit{true, true, Tolerated, "taint a=b:NoSchedule is tolerated"}},
		{"tolerations: [{key: a, value: c, effect: NoSchedule}]", tainted("{key: a, value: b, effect: NoSchedule}"),
			Fit{false, true, Tainted, "taint a=b:NoSchedule is not tolerated"}},
		{"tolerations: [{operator: Exists}]", tainted("{key: a, effect: NoExecute}"), Fit{true, true, Tolerated, "taint a:NoExecute is tolerated"}},

		{"{}", tainted("{key: node.kubernetes.io/unschedulable, effect: NoSchedule}"),
			Fit{true, true, Tolerated, "taint node.kubernetes.io/unschedulable:NoSchedule is tolerated"}},
		{"{}", tainted("{key: node.kubernetes.io/not-ready, effect: NoExecute}"),
			Fit{true, true, Tolerated, "taint node.kubernetes.io/not-ready:NoExecute is tolerated"}},
		{"{}", tainted("{key: node.kubernetes.io/not-ready, effect: NoSchedule}"),
			Fit{false, true, Tainted, "taint node.kubernetes.io/not-ready:NoSchedule is not tolerated"}},
		{"{}", tainted("{key: node.kubernetes.io/network-unavailable, effect: NoSchedule}"),
			Fit{false, true, Tainted, "taint node.kubernetes.io/network-unavailable:NoSchedule is not tolerated"}},
		{"hostNetwork: true", tainted("{key: node.kubernetes.io/network-unavailable, effect: NoSchedule}"),
			Fit{true, true, Tolerated, "taint node.kubernetes.io/network-unavailable:NoSchedule is tolerated"}},
		{"{}", plainNode + "\nspec: {unschedulable: true}", Fit{true, true, Untainted, ""}},
		// What the labels say comes first.
		{"nodeSelector: {disk: ssd}", tainted("{key: a, effect: NoSchedule}"),
			Fit{false, false, SelectorMismatch, "label disk=ssd is missing (it has disk=hdd)"}},
	} {
		ds, node := bareSet(), &corev1.Node{}
		read(t, c.template, &ds.Spec.Template.Spec)
		read(t, c.node, node)
		p := PlacementOf(ds, kubeversion.Latest())
		for range 2 { // worked out, then remembered
			if got := p.Fit(node); got != c.want {
				t.Errorf("%s\n%s\ngot  %+v\nwant %+v", c.template, c.node, got, c.want)
			}
		}
	}
}

func read(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(text), into); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func TestOneLookIsEnoughForNodesThatLookTheSame(t *testing.T) {
	ds := bareSet()
	ds.Spec.Template.Spec.NodeSelector = map[string]string{"disk": "ssd"}
	p := PlacementOf(ds, kubeversion.Latest())
	for i, node := range manyNodes(1000) {
		node.Labels = map[string]string{"kubernetes.io/hostname": node.Name}
		if i%2 == 0 {
			node.Labels["disk"] = "ssd"
		}
		if fit := p.Fit(node); fit.Should != (i%2 == 0) {
			t.Fatalf("%s: %+v", node.Name, fit)
		}
	}
	if len(p.known) != 2 {
		t.Errorf("%d nodes were looked at", len(p.known))
	}
}

func TestComparingTolerationsNeedTheirGate(t *testing.T) {
	on, err := kubeversion.Latest().WithGates("TaintTolerationComparisonOperators=true")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		operator     corev1.TolerationOperator
		bound, value string
		want         bool
	}{
		{corev1.TolerationOpGt, "5", "6", true}, {corev1.TolerationOpGt, "5", "5", false},
		{corev1.TolerationOpLt, "5", "-4", true}, {corev1.TolerationOpLt, "5", "6", false},
		{corev1.TolerationOpLt, "x", "6", false}, {corev1.TolerationOpLt, "10", "06", false},
	} {
		ds := bareSet()
		ds.Spec.Template.Spec.Tolerations = []corev1.Toleration{{Key: "size", Operator: c.operator, Value: c.bound}}
		node := &corev1.Node{Spec: corev1.NodeSpec{Taints: []corev1.Taint{{Key: "size", Value: c.value, Effect: "NoSchedule"}}}}
		if got := FitOf(ds, node, on).Should; got != c.want {
			t.Errorf("%s %s %s: %v", c.value, c.operator, c.bound, got)
		}
		if FitOf(ds, node, kubeversion.Latest()).Should {
			t.Errorf("%s %s %s without the gate", c.value, c.operator, c.bound)
		}
	}
}

func TestAutomaticTolerationsReplaceShorterOnes(t *testing.T) {
	seconds := int64(300)
	own := corev1.Toleration{Key: "a", Operator: corev1.TolerationOpExists}
	short := corev1.Toleration{Key: corev1.TaintNodeNotReady, Operator: corev1.TolerationOpExists, Effect: "NoExecute", TolerationSeconds: &seconds}
	template := &corev1.PodSpec{Tolerations: []corev1.Toleration{short, own}}
	got := tolerationsOf(template)
	if len(got) != 7 || got[0].Key != short.Key || got[0].TolerationSeconds != nil || got[1] != own ||
		got[2].Key != corev1.TaintNodeUnreachable || got[6].Key != corev1.TaintNodeUnschedulable {
		t.Errorf("%+v", got)
	}
	if template.Tolerations[0].TolerationSeconds == nil {
		t.Error("the template was changed")
	}
}

func TestAChangedNodeMakesTheControllerLook(t *testing.T) {
	with := func(effect corev1.TaintEffect) *corev1.Node {
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n1"}}
		if effect != "" {
			node.Spec.Taints = []corev1.Taint{{Key: "a", Effect: effect}}
		}
		return node
	}
	for _, c := range []struct {
		what          string
		before, after *corev1.Node
		misscheduled  int32
		older, newer  bool // up to 1.32, since 1.33; with a pod on the node
		without       bool // since 1.33; without one
	}{
		{"came", nil, with(""), 0, true, false, true},
		{"came tainted", nil, with("NoSchedule"), 0, false, false, false},
		{"same", with(""), with(""), 1, false, false, false},
		{"no new pods", with(""), with("NoSchedule"), 0, true, false, false},
		{"no pods", with(""), with("NoExecute"), 0, true, true, false},
		{"pods again", with("NoSchedule"), with(""), 1, true, true, true},
		{"pods again, unknown", with("NoSchedule"), with(""), 0, true, false, true},
	} {
		ds := stored(nil, bareSet(), kubeversion.Latest())
		ds.Status.NumberMisscheduled = c.misscheduled
		f := newFleet(1, func(*appsv1.RollingUpdateDaemonSet) {})
		view := View{DaemonSet: ds, Nodes: f.nodes, Pods: f.pods}
		view.Pods.Follow(view, "old", f.now)
		empty := View{DaemonSet: ds, Nodes: f.nodes, Pods: NewPodSet(nil), Profile: kubeversion.Latest()}
		view.Profile = profileOf(t, "1.32")
		older := LooksAfter(view, c.before, c.after)
		view.Profile = kubeversion.Latest()
		if newer, without := LooksAfter(view, c.before, c.after), LooksAfter(empty, c.before, c.after); older != c.older || newer != c.newer || without != c.without {
			t.Errorf("%s: %v %v %v", c.what, older, newer, without)
		}
	}
}
