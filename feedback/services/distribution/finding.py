"""Finding whom an active distribution would ask: events that came in, members of a segment."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q
from django.utils.dateparse import parse_datetime

from cxm.customers.models import Interaction, SegmentMember
from cxm.touchpoints.rules.conditions import Condition
from feedback.services.distribution.planning import MOST_AT_ONCE, Candidate, plan
from feedback.services.distribution.sampling import (
    LOOKED_BACK,
    MOST_EVENTS,
    shares_now,
    stratum_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from django.db.models import QuerySet

    from feedback.models import Distribution

# An event may become visible a little after one that was received later: transactions overlap.
OVERLAP = timedelta(minutes=10)

type Place = tuple[str, str]


def ask_about_events(
    distribution: Distribution, *, after: Place | None, now: datetime
) -> Place | None:
    """Plan for the next stretch of events that came in; give where to go on, or None at the end.

    The last minutes are read again each time; their natural keys are known by then.
    """
    start = (distribution.read_until or now) - OVERLAP
    rows = matching_events(distribution).filter(received_at__gte=start, received_at__lte=now)
    if distribution.starts_at:
        rows = rows.filter(occurred_at__gte=distribution.starts_at)
    if after:
        at, pk = parse_datetime(after[0]), UUID(after[1])
        rows = rows.filter(Q(received_at__gt=at) | Q(received_at=at, pk__gt=pk))
    found = list(rows.order_by("received_at", "pk")[:MOST_AT_ONCE])
    shares = shares_now(distribution, now=now, events=partial(_lately, distribution, now))
    plan(distribution=distribution, candidates=candidates_of(distribution, found, shares), now=now)
    if len(found) == MOST_AT_ONCE:
        return (found[-1].received_at.isoformat(), str(found[-1].pk))
    distribution.read_until = now
    distribution.save(update_fields=["read_until"])
    return None


def _lately(distribution: Distribution, now: datetime) -> list[Interaction]:
    """Give the latest events, at most 20,000, of as many days as are looked back at."""
    rows = matching_events(distribution).filter(
        occurred_at__gt=now - LOOKED_BACK, occurred_at__lte=now
    )
    few = rows.only("touchpoint_id", "channel_id", "props", "occurred_at", "thread_key")
    return list(few.order_by("-occurred_at", "pk")[:MOST_EVENTS])


def candidates_of(
    distribution: Distribution,
    events: list[Interaction],
    shares: Mapping[str, Decimal] | None = None,
) -> list[Candidate]:
    """Give the candidates among *events*: those whose properties meet the conditions.

    *shares* are the chances by stratum, where about so many a day are drawn. Several events of one
    order, ticket or thread are one candidate, the first of them.
    """
    conditions = [Condition.of(one) for one in distribution.trigger.get("conditions", [])]
    return [
        Candidate(
            customer_id=one.customer_id,
            natural_key=one.thread_key or str(one.pk),
            at=one.occurred_at,
            interaction_id=one.pk,
            context={"about": one.thread_key or one.name},
            stratum=stratum_of(distribution, one),
            chance=(shares or {}).get(stratum_of(distribution, one)),
            thread_key=one.thread_key,
        )
        for one in events
        if one.customer_id and all(condition.holds(one.props) for condition in conditions)
    ]


def ask_segment(distribution: Distribution, *, after: str, now: datetime) -> str | None:
    """Plan for the next stretch of a segment's members; give where to go on, or None at the end."""
    rows = SegmentMember.objects.for_tenant(distribution.tenant_id).filter(
        segment=distribution.segment_id, to_at__isnull=True
    )
    if after:
        rows = rows.filter(customer__gt=UUID(after))
    members = list(rows.order_by("customer").values_list("customer", flat=True)[:MOST_AT_ONCE])
    candidates = [
        Candidate(customer_id=pk, natural_key=f"{distribution.wave}:{pk}", at=now) for pk in members
    ]
    plan(distribution=distribution, candidates=candidates, now=now)
    return str(members[-1]) if len(members) == MOST_AT_ONCE else None


def matching_events(distribution: Distribution) -> QuerySet[Interaction]:
    """Give the events of known people that *distribution* asks about, of any time, in no order.

    Their properties are not looked at: `candidates_of` does.
    """
    trigger = distribution.trigger
    rows = Interaction.objects.for_tenant(distribution.tenant_id).filter(
        kind=trigger["kind"], customer__isnull=False, deleted_at__isnull=True
    )
    if trigger.get("name"):
        rows = rows.filter(name=trigger["name"])
    if trigger.get("touchpoint"):
        rows = rows.filter(touchpoint__key=trigger["touchpoint"])
    return rows
