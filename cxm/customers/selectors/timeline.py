"""The timeline of one person: everything that happened, newest first, by day."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from cxm.accounts.rules import NAMELESS
from cxm.customers.models import Interaction
from cxm.customers.rules.event_words import readable_name, source_words
from cxm.customers.rules.time_words import day_words
from cxm.kernel.context_parts import context_parts
from cxm.kernel.queries import query_text
from cxm.metrics.rules.days import day_start

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from cxm.customers.selectors.subjects import Subject
    from cxm.kernel.context_parts import Told

PAGE_SIZE = 50
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
ICONS = {
    Interaction.Kind.EVENT: "activity",
    Interaction.Kind.PAGE: "panel-right",
    Interaction.Kind.MESSAGE: "mail",
    Interaction.Kind.CALL: "phone",
    Interaction.Kind.VISIT: "store",
    Interaction.Kind.ORDER_STEP: "package",
    Interaction.Kind.PAYMENT: "scroll-text",
    Interaction.Kind.INVITATION: "send",
    Interaction.Kind.RESPONSE: "message-square-text",
    Interaction.Kind.CASE: "inbox",
    Interaction.Kind.CONTRACT: "file-text",
    Interaction.Kind.NOTE: "square-pen",
    Interaction.Kind.MERGE: "git-merge",
}
_ROW = (
    *("id", "kind", "name", "title", "text", "occurred_at", "is_zone_assumed", "direction"),
    *("amount", "currency", "thread_key", "source"),
    *("touchpoint_id", "channel_id", "by_id", "batch_id"),
)
_OPTIONS = {
    "touchpoint_title": Coalesce("touchpoint__merged_into__title", "touchpoint__title"),
    "touchpoint_key": Coalesce("touchpoint__merged_into__key", "touchpoint__key"),
    "channel_title": Coalesce("channel__merged_into__title", "channel__title"),
    "channel_key": Coalesce("channel__merged_into__key", "channel__key"),
}
# Names of what the rows of a page refer to: eight joins cost more than all of its rows.
_NAMES = """
SELECT t.id, coalesce(into_.title, t.title), coalesce(into_.key, t.key)
FROM touchpoints_touchpoint t LEFT JOIN touchpoints_touchpoint into_
    ON into_.tenant_id = t.tenant_id AND into_.id = t.merged_into_id
WHERE t.tenant_id = %(tenant)s AND t.id = ANY(%(ids)s)
UNION ALL
SELECT c.id, coalesce(into_.title, c.title), coalesce(into_.key, c.key)
FROM touchpoints_channel c LEFT JOIN touchpoints_channel into_
    ON into_.tenant_id = c.tenant_id AND into_.id = c.merged_into_id
WHERE c.tenant_id = %(tenant)s AND c.id = ANY(%(ids)s)
UNION ALL
SELECT m.id, coalesce(nullif(u.name, ''), %(nameless)s), ''
FROM tenants_membership m JOIN accounts_user u ON u.id = m.user_id
WHERE m.tenant_id = %(tenant)s AND m.id = ANY(%(ids)s)
UNION ALL
SELECT id, title, '' FROM work_batch WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)
"""
_NOTHING = ("", "")
# What we do to a customer's row, or write down of them, is no contact with them.
NO_CONTACT = (Interaction.Kind.MERGE, Interaction.Kind.NOTE)


@dataclass(frozen=True, slots=True)
class TimelineFilter:
    """What of a timeline is shown; an empty field shows all. Keys of merged rows lead on."""

    kind: str = ""
    channel: str = ""
    touchpoint: str = ""
    source: str = ""
    thread: str = ""
    q: str = ""

    def pairs(self) -> list[tuple[str, str]]:
        """Give what is set as the pairs of a query string, in the order of the fields."""
        return [(f.name, getattr(self, f.name)) for f in fields(self) if getattr(self, f.name)]

    def query(self, *more: tuple[str, str]) -> str:
        """Write the filter as a query string, with *more* pairs behind it."""
        return urlencode([*self.pairs(), *more])

    def without(self, name: str) -> TimelineFilter:
        """Give the same filter with one field empty."""
        return replace(self, **{name: ""})


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: its moment, and its id among those of the same moment."""

    at: datetime
    pk: UUID

    def text(self) -> str:
        """Write it down for an address."""
        return f"{self.at.astimezone(UTC).isoformat()}~{self.pk.hex}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline, in the words of the reader."""

    pk: UUID
    kind: str
    kind_words: str
    icon: str
    title: str
    text: str
    at: datetime
    is_zone_assumed: bool
    direction: str
    touchpoint: str
    touchpoint_key: str
    channel: str
    channel_key: str
    source: str
    by: str
    amount: str
    thread: str
    place: Place
    told: Told | None


@dataclass(frozen=True, slots=True)
class Day:
    """The entries of one day of the tenant; *is_continued* when the page before began it."""

    on: date
    words: str
    is_continued: bool
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Some entries by day, newest first, and where the pages before and after begin."""

    days: list[Day]
    newer: Place | None
    older: Place | None

    @property
    def entries(self) -> list[Entry]:
        """All entries of the page."""
        return [entry for day in self.days for entry in day.entries]


def read_filter(query: Mapping[str, str]) -> TimelineFilter:
    """Read a filter from the query of a page; what is no kind of ours is left out."""
    values = {f.name: query_text(query, f.name) for f in fields(TimelineFilter)}
    if values["kind"] not in Interaction.Kind.values:
        values["kind"] = ""
    return TimelineFilter(**values)


def read_place(text: str) -> Place | None:
    """Read what `Place.text` wrote; None for anything else."""
    moment, _, pk = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        place = Place(at, UUID(pk))
    except ValueError:
        return None
    # At the ends of the calendar a time cannot be told in another zone.
    return place if at.utcoffset() is not None and _FIRST < at < _LAST else None


def place_before(subject: Subject, on: str) -> Place | None:
    """Give the place at which entries of a day (written 2026-11-22) begin, newest first."""
    try:
        following = date.fromisoformat(on) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return Place(day_start(following, subject.looking.zone), UUID(int=0))


def timeline_rows(subject: Subject, asked: TimelineFilter) -> QuerySet[Interaction]:
    """Select what happened to *subject*, on whichever row, newest first.

    Those from whom names are hidden search the names of events only: a text may hold others.
    """
    rows = Interaction.objects.for_tenant(subject.tenant).filter(
        customer__in=subject.ids, deleted_at__isnull=True
    )
    for name in ("kind", "source"):
        if value := getattr(asked, name):
            rows = rows.filter(**{name: value})
    for name in ("channel", "touchpoint"):
        if key := getattr(asked, name):
            rows = rows.filter(Q(**{f"{name}__key": key}) | Q(**{f"{name}__merged_into__key": key}))
    if asked.thread and not subject.is_masked:
        rows = rows.filter(thread_key=asked.thread)
    if asked.q:
        rows = rows.filter(_saying(asked.q, is_masked=subject.is_masked))
    return rows.order_by("-occurred_at", "-pk")


def timeline_page(
    subject: Subject,
    asked: TimelineFilter,
    *,
    after: Place | None = None,
    before: Place | None = None,
    size: int = PAGE_SIZE,
    is_contact: bool = False,
) -> TimelinePage:
    """Show one page: what is older than *after*, what is newer than *before*, or the newest.

    With *is_contact* merges and notes are left out: they are no contact with the customer.
    Two queries, and at most one more by each app that tells more of some kind.
    """
    selected = timeline_rows(subject, asked)
    if is_contact:
        selected = selected.exclude(kind__in=NO_CONTACT)
    if before:
        newer = selected.filter(_beyond(before, "gt")).reverse()
        found = list(_values(newer)[: size + 1])
        has_newer = len(found) > size
        rows, has_older = found[:size][::-1], bool(found)
    else:
        older = selected.filter(_beyond(after, "lt")) if after else selected
        found = list(_values(older)[: size + 1])
        rows, has_older, has_newer = found[:size], len(found) > size, after is not None
    entries = _entries(subject, rows)
    return TimelinePage(
        days=_days(subject, entries, after),
        newer=entries[0].place if entries and has_newer else None,
        older=entries[-1].place if entries and has_older else None,
    )


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a filter can take, and how many entries have it."""

    value: str
    label: str
    count: int


def timeline_options(subject: Subject) -> dict[str, list[Option]]:
    """Count the entries of *subject* by each field of the filter, most first. One query."""
    rows = timeline_rows(subject, TimelineFilter()).order_by()
    named = rows.annotate(**_OPTIONS)
    tally: dict[str, dict[tuple[str, str], int]] = {
        name: {} for name in ("kind", "channel", "touchpoint", "source")
    }
    for row in named.values("kind", "source", *_OPTIONS).annotate(count=Count("pk")):
        labels = {
            "kind": (row["kind"], Interaction.Kind(row["kind"]).label),
            "channel": (row["channel_key"], row["channel_title"]),
            "touchpoint": (row["touchpoint_key"], row["touchpoint_title"]),
            "source": (row["source"], source_words(row["source"])),
        }
        for name, pair in labels.items():
            if pair[0]:
                tally[name][pair] = tally[name].get(pair, 0) + row["count"]
    return {name: _options(counts) for name, counts in tally.items()}


def _options(counts: dict[tuple[str, str], int]) -> list[Option]:
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0][1].casefold()))
    return [Option(value, label, count) for (value, label), count in most_first]


def _saying(text: str, *, is_masked: bool) -> Q:
    if is_masked:
        return Q(name__icontains=text)
    return Q(title__icontains=text) | Q(name__icontains=text) | Q(text__icontains=text)


def _beyond(place: Place, how: str) -> Q:
    """Compare with *place*; the moment is said twice, so that the index can be entered there."""
    at, same = {f"occurred_at__{how}": place.at}, {"occurred_at": place.at, f"pk__{how}": place.pk}
    return Q(**{f"occurred_at__{how}e": place.at}) & (Q(**at) | Q(**same))


def _values(rows: QuerySet[Interaction]) -> QuerySet[Interaction, dict[str, Any]]:
    found: QuerySet[Interaction, dict[str, Any]] = rows.values(*_ROW)
    return found


type Names = dict[UUID | None, tuple[str, str]]


def _entries(subject: Subject, rows: list[dict[str, Any]]) -> list[Entry]:
    ids: dict[str, list[UUID]] = {}
    for row in rows:
        ids.setdefault(row["kind"], []).append(row["id"])
    told, names = context_parts.told(subject, ids), _names(subject, rows)
    return [_entry(subject, row, names, told.get(row["id"])) for row in rows]


def _names(subject: Subject, rows: list[dict[str, Any]]) -> Names:
    """Read title and key of everything that *rows* refer to, by id. One query."""
    ids = {row[name] for row in rows for name in _ROW[-4:]} - {None}
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _NAMES, {"tenant": subject.tenant.pk, "ids": list(ids), "nameless": NAMELESS}
        )
        return {pk: (title, key) for pk, title, key in cursor.fetchall()}


def _entry(subject: Subject, row: dict[str, Any], names: Names, told: Told | None) -> Entry:
    title = row["title"] or readable_name(row["name"])
    touchpoint, touchpoint_key = names.get(row["touchpoint_id"], _NOTHING)
    channel, channel_key = names.get(row["channel_id"], _NOTHING)
    return Entry(
        pk=row["id"],
        kind=row["kind"],
        kind_words=Interaction.Kind(row["kind"]).label,
        icon=ICONS[row["kind"]],
        title=subject.shown(title),
        text=subject.shown(row["text"]),
        at=row["occurred_at"].astimezone(subject.looking.zone),
        is_zone_assumed=row["is_zone_assumed"],
        direction=row["direction"],
        touchpoint=touchpoint,
        touchpoint_key=touchpoint_key,
        channel=channel,
        channel_key=channel_key,
        source=source_words(row["source"], names.get(row["batch_id"], _NOTHING)[0]),
        by=names.get(row["by_id"], _NOTHING)[0],
        amount=amount_words(row["amount"], row["currency"]),
        thread="" if subject.is_masked else row["thread_key"],
        place=Place(row["occurred_at"], row["id"]),
        told=told,
    )


def amount_words(amount: Any, currency: str) -> str:
    """Write an amount of money with its currency; empty for none."""
    return "" if amount is None else f"{amount:,.2f} {currency}".strip()


def _days(subject: Subject, entries: Iterable[Entry], after: Place | None) -> list[Day]:
    begun = after.at.astimezone(subject.looking.zone).date() if after and after.pk.int else None
    today = subject.looking.today
    return [
        Day(on, day_words(on, today), on == begun, list(found))
        for on, found in groupby(entries, key=lambda entry: entry.at.date())
    ]
