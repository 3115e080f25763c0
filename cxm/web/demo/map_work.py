"""What the people of a made-up company did about a journey map after they had drawn it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cxm.collaboration.rules.links import USUAL_DAYS, Terms
from cxm.collaboration.services.saved_views import save_view
from cxm.collaboration.services.sharing import share
from cxm.web.demo.discussion import hold_talk
from journeys.models import Lineage
from journeys.rules.kinds import LineageKind
from journeys.rules.look import map_scope
from journeys.selectors.shares import SharedJourneyMap
from journeys.selectors.subjects import JourneyMapSubject
from journeys.services.realising import note_realisation
from journeys.services.reviews import ask_review

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cxm.tenants.models import Membership
    from cxm.web.demo.journey_plans import JourneyMapPlan
    from journeys.models import JourneyMap


def work_on_map(
    drawn: JourneyMap,
    plan: JourneyMapPlan,
    people: Mapping[str, Membership],
    *,
    now: datetime,
) -> None:
    """Do with a map all that *plan* says has been done since, each at its moment before *now*.

    *people* by their keys; what is not said by one of them the manager did. No mail is sent.
    """
    _realise(drawn, plan, people["manager"], now=now)
    for talk in plan.talks:
        hold_talk(JourneyMapSubject(drawn), talk, people, now=now)
    for view in plan.views:
        save_view(
            scope=map_scope(drawn.journey_id),
            name=view.name,
            query=view.query,
            owner=people["manager"],
            now=now,
            is_shared=True,
        )
    _show_outside(drawn, plan, people["manager"], now=now)
    if plan.review:
        ask_review(
            of=drawn,
            reviewers=[people[key].pk for key in plan.review.reviewers],
            message=plan.review.message,
            by=people["manager"],
            now=now - timedelta(days=plan.review.days_ago),
        )


def _realise(
    drawn: JourneyMap, plan: JourneyMapPlan, manager: Membership, *, now: datetime
) -> None:
    keys = [one.step for one in plan.realised]
    rows = Lineage.objects.for_tenant(drawn.tenant_id).filter(journey=drawn.journey_id)
    named = rows.filter(kind=LineageKind.STEP, key__in=keys).values_list("key", "pk")
    steps = dict(named)
    for one in plan.realised:
        live_on = now.date() - timedelta(days=one.live_days) if one.live_days else None
        note_realisation(
            of=drawn, step=steps[one.step], state=one.state, by=manager, now=now, live_on=live_on
        )


def _show_outside(
    drawn: JourneyMap, plan: JourneyMapPlan, manager: Membership, *, now: datetime
) -> None:
    if plan.link is None:
        return
    made_at = now - timedelta(days=plan.link.days_ago)
    terms = Terms(
        kinds=plan.link.kinds,
        expires_at=made_at + timedelta(days=USUAL_DAYS),
        label=plan.link.label,
    )
    share(of=SharedJourneyMap(drawn), terms=terms, by=manager, now=made_at)
