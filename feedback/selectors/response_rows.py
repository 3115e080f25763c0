"""The rows that a filter selects: ratings of one metric, or responses, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import BooleanField, Exists, Func, OuterRef, Q, Value

from cxm.customers.models import SegmentMember
from feedback.models import Rating, Response, Verbatim
from feedback.selectors.answer_filter import said_conditions
from feedback.selectors.registry_names import Kind
from feedback.selectors.response_filter import Standing
from feedback.selectors.text_filter import ratings_at_odds, responses_at_odds, text_conditions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant
    from feedback.selectors.registry_names import Measure
    from feedback.selectors.response_filter import Asked

MOST_COUNTED_AT_ONCE = 100_000
_LONGEST_PLACE = 100
_RATING_PARTS, _RESPONSE_PARTS = 3, 2
_RATING_STATES = {
    Standing.COUNTED: Rating.State.COUNTED,
    Standing.HELD: Rating.State.QUARANTINED,
    Standing.DELETED: Rating.State.DELETED,
}

_PLACES = (Kind.TOUCHPOINT, Kind.CHANNEL)

type Rows = QuerySet[Any]


class _Searched(Func):
    """Whether a response's id (first) is among those whose comments fit a search (second).

    The search runs once, before the rows are read: it is a function of the database because text
    search cannot use an index below row-level security.
    """

    template = "%(expressions)s)))"
    arg_joiner = " = ANY(ARRAY(SELECT response_id FROM search_verbatims("
    output_field = BooleanField()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in the list: its day (ratings only), its moment, then its id."""

    at: datetime
    pk: UUID
    day: date | None = None

    def text(self) -> str:
        """Write the place for an address."""
        moment = f"{self.at.isoformat()}~{self.pk.hex}"
        return f"{self.day.isoformat()}~{moment}" if self.day else moment


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a list: its rows, newest first, and whether others stand before and after."""

    rows: list[Any]
    has_newer: bool
    has_older: bool


def rows_of(tenant: Tenant, asked: Asked) -> Rows:
    """Select what *asked* asks for, newest first, in a total order.

    With a metric these are its ratings: exactly those that the metric's figure counts within the
    same filter. Without one they are responses: touchpoint, channel and score must all be found
    on one rating of a response, or on the response itself when nothing in it was rated.
    """
    if asked.measure:
        return _ratings(tenant, asked, asked.measure)
    return _responses(tenant, asked)


def count_rows(rows: Rows) -> int:
    """Count all of *rows*."""
    return rows.order_by().count()


def count_some(rows: Rows) -> int | None:
    """Count *rows*; None when there are more than 100,000, which would take a while."""
    found = rows.order_by()[: MOST_COUNTED_AT_ONCE + 1].count()
    return found if found <= MOST_COUNTED_AT_ONCE else None


def place_of(row: Rating | Response) -> Place:
    """Say where *row* stands."""
    return Place(row.answered_at, row.pk, row.day if isinstance(row, Rating) else None)


def read_place(text: str, *, is_rating: bool) -> Place | None:
    """Read what `Place.text` wrote; None for anything else."""
    if len(text) > _LONGEST_PLACE:
        return None
    parts = text.split("~")
    if len(parts) != (_RATING_PARTS if is_rating else _RESPONSE_PARTS):
        return None
    *day, at, pk = parts
    try:
        place = Place(
            datetime.fromisoformat(at), UUID(hex=pk), date.fromisoformat(day[0]) if day else None
        )
    except ValueError:
        return None
    return place if place.at.utcoffset() is not None else None


def rows_after(rows: Rows, place: Place, size: int) -> list[Any]:
    """Give up to *size* of the rows that follow *place*, newest first."""
    return list(_beyond(rows, place, "lt")[:size])


def rows_before(rows: Rows, place: Place, size: int) -> list[Any]:
    """Give up to *size* of the rows just before *place*, newest first."""
    return list(_beyond(rows.reverse(), place, "gt")[:size])[::-1]


def slice_of(
    rows: Rows, *, size: int, after: Place | None = None, before: Place | None = None
) -> Slice:
    """Cut out one page: the first, the one after or the one before a place. One query."""
    if before:
        found = rows_before(rows, before, size + 1)
        return Slice(found[-size:], has_newer=len(found) > size, has_older=True)
    found = rows_after(rows, after, size + 1) if after else list(rows[: size + 1])
    return Slice(found[:size], has_newer=after is not None, has_older=len(found) > size)


def _beyond(rows: Rows, place: Place, way: str) -> Rows:
    """Keep the rows that stand after *place* ("lt") or before it ("gt")."""
    columns: dict[str, Any] = {"answered_at": place.at, "pk": place.pk}
    if place.day:
        columns = {"day": place.day, **columns}
    behind = Q()
    same: dict[str, Any] = {}
    for column, value in columns.items():
        behind |= Q(**same, **{f"{column}__{way}": value})
        same[column] = value
    # Said once more about the first column alone, so that its index can be entered there.
    first = next(iter(columns))
    return rows.filter(behind, **{f"{first}__{way}e": columns[first]})


def _ratings(tenant: Tenant, asked: Asked, measure: Measure) -> QuerySet[Rating]:
    chosen = asked.filter
    wanted = _rating_conditions(asked) & _days(asked) & _in_segments(tenant, asked, "response__")
    if chosen.has_comment is not None:
        wanted &= _has_comment(tenant, "response_id", wanted=chosen.has_comment)
    if chosen.q:
        wanted &= Q(_Searched("response_id", Value(chosen.q)))
    wanted &= text_conditions(tenant, chosen.text, asked.names, column="response_id")
    wanted &= said_conditions(tenant, chosen.said, column="response_id")
    if chosen.text.is_at_odds:
        wanted &= ratings_at_odds(tenant, measure)
    rows = Rating.objects.for_tenant(tenant).filter(wanted, metric=measure.metric)
    # The index gives the days in order; within a day the rows are few enough to be sorted.
    return rows.order_by("-day", "-answered_at", "-pk")


def _responses(tenant: Tenant, asked: Asked) -> QuerySet[Response]:
    chosen = asked.filter
    is_deleted = chosen.standing is Standing.DELETED
    states = (Response.State.DELETED,) if is_deleted else Response.LIVE_STATES
    wanted = Q(state__in=states) & _days(asked) & _named(asked, Kind.SURVEY)
    wanted &= _place_conditions(tenant, asked) & _in_segments(tenant, asked)
    if chosen.is_weighted:
        wanted &= Q(weight__isnull=False)
    if chosen.has_comment is not None:
        wanted &= _has_comment(tenant, "pk", wanted=chosen.has_comment)
    if chosen.q:
        wanted &= Q(_Searched("pk", Value(chosen.q)))
    wanted &= text_conditions(tenant, chosen.text, asked.names, column="pk")
    wanted &= said_conditions(tenant, chosen.said, column="pk")
    if chosen.text.is_at_odds:
        wanted &= responses_at_odds(tenant, asked.names.live_measures)
    return Response.objects.for_tenant(tenant).filter(wanted).order_by("-answered_at", "-pk")


def _in_segments(tenant: Tenant, asked: Asked, path: str = "") -> Q:
    """Keep answers of people who are in one of the chosen segments now, or in none of others."""
    wanted = Q()
    for keys, is_inside in ((asked.filter.segments, True), (asked.filter.outside, False)):
        if keys:
            ids = [pk for key in keys for pk in asked.names.segments.ids(key)]
            members = SegmentMember.objects.for_tenant(tenant).filter(
                segment__in=ids, to_at__isnull=True, customer=OuterRef(f"{path}customer__root")
            )
            wanted &= Q(Exists(members)) if is_inside else ~Q(Exists(members))
    return wanted


def _place_conditions(tenant: Tenant, asked: Asked) -> Q:
    """Keep responses with a rating that fits, and unrated ones that fit themselves."""
    chosen = asked.filter
    is_placed = any(kind in chosen.keys or kind in chosen.without for kind in _PLACES)
    if not (is_placed or chosen.scores or chosen.standing is Standing.HELD):
        return Q()
    ratings = Rating.objects.for_tenant(tenant).filter(response=OuterRef("pk"))
    fits = Q(Exists(ratings.filter(_rating_conditions(asked))))
    if chosen.scores or chosen.standing is Standing.HELD:
        return fits
    fits_itself = _named(asked, Kind.TOUCHPOINT) & _named(asked, Kind.CHANNEL)
    return fits | (fits_itself & ~Q(Exists(ratings)))


def _rating_conditions(asked: Asked) -> Q:
    chosen = asked.filter
    wanted = Q(state=_RATING_STATES[chosen.standing])
    for kind in Kind:
        wanted &= _named(asked, kind)
    if chosen.scores:
        wanted &= Q(value__in=chosen.scores)
    if chosen.is_weighted:
        wanted &= Q(weight__isnull=False)
    return wanted


def _named(asked: Asked, kind: Kind) -> Q:
    """Keep rows of the chosen touchpoints, channels or surveys, those merged into them too."""
    registry, wanted = asked.names.registries[kind], Q()
    keys: Sequence[str] = asked.filter.keys.get(kind, ())
    if keys:
        wanted &= Q(**{f"{kind.value}__in": [pk for key in keys for pk in registry.ids(key)]})
    if kind in asked.filter.without:
        wanted &= Q(**{f"{kind.value}__isnull": True})
    return wanted


def _days(asked: Asked) -> Q:
    wanted = Q()
    if asked.filter.first_on:
        wanted &= Q(day__gte=asked.filter.first_on)
    if asked.filter.last_on:
        wanted &= Q(day__lte=asked.filter.last_on)
    return wanted


def _has_comment(tenant: Tenant, column: str, *, wanted: bool) -> Q:
    comments = Verbatim.objects.for_tenant(tenant).filter(response=OuterRef(column))
    return Q(Exists(comments)) if wanted else ~Q(Exists(comments))
