"""What arrived from an event source lately, item by item, and what became of each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Func, IntegerField

from cxm.customers.rules.masking import redacted
from cxm.customers.rules.records import Ref
from cxm.customers.selectors.persons import mask_key
from feedback.adapters.events.parsed import raw_text
from feedback.models import Inbox
from feedback.rules.arrivals import (
    LEFT_OUT_WORDS,
    NOT_KEPT_WORDS,
    REPEATED_WORDS,
    Fate,
    customer_words,
    ref_words,
)
from feedback.rules.hiding import hidden_json, readable_json
from feedback.selectors.event_sources import RefusedShown, refused_shown
from feedback.selectors.outcomes import Outcomes, read_outcomes
from feedback.services.arrival_items import UNKNOWN, Item, ReadBody, read_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.customers.models import Interaction
    from cxm.customers.selectors.persons import Reader
    from cxm.touchpoints.models import Touchpoint, TouchpointRule
    from feedback.models import EventSource, RejectedEvent

    type Place = tuple[UUID, int]

# How much is read again for one look: the first of the three that is reached.
MOST_BODIES, MOST_ITEMS, MOST_BYTES = 50, 500, 2_000_000
MOST_SHOWN = 100
MOST_RAW = 40_000
# The first 48 bits of a UUIDv7 are the milliseconds since 1970.
_BITS_AFTER_TIME = 80


@dataclass(frozen=True, slots=True)
class Arrival:
    """One item that arrived, as one reader may see it.

    *customer* is whom it named, in the words of the event; *person_id* leads to the root of that
    customer, None while there is none. *why* says in words what *fate* alone does not;
    *has_losses* tells that single values of it were left out. *interaction* is what it made on
    the timeline, if it made that. An unreadable body is one arrival at position 0.
    """

    inbox: Inbox
    position: int
    call: str
    name: str
    customer: str
    fate: Fate
    why: str = ""
    has_losses: bool = False
    occurred_at: datetime | None = None
    is_zone_assumed: bool = False
    person_id: UUID | None = None
    interaction: Interaction | None = None
    refused: tuple[RefusedShown, ...] = ()
    identifiers: tuple[str, ...] = ()
    key: str = ""
    raw: str = ""

    @property
    def touchpoint(self) -> Touchpoint | None:
        """The touchpoint it was given."""
        return self.interaction.touchpoint if self.interaction else None

    @property
    def rule(self) -> TouchpointRule | None:
        """The rule that gave the touchpoint; None where the event itself named it."""
        return self.interaction.touchpoint_rule if self.interaction else None

    @property
    def lacks_touchpoint(self) -> bool:
        """Whether it is on the timeline without a touchpoint, so that a rule would help."""
        return self.interaction is not None and self.interaction.touchpoint_id is None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The newest items that fit a filter, newest first, out of *read* that were looked at.

    *sequence* changes whenever this may look different.
    """

    rows: list[Arrival]
    read: int
    sequence: str


def arrival_sequence(source: EventSource) -> str:
    """Give a text that changes when something arrives or is loaded. One query, no body read."""
    states = _bodies(source).values_list("pk", "state", "counts")[:MOST_BODIES]
    return hashlib.sha256(repr(list(states)).encode()).hexdigest()[:16]


def recent_arrivals(
    reader: Reader, source: EventSource, *, fate: str = "", name: str = ""
) -> Arrivals:
    """Read the newest bodies of *source* again and say what became of their items.

    *fate* keeps one of `Fate`, *name* those whose name holds it, whatever the case. Seven
    queries. An item that came twice is told as sent before in all but its earliest body.
    """
    sequence = arrival_sequence(source)
    found = list(_arrivals(reader, source, _newest(source)))
    wanted = name.casefold()
    rows = [
        arrival
        for arrival in found
        if (not fate or arrival.fate == fate) and wanted in arrival.name.casefold()
    ]
    return Arrivals(rows[:MOST_SHOWN], len(found), sequence)


def read_arrival(
    reader: Reader, source: EventSource, inbox_id: UUID, position: int
) -> Arrival | None:
    """Read one item of a body of *source* again; None where it has no such one."""
    wanted = _bodies(source).filter(pk=inbox_id).first()
    if wanted is None or not wanted.body:
        return None
    around = [inbox for inbox in _newest(source) if inbox.pk != inbox_id]
    for arrival in _arrivals(reader, source, [*around, wanted]):
        if arrival.inbox.pk == inbox_id and arrival.position == position:
            return arrival
    return None


def _bodies(source: EventSource) -> QuerySet[Inbox]:
    rows = Inbox.objects.for_tenant(source.tenant_id).filter(event_source=source)
    return rows.order_by("-received_at", "-pk")


def _newest(source: EventSource) -> list[Inbox]:
    """Load the newest bodies, at least one, as far as the limits of one look go. Two queries.

    Those that retention has emptied are left out.
    """
    length = Func("body", function="octet_length", output_field=IntegerField())
    kept = _bodies(source).annotate(length=length).filter(length__gt=0)
    ids: list[UUID] = []
    size = items = 0
    for pk, counts, more in kept.values_list("pk", "counts", "length")[:MOST_BODIES]:
        size, items = size + more, items + counts.get("items", 1)
        if ids and (size > MOST_BYTES or items > MOST_ITEMS):
            break
        ids.append(pk)
    return list(_bodies(source).filter(pk__in=ids))


def _arrivals(reader: Reader, source: EventSource, bodies: Sequence[Inbox]) -> Iterator[Arrival]:
    """Give the items of *bodies*, which are newest first, with what became of them."""
    read = [(inbox, read_body(source, inbox)) for inbox in bodies]
    items = [item for _, body in read for item in body.items]
    outcomes = read_outcomes(
        reader.tenant,
        source=source,
        inbox_ids=[inbox.pk for inbox in bodies],
        keys={key for item in items if (key := _known_as(item))},
        refs={ref for item in items for ref in item.refs},
    )
    teller = _Teller(reader, outcomes, _first_places(read))
    for inbox, body in read:
        if body.error or inbox.state == Inbox.State.FAILED:
            yield teller.unreadable(inbox, body)
        else:
            yield from (teller.arrival(inbox, item) for item in reversed(body.items))


def _first_places(read: Sequence[tuple[Inbox, ReadBody]]) -> dict[str, Place]:
    """Say for each key in which body and position it came first."""
    first: dict[str, Place] = {}
    for inbox, body in sorted(read, key=lambda pair: (pair[0].received_at, pair[0].pk)):
        for item in body.items:
            if item.key:
                first.setdefault(item.key, (inbox.pk, item.position))
    return first


@dataclass(frozen=True, slots=True)
class _Teller:
    """Puts items and what is stored about them into words for one reader."""

    reader: Reader
    outcomes: Outcomes
    first: dict[str, Place]

    def unreadable(self, inbox: Inbox, body: ReadBody) -> Arrival:
        """Tell of a body of which nothing could be taken."""
        text = bytes(inbox.body)[:MOST_RAW].decode("utf-8", "replace")
        why = inbox.error or body.error
        sees_persons = self.reader.sees_persons
        return Arrival(
            inbox=inbox,
            position=0,
            call=UNKNOWN,
            name="",
            customer="",
            fate=Fate.UNREADABLE,
            why=why if sees_persons else redacted(why),
            raw=text if sees_persons else "",
        )

    def arrival(self, inbox: Inbox, item: Item) -> Arrival:
        """Tell of one item."""
        sees_persons = self.reader.sees_persons
        made = self.outcomes.made.get(item.key) if item.key else None
        refusals = self._refusals(inbox, item)
        fate, why = self._fate(inbox, item, made, refusals)
        is_in = fate in {Fate.LOADED, Fate.REPEATED}
        interaction = self.outcomes.interactions.get(made) if made and is_in else None
        return Arrival(
            inbox=inbox,
            position=item.position,
            call=item.call,
            name=item.name or self._about(item),
            customer=customer_words(item.refs, mask_key=self._mask_key),
            fate=fate,
            why=why if sees_persons else redacted(why),
            has_losses=is_in and bool(refusals),
            occurred_at=item.occurred_at,
            is_zone_assumed=item.is_zone_assumed,
            person_id=self._person(item, interaction) if is_in else None,
            interaction=interaction,
            refused=tuple(refused_shown(row, sees_persons=sees_persons) for row in refusals),
            identifiers=tuple(ref_words(ref, mask_key=self._mask_key) for ref in item.refs),
            key=item.key,
            raw=self._raw(item),
        )

    def _refusals(self, inbox: Inbox, item: Item) -> list[RejectedEvent]:
        """Give what is written down of *item*: here, or where the same one came first."""
        at_hand = self.outcomes.refused_at.get((inbox.pk, item.position), [])
        if at_hand or inbox.state == Inbox.State.STORED:
            return at_hand
        earlier = self.outcomes.refused_as.get(_known_as(item), ())
        if said := item.refusal:
            same = (said.code, said.path, said.message)
            return [row for row in earlier if (row.code, row.path, row.message) == same]
        text = raw_text(item.raw)
        return [row for row in earlier if row.raw == text]

    def _fate(
        self, inbox: Inbox, item: Item, made: UUID | None, refusals: Sequence[RejectedEvent]
    ) -> tuple[Fate, str]:
        if inbox.state == Inbox.State.STORED:
            return Fate.WAITING, ""
        if item.left_out and not refusals:
            return Fate.LEFT_OUT, LEFT_OUT_WORDS.get(item.left_out, "")
        if item.is_noted:
            return Fate.LOADED, ""
        if made is not None:
            is_again = self._is_repeated(inbox, item, made)
            return (Fate.REPEATED, REPEATED_WORDS) if is_again else (Fate.LOADED, "")
        if refusals or item.refusal:
            return Fate.REFUSED, " ".join(_reasons(item, refusals))
        left_out = LEFT_OUT_WORDS["page"] if item.call == "page" else NOT_KEPT_WORDS
        return Fate.LEFT_OUT, left_out

    def _is_repeated(self, inbox: Inbox, item: Item, made: UUID) -> bool:
        """Whether the effect is that of another item: an earlier body's, or one before in this."""
        if not inbox.counts.get("unchanged"):
            return False
        is_older = made.int >> _BITS_AFTER_TIME < int(inbox.received_at.timestamp() * 1000)
        return is_older or self.first[item.key] != (inbox.pk, item.position)

    @property
    def _mask_key(self) -> bytes | None:
        return None if self.reader.sees_persons else mask_key(self.reader.tenant)

    def _about(self, item: Item) -> str:
        if isinstance(item.about, Ref):
            return ref_words(item.about, mask_key=self._mask_key)
        return item.about

    def _person(self, item: Item, interaction: Interaction | None) -> UUID | None:
        if interaction is not None:
            return interaction.customer.root_id if interaction.customer else None
        return next((self.outcomes.people[r] for r in item.refs if r in self.outcomes.people), None)

    def _raw(self, item: Item) -> str:
        text = item.raw[:MOST_RAW].decode("utf-8", "replace")
        return readable_json(text if self.reader.sees_persons else hidden_json(text))


def _known_as(item: Item) -> str:
    return item.refusal.key if item.refusal else item.key


def _reasons(item: Item, refusals: Sequence[RejectedEvent]) -> list[str]:
    """Give why an item was kept out: as it was written down, else as its reader says it now."""
    said = [row.message for row in refusals]
    return said or ([item.refusal.message] if item.refusal else [])
