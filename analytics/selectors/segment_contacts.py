"""The contacts behind the channel mix of a segment, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import FETCH_RAISE, Exists, OuterRef, Q

from analytics.selectors.persona_numbers import CONTACT_DAYS
from cxm.customers.models import Interaction, SegmentMember
from cxm.customers.rules.event_words import readable_name
from cxm.customers.selectors.timeline import ICONS, NO_CONTACT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from analytics.selectors.figures import Viewer
    from cxm.customers.models import Segment
    from cxm.customers.selectors.persons import Person, Persons
    from cxm.touchpoints.models import Channel


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact: with whom, when by the tenant's clock, what, and where."""

    person: Person
    at: datetime
    icon: str
    words: str
    touchpoint: str


def contacts_of(viewer: Viewer, segment: Segment, channel: Channel | None) -> QuerySet[Interaction]:
    """List the contacts of the members of *segment* in the last 90 days, newest first.

    Through *channel* and those merged into it; None keeps those without a channel.
    """
    members = SegmentMember.objects.for_tenant(viewer.tenant).filter(
        segment=segment, to_at=None, customer=OuterRef("customer__root")
    )
    of_channel = Q(channel=None)
    if channel:
        of_channel = Q(channel=channel) | Q(channel__merged_into=channel)
    rows = Interaction.objects.for_tenant(viewer.tenant).filter(
        Exists(members),
        of_channel,
        deleted_at=None,
        day__gt=viewer.today - timedelta(days=CONTACT_DAYS),
        day__lte=viewer.today,
    )
    rows = rows.exclude(kind__in=NO_CONTACT).select_related("touchpoint__merged_into")
    return rows.order_by("-occurred_at", "-pk").fetch_mode(FETCH_RAISE)


def contact_lines(viewer: Viewer, rows: Iterable[Interaction], persons: Persons) -> list[Contact]:
    """Put contacts into words, as far as their reader may know the persons."""
    zone = ZoneInfo(viewer.tenant.time_zone)
    return [_line(row, persons.of(row.customer_id), zone) for row in rows]


def _line(row: Interaction, person: Person, zone: ZoneInfo) -> Contact:
    place = row.touchpoint and (row.touchpoint.merged_into or row.touchpoint)
    return Contact(
        person=person,
        at=row.occurred_at.astimezone(zone),
        icon=ICONS[Interaction.Kind(row.kind)],
        words=person.shown(row.title or readable_name(row.name)),
        touchpoint=place.title if place else "",
    )
