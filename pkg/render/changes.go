package render

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/clipperhouse/displaywidth"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

const maxChanges = 8

// changes adds a line for each field that differs.
func (d *document) changes(w *plan.Workload, o Options) {
	shown := w.Changes
	if !o.Wide && len(shown) > maxChanges {
		shown = shown[:maxChanges-1]
	}
	for _, c := range shown {
		d.change(c, o)
	}
	if hidden := len(w.Changes) - len(shown); hidden > 0 {
		d.line(2, text(fmt.Sprintf("and %d more changes (-o wide shows them)", hidden)))
	}
}

// change is one line if that fits, else the old value stands below the path and
// the new one below that, so that they can be compared.
func (d *document) change(c plan.Change, o Options) {
	path, from, to := clean(c.Path), value(c.From), value(c.To)
	if !o.Wide {
		path = shortPath(path)
	}
	line := path + ": " + from + " -> " + to
	if displaywidth.String(line) <= o.width()-2 {
		d.line(2, text(line))
		return
	}
	d.line(2, text(shorten(path, o.width()-3)+":"))
	d.line(4, text("   "+shorten(from, o.width()-7)))
	d.line(4, text("-> "+shorten(to, o.width()-7)))
}

// shortPath leaves out where a pod template is: everybody knows.
func shortPath(path string) string {
	if rest, found := strings.CutPrefix(path, "spec.template.metadata."); found {
		return "pod " + rest
	}
	return strings.TrimPrefix(path, "spec.template.spec.")
}

// value is a field's value as a person would type it; a composite one is JSON.
func value(v any) string {
	switch v := v.(type) {
	case nil:
		return "(none)"
	case string:
		if v == "" {
			return `""`
		}
		return clean(v)
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		return "(a value that cannot be shown)"
	}
	return clean(string(encoded))
}
