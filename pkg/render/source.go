package render

import (
	"strings"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// sourceOf says what the forecast was made from: "live prod-eu v1.37.2, read
// 14:02:11Z". Wide shows the date too.
func sourceOf(p *plan.Plan, o Options) string {
	words := []string{"from " + p.Source.Mode}
	if p.Source.Mode == "live" {
		words[0] = "live"
	}
	if p.Source.Context != "" {
		words = append(words, p.Source.Context)
	}
	if p.Source.KubeVersion != "" {
		words = append(words, p.Source.KubeVersion)
	}
	return clean(strings.Join(words, " ") + readAt(p.Source.ReadAt, o))
}

func readAt(stamp string, o Options) string {
	if stamp == "" {
		return ""
	}
	if at, err := time.Parse(time.RFC3339, stamp); err == nil && !o.Wide {
		stamp = at.UTC().Format("15:04:05Z")
	}
	return ", read " + stamp
}
