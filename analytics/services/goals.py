"""Every write to goals of metrics: made, moved with a reason, archived, judged when due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from analytics.errors import GoalArchivedError, GoalOverError, TooManyGoalsError
from analytics.models import MetricGoal, MetricGoalMove, MetricGoalVerdict
from analytics.rules.goals import MOST_GOALS, GoalError, check_days, check_due, check_target
from analytics.selectors.figures import Viewer
from analytics.selectors.goals import CHANGED_METRIC, goals_of, goals_shown
from analytics.selectors.histograms import By
from analytics.selectors.names import FILTERED, measures, read_names
from analytics.services.goal_telling import tell_of_goal_owner, tell_of_verdict
from analytics.services.turns import take_turns
from cxm.metrics.models import MetricVersion
from cxm.tenants.audit import record
from cxm.tenants.models import Membership

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from analytics.selectors.goals import GoalShown
    from analytics.selectors.names import Measure
    from cxm.metrics.models import Metric
    from cxm.tenants.models import ApiKey, Tenant


@transaction.atomic
def create_goal(
    *,
    tenant: Tenant,
    title: str,
    metric: Metric,
    target: float,
    from_on: date,
    due_on: date,
    by: Membership | ApiKey | None,
    now: datetime,
    places: Mapping[str, Sequence[str]] | None = None,
    owner: Membership | None = None,
    site: str = "",
) -> MetricGoal:
    """Set a goal; *owner* answers for it and is told. Raises GoalError and TooManyGoalsError.

    *site* begins the links of mails about it; without it no mails are sent.
    """
    take_turns("goals", tenant.pk)
    if goals_of(tenant).count() >= MOST_GOALS:
        raise TooManyGoalsError(MOST_GOALS)
    measure = _measure(metric)
    check_days(from_on, due_on, Viewer(tenant, sees_rows=True, now=now).today)
    made = MetricGoal.objects.create(
        tenant=tenant,
        title=_title(title),
        metric=metric,
        places=_places(tenant, places or {}),
        target=check_target(target, measure.bounds),
        from_on=from_on,
        due_on=due_on,
        owner=owner,
        definition_version=measure.version.number,
        site=site,
        created_at=now,
    )
    record(tenant=tenant, action="metric-goal-created", by=by, about=made)
    tell_of_goal_owner(made, by=_member(by), now=now)
    return made


@transaction.atomic
def change_goal(
    *,
    goal: MetricGoal,
    by: Membership | ApiKey,
    now: datetime,
    title: str | None = None,
    target: float | None = None,
    due_on: date | None = None,
    reason: str = "",
    owner: Membership | None = None,
    keeps_owner: bool = True,
) -> MetricGoal:
    """Give a goal another title or owner, or move its target or day; None leaves what is there.

    Without *keeps_owner* the owner becomes *owner*, also None. A move needs a *reason*, is kept
    for good, and comes before the goal is over. Raises GoalError, GoalOverError and
    GoalArchivedError.
    """
    locked = _held(goal)
    locked.title = locked.title if title is None else _title(title)
    is_handed_on = not keeps_owner and owner is not None and owner.pk != locked.owner_id
    locked.owner = locked.owner if keeps_owner else owner
    new_target = locked.target if target is None else target
    new_due = due_on or locked.due_on
    if (new_target, new_due) != (locked.target, locked.due_on):
        _move(locked, new_target, new_due, reason=reason.strip(), by=by, now=now)
    locked.save(update_fields=["title", "owner", "target", "due_on"])
    record(tenant=locked.tenant, action="metric-goal-changed", by=by, about=locked)
    if is_handed_on:
        tell_of_goal_owner(locked, by=_member(by), now=now)
    return locked


@transaction.atomic
def archive_goal(*, goal: MetricGoal, by: Membership | ApiKey, now: datetime) -> None:
    """Take a goal off the list; its history stays."""
    locked = _held(goal)
    locked.archived_at = now
    locked.save(update_fields=["archived_at"])
    record(tenant=locked.tenant, action="metric-goal-archived", by=by, about=locked)


@transaction.atomic
def write_goal_verdicts(*, tenant: Tenant, now: datetime) -> int:
    """Write the verdict on every goal whose day is over, once; give how many were new.

    A goal whose metric means something else by now gets none: its target was for another figure.
    """
    viewer = Viewer(tenant, sees_rows=True, now=now)
    judged = MetricGoalVerdict.objects.for_tenant(tenant)
    due = goals_of(tenant).filter(due_on__lt=viewer.today).exclude(pk__in=judged.values("goal"))
    shown = [one for one in goals_shown(viewer, list(due)) if CHANGED_METRIC not in one.notes]
    rows = [_verdict(one, now) for one in shown]
    words = {one.goal.pk: one.words for one in shown}
    MetricGoalVerdict.objects.bulk_create(rows, ignore_conflicts=True)
    there = judged.filter(pk__in=[row.pk for row in rows])
    kept = set(there.values_list("pk", flat=True))
    for row in (one for one in rows if one.pk in kept):
        changes = {"verdict": row.verdict, "due": row.due_on.isoformat()}
        record(tenant=tenant, action="metric-goal-judged", by=None, about=row.goal, changes=changes)
        tell_of_verdict(row, words[row.goal_id], now=now)
    return len(kept)


def _move(
    goal: MetricGoal,
    target: float,
    due_on: date,
    *,
    reason: str,
    by: Membership | ApiKey,
    now: datetime,
) -> None:
    today = Viewer(goal.tenant, sees_rows=True, now=now).today
    if goal.due_on < today:
        raise GoalOverError
    if not reason:
        raise GoalError("reason", "Say why the target or the day moves: it is kept.")
    if due_on != goal.due_on:
        check_due(goal.from_on, due_on, today)
    check_target(target, _measure(goal.metric).bounds)
    MetricGoalMove.objects.create(
        tenant=goal.tenant,
        goal=goal,
        old_target=goal.target,
        new_target=target,
        old_due_on=goal.due_on,
        new_due_on=due_on,
        reason=reason,
        at=now,
        by=by if isinstance(by, Membership) else None,
    )
    goal.target, goal.due_on = target, due_on


def _member(by: Membership | ApiKey | None) -> Membership | None:
    return by if isinstance(by, Membership) else None


def _verdict(one: GoalShown, now: datetime) -> MetricGoalVerdict:
    found = one.found
    return MetricGoalVerdict(
        tenant=one.goal.tenant,
        goal=one.goal,
        target=one.goal.target,
        due_on=one.goal.due_on,
        verdict=found.word.value,
        needed=found.needed,
        visible=found.visible,
        value_before=found.before.value,
        n_before=found.before.n,
        value_now=found.since.value,
        n_now=found.since.n,
        low=found.low,
        high=found.high,
        definition_version=one.measure.version.number,
        decided_at=now,
    )


def _title(title: str) -> str:
    if not title.strip():
        raise GoalError("title", "Give the goal a title.")
    return title.strip()


def _measure(metric: Metric) -> Measure:
    [measure] = measures(metric.tenant, only=metric.key)
    if measure.version.statistic == MetricVersion.Statistic.MEDIAN:
        raise GoalError("metric", "A median has no verdict: choose another metric.")
    return measure


def _places(tenant: Tenant, places: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Keep the keys that name something, sorted; raises GoalError for any other."""
    names = read_names(tenant)
    for name, keys in places.items():
        if name not in {by.value for by in FILTERED}:
            raise GoalError("places", "Use touchpoint, channel, survey and segment.")
        _, unknown = names.known(By(name), keys)
        if unknown:
            raise GoalError(name, f"There is no {name} “{unknown[0]}”.")
    return {name: sorted(set(keys)) for name, keys in places.items() if keys}


def _held(goal: MetricGoal) -> MetricGoal:
    rows = MetricGoal.objects.for_tenant(goal.tenant_id).select_related("tenant", "metric__tenant")
    locked = rows.select_for_update(of=("self",), no_key=True).get(pk=goal.pk)
    if locked.archived_at is not None:
        raise GoalArchivedError
    return locked
