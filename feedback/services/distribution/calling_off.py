"""Events that call an invitation off: an order that came back is asked about no more."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING

from cxm.customers.models import Interaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Tenant
    from feedback.models import Distribution

CALLED_OFF_BY = "called off by"
"""What figures of an invitation call the name of the event."""
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class About:
    """What somebody (by the id of their root) is asked about: an event, in its thread if any."""

    person: UUID
    thread_key: str
    since: datetime


@dataclass(frozen=True, slots=True)
class CalledOff:
    """The event by which something was called off, and when it became known."""

    name: str
    known_at: datetime


def names_of(distribution: Distribution) -> list[str]:
    """Give the names of the events that call an invitation of *distribution* off."""
    return list(distribution.trigger.get("unless", []))


def called_off(
    tenant: Tenant, names: Sequence[str], those: Sequence[About]
) -> list[CalledOff | None]:
    """Say by which of the events with *names* each of *those* was called off, the first known.

    It counts from the moment asked about on, for the same person; where both belong to a thread
    (an order, a ticket), only if it is the same one. One query for 5,000 people, none without
    names.
    """
    if not names or not those:
        return [None] * len(those)
    since = min(one.since for one in those)
    met = defaultdict(list)
    for some in batched(sorted({one.person for one in those}), _AT_ONCE):
        rows = Interaction.objects.for_tenant(tenant).filter(
            name__in=names,
            deleted_at__isnull=True,
            customer__root__in=some,
            occurred_at__gte=since,
        )
        told = rows.values_list(
            "customer__root", "thread_key", "occurred_at", "name", "received_at"
        )
        for person, *event in told.order_by("received_at", "pk"):
            met[person].append(event)
    return [_first(one, met[one.person]) for one in those]


def _first(about: About, events: Sequence[Sequence[object]]) -> CalledOff | None:
    for thread_key, at, name, known_at in events:
        is_same = not thread_key or not about.thread_key or thread_key == about.thread_key
        if is_same and at >= about.since:  # type: ignore[operator]  # as selected
            return CalledOff(name, known_at)  # type: ignore[arg-type]  # as selected
    return None
