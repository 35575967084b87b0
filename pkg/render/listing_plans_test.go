package render_test

import (
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// assumedEach is a plan with other assumptions for each workload.
func assumedEach(workloads []plan.Workload) *plan.Plan {
	p := live(workloads...)
	p.Assumptions = []plan.Assumption{{Name: "horizon", Value: "1h0m0s", From: "flag"}}
	for i, w := range workloads {
		a := plan.Assumption{Name: "readyAfter of " + w.Ref.String(), Value: at(9 + i), From: "measured"}
		if i%4 == 0 {
			a.Value, a.From = "10s", "default"
		}
		p.Assumptions = append(p.Assumptions, a)
	}
	p.Assumptions = append(p.Assumptions, plan.Assumption{Name: "state", Value: "settled", From: "default",
		Note: "deployment/web has no pods in the state"})
	return p
}

func many(n int) []plan.Workload {
	var all []plan.Workload
	for i := range n {
		w := noChange("")
		switch i % 16 {
		case 1, 2, 3, 4, 5:
			w = rollingUpdate()
		case 6:
			w = recreate()
		case 7:
			w = stall()
		case 8:
			w = rejected()
		case 9:
			w = create()
		case 10, 11:
			w = scale(3, 5)
		case 12:
			w = inPlace()
		case 13:
			w = paused()
		}
		w.Ref.Name = fmt.Sprintf("service-%02d", i)
		if i%13 == 5 {
			w.Ref.Name += "-with-a-name-that-somebody-generated-from-a-template-7f9c"
		}
		all = append(all, w)
	}
	return all
}
