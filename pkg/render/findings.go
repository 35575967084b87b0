package render

import (
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// findings adds what the checks found, the worst first; "--" is a remark, or
// what was not checked and why.
func (d *document) findings(w *plan.Workload) {
	for _, severity := range []plan.Severity{plan.Error, plan.Warning} {
		d.findingsOf(w, severity)
	}
	if len(w.Passed) > 0 && w.Verdict != plan.Rejected {
		d.finding("ok", good, strings.Join(w.Passed, "; "))
	}
	d.findingsOf(w, plan.Info)
}

func (d *document) findingsOf(w *plan.Workload, severity plan.Severity) {
	for _, f := range w.Findings {
		if f.Severity == severity && !isSaid(w, f) {
			word, t := severityWord(severity)
			d.finding(word, t, when(f))
		}
	}
}

// isSaid says that the verdict, the peak or the outcome has already told this.
func isSaid(w *plan.Workload, f plan.Finding) bool {
	if w.Verdict == plan.Rejected {
		return f.Severity == plan.Error && f.Message == rejection(w)
	}
	if f.Rule == "surge" {
		return true
	}
	return f.Rule == "deadline" && w.Summary.Outcome == plan.Stalled && w.Summary.DeadlineAt != ""
}

func severityWord(severity plan.Severity) (string, tone) {
	switch severity {
	case plan.Error:
		return "fail", bad
	case plan.Warning:
		return "warn", caution
	}
	return "--", normal
}

func when(f plan.Finding) string {
	if at := short(f.At); at != "" && !strings.Contains(f.Message, at) {
		return f.Message + " (at " + at + ")"
	}
	return f.Message
}

// finding pads the word so that all messages begin in one column.
func (d *document) finding(word string, t tone, message string) {
	const column = 6
	d.add(paragraph{
		indent: 2,
		lead:   []span{toned(word, t), text(strings.Repeat(" ", column-len(word)))},
		body:   texts(message),
	})
}

// notes adds what is said about the plan as a whole.
func (d *document) notes(p *plan.Plan) {
	for _, note := range p.Notes {
		d.finding("--", normal, note)
	}
}
