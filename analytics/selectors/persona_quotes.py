"""What people like a persona wrote, with everything taken out that tells who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.db.models.functions import Length
from django.urls import reverse

from cxm.customers.models import SegmentMember
from cxm.customers.selectors.persons import Reader, read_persons
from cxm.metrics.rules.small_cells import COMMENTS_K
from feedback.models import Response, Verbatim

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

    from analytics.selectors.figures import Viewer

MOST_QUOTES = 3
QUOTE_DAYS = 365
LONGEST_QUOTE = 280
_SHORTEST, _LONGEST = 25, 600
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Quote:
    """A comment without its author, where it was written, and the page of its answer."""

    text: str
    survey: str
    day: date
    url: str


def segment_quotes(viewer: Viewer, segment_id: UUID) -> list[Quote]:
    """Give up to three comments of members of a segment, the newest first, one from each person.

    They are of the last 365 days, of 25 to 600 characters, and shortened. None is shown of fewer
    than ten people who wrote, and none to those who may not read answers. At most four queries.
    """
    if not viewer.sees_rows:
        return []
    written = _written(viewer, segment_id)
    people = written.order_by().values("response__customer__root").distinct()
    if people[:COMMENTS_K].count() < COMMENTS_K:
        return []
    newest: dict[UUID, Verbatim] = {}
    for one in written.order_by("-response__answered_at", "-pk")[:_LOOKED_AT]:
        newest.setdefault(one.response.customer.root_id, one)
    shown = list(newest.values())[:MOST_QUOTES]
    # Names are taken out for everybody: a persona is printed and passed on.
    reader = Reader(viewer.tenant, sees_persons=False)
    persons = read_persons(reader, [one.response.customer_id for one in shown])
    pages = reverse("feedback:response-list", args=[viewer.tenant.slug])
    return [
        Quote(
            text=_shortened(persons.of(one.response.customer_id).shown(one.text)),
            survey=one.response.survey.title,
            day=one.response.day,
            url=f"{pages}{one.response_id}/",
        )
        for one in shown
    ]


def _written(viewer: Viewer, segment_id: UUID) -> QuerySet[Verbatim]:
    members = SegmentMember.objects.for_tenant(viewer.tenant).filter(
        segment=segment_id, to_at=None, customer=OuterRef("response__customer__root")
    )
    rows = Verbatim.objects.for_tenant(viewer.tenant).filter(
        Exists(members),
        response__state__in=Response.LIVE_STATES,
        response__day__gt=viewer.today - timedelta(days=QUOTE_DAYS),
    )
    sized = rows.alias(length=Length("text")).filter(length__gte=_SHORTEST, length__lte=_LONGEST)
    return sized.select_related("response__survey", "response__customer").defer(
        "words", "response__customer__words"
    )


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    if len(plain) <= LONGEST_QUOTE:
        return plain
    return f"{plain[:LONGEST_QUOTE].rsplit(' ', 1)[0]} …"
