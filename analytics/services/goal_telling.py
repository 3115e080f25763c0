"""Telling who answers for a goal: that it is theirs, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.selectors.goals import FOLDER
from cxm.collaboration.rules.kinds import NoticeKind
from cxm.collaboration.services.notices import tell_of_page

if TYPE_CHECKING:
    from datetime import datetime

    from analytics.models import MetricGoal, MetricGoalVerdict
    from cxm.tenants.models import Membership


def tell_of_goal_owner(goal: MetricGoal, *, by: Membership | None, now: datetime) -> None:
    """Tell the owner of a goal that it is theirs; nobody is told what they did themselves."""
    _tell(goal, NoticeKind.ASSIGNED, goal.title, by=by, now=now)


def tell_of_verdict(verdict: MetricGoalVerdict, words: str, *, now: datetime) -> None:
    """Tell the owner of a goal the verdict in *words*; once, when it is written."""
    _tell(verdict.goal, NoticeKind.JUDGED, f"{verdict.goal.title}: {words}", by=None, now=now)


def _tell(
    goal: MetricGoal, kind: NoticeKind, about: str, *, by: Membership | None, now: datetime
) -> None:
    if goal.owner_id:
        tell_of_page(
            tenant=goal.tenant,
            kind=kind,
            page=f"{FOLDER}{goal.pk}/",
            about=about,
            to=[goal.owner_id],
            by=by,
            now=now,
            site=goal.site,
        )
