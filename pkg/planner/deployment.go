package planner

import (
	"fmt"
	"math"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/check"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// deploymentKind is what a plan knows of Deployments.
type deploymentKind struct{ *appsv1.Deployment }

func (d deploymentKind) replicas() int32                   { return *d.Spec.Replicas }
func (d deploymentKind) template() *corev1.PodTemplateSpec { return &d.Spec.Template }
func (d deploymentKind) fill(*plan.Workload, move)         {}

func (d deploymentKind) mostPods() int64 {
	replicas := int64(*d.Spec.Replicas)
	return replicas + min(int64(max(deployment.MaxSurge(d.Deployment), 0)), replicas)
}

func (d deploymentKind) rolls(m move) (plan.Verdict, bool) {
	if d.recreates() {
		return plan.Recreate, newTemplate(m.Edit)
	}
	return plan.RollingUpdate, newTemplate(m.Edit)
}

func (d deploymentKind) recreates() bool {
	return d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType
}

// restarts: what a rollout under way still has to replace counts for any change that
// lets it go on.
func (d deploymentKind) restarts(m move) int32 {
	switch m.verdict {
	case plan.RollingUpdate, plan.Recreate:
		return m.old()
	case plan.Continues, plan.Scale, plan.InPlace:
		if !d.Spec.Paused {
			return m.old()
		}
	}
	return 0
}

// floor is replicas less maxUnavailable in a rolling update.
func (d deploymentKind) floor(m move) int32 {
	kept := m.smaller()
	if !d.Spec.Paused && (m.verdict == plan.RollingUpdate || m.begin.OldSize > 0) {
		if d.recreates() {
			return 0
		}
		kept = *d.Spec.Replicas - deployment.MaxUnavailable(d.Deployment)
	}
	if d.sharesOut(m) {
		return 0
	}
	return m.kept(kept)
}

// sharesOut reports whether old and new ReplicaSets shrink in proportion to their
// sizes. The controller then looks at no pod's health, and so keeps nothing.
func (d deploymentKind) sharesOut(m move) bool {
	resized := d.Spec.Paused || kindOf(m.Before).replicas() != *d.Spec.Replicas
	return resized && m.begin.Sets > 1 &&
		m.begin.OldSize+m.begin.NewSize > *d.Spec.Replicas+deployment.MaxSurge(d.Deployment)
}

func (d deploymentKind) strategy(kubeversion.Profile) *plan.Strategy {
	s := &plan.Strategy{
		Type:           string(d.Spec.Strategy.Type),
		MaxSurge:       deployment.MaxSurge(d.Deployment),
		MaxUnavailable: deployment.MaxUnavailable(d.Deployment),
	}
	var up, down string
	if rolling := d.Spec.Strategy.RollingUpdate; rolling != nil {
		up = intstr.ValueOrDefault(rolling.MaxSurge, intstr.FromInt32(0)).String()
		down = intstr.ValueOrDefault(rolling.MaxUnavailable, intstr.FromInt32(0)).String()
	}
	missing := fmt.Sprintf("%d missing allowed%s", s.MaxUnavailable, percent(down, " down"))
	if s.MaxSurge == 0 && s.MaxUnavailable == 1 && strings.HasSuffix(down, "%") {
		missing = fmt.Sprintf("1 missing allowed (%s down, at least 1 as none is extra)", down)
	}
	s.Words = fmt.Sprintf("%d extra allowed%s, %s", s.MaxSurge, percent(up, " up"), missing)
	return s
}

// percent shows what was written where it is not the number itself: a share,
// and which way it is rounded.
func percent(written, rounding string) string {
	if !strings.HasSuffix(written, "%") {
		return ""
	}
	return " (" + written + rounding + ")"
}

func (d deploymentKind) facts(around surroundings) check.WorkloadFacts {
	f := check.WorkloadFacts{HistoryLimit: math.MaxInt32}
	if limit := d.Spec.RevisionHistoryLimit; limit != nil {
		f.HistoryLimit = *limit
	}
	if deadline := d.Spec.ProgressDeadlineSeconds; deadline != nil && *deadline != math.MaxInt32 {
		f.ProgressDeadline = time.Duration(*deadline) * time.Second
	}
	for _, rs := range around.sets[d.UID] {
		if revision.SameTemplate(&rs.Spec.Template, &d.Spec.Template) {
			continue
		}
		if number, err := revision.Number(rs); err == nil {
			f.Revisions = append(f.Revisions, check.Revision{Name: rs.Name, Number: number})
		}
	}
	f.Autoscalers = around.autoscalers(cluster.RefOf(d.Deployment))
	return f
}
