"""Long lists, a page at a time: which rows, and the words and links of the pager."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.queries import MOST_DIGITS, whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest

PAGE_SIZE = 50


@dataclass(frozen=True)
class Page[T]:
    """The rows of one page of a list, and what `components/pager.html` shows below them."""

    rows: list[T]
    total: int
    shown: str
    previous_url: str
    next_url: str


def page_of(rows: QuerySet[Any], request: HttpRequest, *, size: int = PAGE_SIZE) -> Page[Any]:
    """Cut out the page that the address asks for by `?page=`; two queries.

    A number beyond either end, or no number, shows the nearest page. The links keep the rest of
    the query string. Raises ValueError when *rows* are not totally ordered: a row could stand
    on two pages, or on none.
    """
    if not rows.totally_ordered:
        message = f"a list of {rows.model._meta.label} needs a total order: end it with “pk”"
        raise ValueError(message)
    return _cut(rows, rows.count(), request, size)


def page_of_list(rows: Sequence[Any], request: HttpRequest, *, size: int = PAGE_SIZE) -> Page[Any]:
    """Cut a page out of what was read and put in order already, as `page_of` does."""
    return _cut(rows, len(rows), request, size)


def _cut(rows: Any, total: int, request: HttpRequest, size: int) -> Page[Any]:
    last = max(1, -(-total // size))
    asked = whole_number(request.GET.get("page", "")[:MOST_DIGITS])
    number = min(max(asked or 1, 1), last)
    start = (number - 1) * size
    found = list(rows[start : start + size])
    return Page(
        rows=found,
        total=total,
        shown=f"{start + 1:,} to {start + len(found):,} of {total:,}" if found else "",
        previous_url=_address(request, number - 1) if number > 1 else "",
        next_url=_address(request, number + 1) if number < last else "",
    )


def _address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
