"""The order of the list of customers, and cutting pages out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cxm.customers.models import Customer

_NEVER = "never"
_LONGEST_PLACE = 80


@dataclass(frozen=True, slots=True)
class Place:
    """Where a customer stands in the list: when last seen (None: never), then the id."""

    at: datetime | None
    pk: UUID

    def text(self) -> str:
        """Write it down for an address."""
        return f"{self.at.isoformat() if self.at else _NEVER}~{self.pk.hex}"


@dataclass(frozen=True, slots=True)
class Slice:
    """Some customers of a list, and where the pages before and after begin."""

    rows: list[Customer]
    newer: Place | None
    older: Place | None


def read_place(text: str) -> Place | None:
    """Read what `Place.text` wrote; None for anything else."""
    at, _, pk = text[:_LONGEST_PLACE].partition("~")
    try:
        place = Place(None if at == _NEVER else datetime.fromisoformat(at), UUID(hex=pk))
    except ValueError:
        return None
    return place if place.at is None or place.at.utcoffset() is not None else None


class Listing:
    """Roots in the order of the list: those seen, newest first, then those never seen.

    With *is_by_arrival* all are listed as they came, newest first. Each half is read off an
    index of its own; both together could not be. Two queries a page at most.
    """

    def __init__(self, roots: QuerySet[Customer], *, is_by_arrival: bool) -> None:
        self._seen = None if is_by_arrival else roots.filter(last_seen_at__isnull=False)
        self._never = roots if is_by_arrival else roots.filter(last_seen_at__isnull=True)

    def slice(self, *, size: int, after: Place | None = None, before: Place | None = None) -> Slice:
        """Cut out one page: the first, the one after or the one before a place."""
        if before:
            found = self._before(before, size + 1)
            shown, has_newer, has_older = found[-size:], len(found) > size, True
        else:
            found = self._after(after, size + 1)
            shown, has_newer, has_older = found[:size], after is not None, len(found) > size
        return Slice(
            rows=shown,
            newer=self._place(shown[0]) if shown and has_newer else None,
            older=self._place(shown[-1]) if shown and has_older else None,
        )

    def _after(self, place: Place | None, size: int) -> list[Customer]:
        found: list[Customer] = []
        if self._seen is not None and (place is None or place.at):
            rows = self._seen.filter(_beyond(place, "lt")) if place else self._seen
            found = list(rows.order_by("-last_seen_at", "-pk")[:size])
        if len(found) == size:
            return found
        rows = self._never
        if place and (self._seen is None or place.at is None):
            rows = rows.filter(pk__lt=place.pk)
        return found + list(rows.order_by("-pk")[: size - len(found)])

    def _before(self, place: Place, size: int) -> list[Customer]:
        found: list[Customer] = []
        if self._seen is None or place.at is None:
            rows = self._never.filter(pk__gt=place.pk)
            found = list(rows.order_by("pk")[:size])[::-1]
        if self._seen is None or len(found) == size:
            return found
        rows = self._seen.filter(_beyond(place, "gt")) if place.at else self._seen
        newer = list(rows.order_by("last_seen_at", "pk")[: size - len(found)])[::-1]
        return newer + found

    def _place(self, customer: Customer) -> Place:
        return Place(None if self._seen is None else customer.last_seen_at, customer.pk)


def _beyond(place: Place, way: str) -> Q:
    """Keep customers seen after ("gt") or before ("lt") a place."""
    elsewhen = Q(**{f"last_seen_at__{way}": place.at})
    same = Q(**{"last_seen_at": place.at, f"pk__{way}": place.pk})
    # Said once more about the moment alone, so that its index can be entered there.
    return (elsewhen | same) & Q(**{f"last_seen_at__{way}e": place.at})
