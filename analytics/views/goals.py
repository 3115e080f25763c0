"""Goals of metrics: listed, shown, set, moved, archived."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.errors import GoalArchivedError, GoalOverError, TooManyGoalsError
from analytics.forms.goals import GoalForm, GoalMoveForm, NewGoalForm
from analytics.models import MetricGoal
from analytics.rules.goals import BASELINE_DAYS, GoalError
from analytics.selectors.goals import GoalShown, goal_line, goals_of, goals_shown, moves_of
from analytics.selectors.trend import with_events
from analytics.services import goals as services
from analytics.views.annotation_pages import beside_figures
from analytics.views.asking import viewer_of
from analytics.views.filter_bar import Choice
from cxm.kernel.clock import now
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once

if TYPE_CHECKING:
    from uuid import UUID

REFUSED = 422
WRONG = (GoalError, GoalArchivedError, GoalOverError, TooManyGoalsError)
BY_METRIC = "metric"
_NOBODY = "Nobody by name"


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def metric_goal_list(request: TenantRequest) -> HttpResponse:
    """List the goals by who answers for them, or with `?by=metric` by metric."""
    by = BY_METRIC if query_text(request.GET, "by") == BY_METRIC else "owner"
    shown = goals_shown(viewer_of(request), list(goals_of(request.tenant)))
    shown.sort(key=lambda one: (_heading(one, by).casefold(), one.goal.due_on, one.goal.pk))
    context = {
        "groups": [
            (title, list(ones)) for title, ones in groupby(shown, lambda one: _heading(one, by))
        ],
        "tabs": [
            Choice(label, f"?{urlencode({'by': name})}", name == by)
            for name, label in (("owner", "Owner"), (BY_METRIC, "Metric"))
        ],
        "baseline_days": BASELINE_DAYS,
        "may_edit": request.may(Right.EDIT_SEGMENTS),
    }
    return render(request, "analytics/metric_goal_list.html", context)


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def metric_goal_page(request: TenantRequest, metric_goal_id: UUID) -> HttpResponse:
    """Show a goal: before, now and target, the figure over time, and who moved it."""
    goal, viewer = _goal(request, metric_goal_id), viewer_of(request)
    [shown] = goals_shown(viewer, [goal])
    days = shown.days
    beside = beside_figures(request, days.before.start_on, days.since.end_on, goal.metric)
    context = {
        **beside.context(),
        "shown": shown,
        "goal": goal,
        "line": with_events(goal_line(viewer, shown), beside.happened),
        "moves": moves_of(goal),
        "baseline_days": BASELINE_DAYS,
        "may_change": request.may(Right.EDIT_SEGMENTS) and goal.archived_at is None,
    }
    return render(request, "analytics/metric_goal_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_SEGMENTS)
@sent_once
def metric_goal_new(request: TenantRequest) -> HttpResponse:
    """Set a goal."""
    initial = {"owner": str(request.membership.pk), "from_on": viewer_of(request).today}
    form = NewGoalForm(request.POST or None, tenant=request.tenant, initial=initial)
    if form.is_valid():
        try:
            made = services.create_goal(
                tenant=request.tenant,
                title=form.cleaned_data["title"],
                metric=form.metric_chosen(),
                target=form.cleaned_data["target"],
                from_on=form.cleaned_data["from_on"],
                due_on=form.cleaned_data["due_on"],
                places=form.places(),
                owner=form.owner_chosen(),
                by=request.membership,
                now=now(),
                site=request.build_absolute_uri("/").rstrip("/"),
            )
        except WRONG as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{made}” is set.")
            return redirect("analytics:metric-goal-page", request.tenant.slug, made.pk)
    return _form_page(request, form, {})


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_SEGMENTS)
@sent_once
def metric_goal_edit(request: TenantRequest, metric_goal_id: UUID) -> HttpResponse:
    """Change a goal; a move of its target or day is kept with its reason."""
    goal = _goal(request, metric_goal_id)
    initial = {
        "title": goal.title,
        "target": goal.target,
        "due_on": goal.due_on,
        "owner": str(goal.owner_id or ""),
    }
    form = GoalMoveForm(request.POST or None, tenant=request.tenant, initial=initial)
    if form.is_valid():
        try:
            services.change_goal(
                goal=goal,
                title=form.cleaned_data["title"],
                target=form.cleaned_data["target"],
                due_on=form.cleaned_data["due_on"],
                reason=form.cleaned_data["reason"],
                owner=form.owner_chosen(),
                keeps_owner=False,
                by=request.membership,
                now=now(),
            )
        except WRONG as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{form.cleaned_data['title']}” is saved.")
            return redirect("analytics:metric-goal-page", request.tenant.slug, goal.pk)
    return _form_page(request, form, {"goal": goal})


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def metric_goal_archive(request: TenantRequest, metric_goal_id: UUID) -> HttpResponse:
    """Take a goal off the list."""
    goal = _goal(request, metric_goal_id)
    try:
        services.archive_goal(goal=goal, by=request.membership, now=now())
    except GoalArchivedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{goal}” is archived.")
    return redirect("analytics:metric-goal-list", request.tenant.slug)


def _goal(request: TenantRequest, metric_goal_id: UUID) -> MetricGoal:
    rows = MetricGoal.objects.for_tenant(request.tenant)
    named = rows.select_related("tenant", "metric", "owner__user")
    return get_object_or_404(named, pk=metric_goal_id)


def _heading(one: GoalShown, by: str) -> str:
    if by == BY_METRIC:
        return str(one.measure.metric.title)
    owner = one.goal.owner
    return owner.user.get_full_name() if owner else _NOBODY


def _form_page(request: TenantRequest, form: GoalForm, more: dict[str, Any]) -> HttpResponse:
    back_url = reverse("analytics:metric-goal-list", args=[request.tenant.slug])
    context = {"form": form, "back_url": back_url, **more}
    status = REFUSED if form.errors else 200
    return render(request, "analytics/metric_goal_form.html", context, status=status)
