package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

const (
	maxTargets = 20 // more nodes than this are grouped by what is the same of them
	maxGroups  = 20 // more groups than this are counted only
	maxNames   = 3  // nodes that a group names
)

// Targets writes the nodes of each DaemonSet: one a row, or of many those with the same
// change and reason together.
func Targets(w io.Writer, t *plan.Targets, o Options) error {
	d := &document{}
	for i := range t.Workloads {
		if i > 0 {
			d.add(blank{})
		}
		source := ""
		if i == 0 {
			source = sourceOf(&plan.Plan{Source: t.Source}, o)
		}
		d.targeted(&t.Workloads[i], source, o)
	}
	d.add(blank{})
	d.line(0, text(closing))
	return write(w, d, o)
}

// TargetNames writes the nodes on which pods will run, as kubectl get -o name does. A node
// of several DaemonSets is there once for each.
func TargetNames(w io.Writer, t *plan.Targets) error {
	lines := bufio.NewWriter(w)
	for i := range t.Workloads {
		for _, target := range t.Workloads[i].Targets {
			if target.WillRun {
				lines.WriteString(clean("node/"+target.Node) + "\n")
			}
		}
	}
	return lines.Flush()
}

func (d *document) targeted(w *plan.TargetedWorkload, source string, o Options) {
	d.add(paragraph{body: []span{toned(w.Ref.String()+" -n "+w.Ref.Namespace, strong)}, right: source})
	d.changes(&plan.Workload{Changes: w.Changes}, o)
	d.line(2, targetVerdict(w.Summary)...)
	for _, refusal := range w.Refusals {
		d.add(paragraph{indent: 2, lead: []span{toned("fail  ", bad)}, body: texts(refusal)})
	}
	d.add(blank{})
	d.targets(w.Targets, o)
	if len(w.Notes) > 0 {
		d.add(blank{})
	}
	for _, note := range w.Notes {
		d.add(paragraph{indent: 2, lead: texts("--    "), body: texts(note)})
	}
}

// targetVerdict is "RUNS ON 6 of 9 nodes, and will on 7: 2 gained, 1 lost".
func targetVerdict(s plan.TargetSummary) []span {
	spans := []span{toned(fmt.Sprintf("RUNS ON %d", s.Runs), strong), text(fmt.Sprintf(" of %s", nodes(s.Nodes)))}
	if s.WillRun == 0 && s.Runs == 0 {
		return append(spans, text(", and will on none"))
	}
	if s.Gained+s.Lost == 0 {
		return append(spans, text(", and stays there"))
	}
	spans = append(spans, text(fmt.Sprintf(", and will on %d: ", s.WillRun)))
	if s.Gained > 0 {
		spans = append(spans, toned(fmt.Sprintf("%d gained", s.Gained), good))
	}
	if s.Gained > 0 && s.Lost > 0 {
		spans = append(spans, text(", "))
	}
	if s.Lost > 0 {
		spans = append(spans, toned(fmt.Sprintf("%d lost", s.Lost), caution))
	}
	return spans
}

func nodes(count int) string {
	if count == 1 {
		return "1 node"
	}
	return fmt.Sprintf("%d nodes", count)
}

// targets adds the table.
func (d *document) targets(targets []plan.Target, o Options) {
	if o.Wide || len(targets) <= maxTargets {
		g := grid{indent: 2, columns: targetColumns("NODE")}
		for _, t := range targets {
			g.rows = append(g.rows, texts(t.Node, yes(t.Runs), yes(t.WillRun), string(t.Change), t.Reason))
		}
		d.add(g)
		return
	}
	groups := groupTargets(targets)
	g := grid{indent: 2, columns: targetColumns("NODES")}
	shown := groups
	if len(groups) > maxGroups {
		shown = groups[:maxGroups-1]
	}
	for _, group := range shown {
		g.rows = append(g.rows, texts(group.names(), yes(group.Runs), yes(group.WillRun), string(group.Change), group.Reason))
	}
	d.add(g)
	if rest := groups[len(shown):]; len(rest) > 0 {
		hidden := 0
		for _, group := range rest {
			hidden += group.count
		}
		d.line(2, text(fmt.Sprintf("and %s more for %d other reasons (-o wide shows all)", nodes(hidden), len(rest))))
	}
}

func targetColumns(first string) []column {
	return []column{{title: first, narrow: 24}, {title: "RUNS"}, {title: "WILL RUN"}, {title: "CHANGE"}, {title: "WHY"}}
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "-"
}

// targetGroup is nodes of which all is the same but their names.
type targetGroup struct {
	plan.Target // with the name of the first
	count       int
	first       []string
}

func (g *targetGroup) names() string { return fewNames(g.first, g.count) }

// fewNames is "n1", "n1 n2", or of many "62: n1 n2 n3 …".
func fewNames(first []string, count int) string {
	if count <= maxNames {
		return strings.Join(first, " ")
	}
	return fmt.Sprintf("%d: %s …", count, strings.Join(first[:maxNames], " "))
}

// groupTargets puts nodes of which all is the same together: first those that change, then
// those without a pod, then the others, each in the order of their first node.
func groupTargets(targets []plan.Target) []*targetGroup {
	known := map[plan.Target]*targetGroup{}
	var ranks [4][]*targetGroup
	for _, t := range targets {
		key := t
		key.Node = ""
		group := known[key]
		if group == nil {
			group = &targetGroup{Target: t}
			known[key] = group
			ranks[rankOf(t)] = append(ranks[rankOf(t)], group)
		}
		if group.count++; group.count <= maxNames {
			group.first = append(group.first, t.Node)
		}
	}
	var all []*targetGroup
	for _, groups := range ranks {
		all = append(all, groups...)
	}
	return all
}

func rankOf(t plan.Target) int {
	switch {
	case t.Change == plan.Lost:
		return 0
	case t.Change == plan.Gained:
		return 1
	case !t.WillRun:
		return 2
	}
	return 3
}
