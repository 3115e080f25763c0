"""What customers met along a journey, as an event log: by the touchpoints of its live map."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models.functions import Coalesce

from analytics.rules.event_log import LogEvent, Trace
from cxm.customers.models import Interaction
from cxm.touchpoints.models import Touchpoint
from journeys.models import JourneyMap, StepTouchpoint
from journeys.selectors.access import LIVE

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from journeys.models import Journey

# More is no file that people open.
MOST_EVENTS = 50_000


def journey_traces(journey: Journey, *, start: datetime, end: datetime) -> list[Trace] | None:
    """Give what happened in [start, end) at the touchpoints of the journey's live map, by customer.

    Cases are in the order of their first event, and numbered by it: the names tell nothing of who
    it is, and those of two files have nothing to do with each other. Events are named by the key of
    their touchpoint, that of what it was merged into, and are done by "customer", "agent" or
    "system". What nobody is known of, and visitors without a name, is in no case; those who were
    merged are one. None for more than 50,000 events. Three queries.
    """
    keys = _touchpoint_keys(journey)
    rows = Interaction.objects.for_tenant(journey.tenant_id).filter(
        touchpoint__in=keys,
        occurred_at__gte=start,
        occurred_at__lt=end,
        deleted_at=None,
        customer__isnull=False,
        customer__erased_at=None,
    )
    told = list(
        rows.order_by("customer__root_id", "occurred_at", "pk").values_list(
            "customer__root_id", "occurred_at", "touchpoint_id", "actor"
        )[: MOST_EVENTS + 1]
    )
    if len(told) > MOST_EVENTS:
        return None
    cases = [
        [LogEvent(keys[place], at, actor) for _, at, place, actor in some]
        for _, some in groupby(told, lambda one: one[0])
    ]
    cases.sort(key=lambda events: events[0].at)
    return [Trace(f"case-{number}", events) for number, events in enumerate(cases, start=1)]


def _touchpoint_keys(journey: Journey) -> dict[UUID, str]:
    """Give the touchpoints of the live map, those merged into them too, with the key to tell."""
    maps = JourneyMap.objects.for_tenant(journey.tenant_id).filter(
        LIVE, journey=journey, archived_at=None
    )
    contacts = StepTouchpoint.objects.for_tenant(journey.tenant_id).filter(
        map__in=maps.values("pk"), deleted_at=None
    )
    everywhere = Touchpoint.objects.for_tenant(journey.tenant_id)
    named = everywhere.filter(pk__in=contacts.values("touchpoint"))
    roots = set(named.values_list(Coalesce("merged_into_id", "pk"), flat=True))
    same = everywhere.annotate(root=Coalesce("merged_into_id", "pk")).filter(root__in=roots)
    told = list(same.values_list("pk", "root", "key"))
    by_root = {pk: key for pk, root, key in told if pk == root}
    return {pk: by_root.get(root, key) for pk, root, key in told}
