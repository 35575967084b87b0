package render

import (
	"fmt"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

const maxSame = 10 // more unchanged workloads than this are one line

// listing adds one line for each of many workloads, the worst first.
func (d *document) listing(p *plan.Plan, o Options) {
	namespace, one := oneNamespace(p)
	d.add(paragraph{body: tally(p, namespace), right: sourceOf(p, o)}, blank{})
	order := worstFirst(p)
	shown := order
	if same := countClasses(p)[same]; same > maxSame && !o.Wide {
		shown = order[:len(order)-same]
	}
	d.rows(shown, one, o)
	if hidden := len(order) - len(shown); hidden > 0 {
		d.line(2, text(fmt.Sprintf("same: %d more do not change (-o wide lists them)", hidden)))
	}
	d.add(blank{})
	d.together(p, o)
}

// rows adds the table. Narrow paper has no room for the peak and the duration:
// the totals have them, and why something is bad matters more.
func (d *document) rows(workloads []*plan.Workload, oneNamespace bool, o Options) {
	const namespace, peak, about, enough = 1, 5, 6, 95
	g := grid{indent: 2, columns: []column{
		{}, {title: "NAMESPACE", narrow: 10}, {title: "WORKLOAD", narrow: 20}, {title: "RESTARTS"},
		{title: "LOWEST"}, {title: "PEAK"}, {title: "ABOUT", right: true}, {title: "WHY", line: true},
	}}
	for _, w := range workloads {
		g.rows = append(g.rows, listed(w))
	}
	if o.width() < enough {
		g.drop(about)
		g.drop(peak)
	}
	if oneNamespace {
		g.drop(namespace)
	}
	if len(g.rows) > 0 {
		d.add(g)
	}
}

// oneNamespace returns the namespace that all workloads are in, if it is one.
func oneNamespace(p *plan.Plan) (string, bool) {
	first := p.Workloads[0].Ref.Namespace
	for i := range p.Workloads {
		if p.Workloads[i].Ref.Namespace != first {
			return "", false
		}
	}
	return first, true
}

// tally is the first line: how many workloads there are of each class.
func tally(p *plan.Plan, namespace string) []span {
	head := fmt.Sprintf("%d workloads", len(p.Workloads))
	if namespace != "" {
		head += " -n " + namespace
	}
	spans := []span{toned(head, strong)}
	separator := ": "
	for c, count := range countClasses(p) {
		if count > 0 {
			word, t := class(c).word()
			spans = append(spans, text(separator), toned(fmt.Sprintf("%d%s%s", count, noBreak, strings.ReplaceAll(word, " ", noBreak)), t))
			separator = ", "
		}
	}
	return spans
}

func listed(w *plan.Workload) []span {
	word, t := classOf(w).word()
	row := append([]span{toned(word, t)}, texts(w.Ref.Namespace, shortName(w.Ref))...)
	if w.Verdict == plan.Rejected || classOf(w) == same {
		return append(row, texts("-", "-", "-", "-", remark(w))...)
	}
	took := short(w.Summary.Duration)
	if took == "0s" {
		took = "-"
	}
	return append(row, texts(restarts(w), lowestOf(w), count(w.Summary.MaxPods), took, remark(w))...)
}

func restarts(w *plan.Workload) string {
	if w.Verdict == plan.Create || w.Verdict == plan.Delete || w.Restarts == 0 {
		return "-"
	}
	return fmt.Sprintf("%d/%d", w.Restarts, existing(w))
}

func lowestOf(w *plan.Workload) string {
	if w.Summary.MinAvailable == nil || w.Verdict == plan.Delete {
		return "-"
	}
	return fmt.Sprintf("%d/%d", *w.Summary.MinAvailable, after(w))
}

// remark is the most important thing to know about a workload.
func remark(w *plan.Workload) string {
	switch {
	case w.Verdict == plan.Rejected:
		return rejection(w)
	case w.Summary.Cause != "":
		return w.Summary.Cause
	}
	for _, severity := range []plan.Severity{plan.Error, plan.Warning} {
		for _, f := range w.Findings {
			if f.Severity == severity {
				return strings.TrimSpace(when(f))
			}
		}
	}
	return sizeRemark(w)
}

func sizeRemark(w *plan.Workload) string {
	switch from, to := before(w), after(w); {
	case w.Verdict == plan.Create:
		return "0 -> " + pods(to)
	case w.Verdict == plan.Delete:
		return pods(existing(w)) + " -> 0"
	case from != to:
		return fmt.Sprintf("%d -> %d pods", from, to)
	}
	return ""
}

// shortName uses the short names of kubectl, which leaves more of a line to the
// name: "deploy/web".
func shortName(ref cluster.Ref) string {
	short := ""
	switch ref.Kind {
	case "Deployment":
		short = "deploy"
	case "ReplicaSet":
		short = "rs"
	case "StatefulSet":
		short = "sts"
	case "DaemonSet":
		short = "ds"
	case "CronJob":
		short = "cj"
	default:
		return ref.String()
	}
	return short + "/" + ref.Name
}
