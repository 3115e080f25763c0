"""What waits for a member: journeys, reviews, promises that fall due, what they were told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Q

from cxm.collaboration.selectors.notices import NoticeShown, notices_of, notices_shown
from journeys.models import JourneyStar, ReviewVote, Target
from journeys.rules.kinds import MapStatus
from journeys.rules.reviews import ReviewState
from journeys.selectors.journeys import journeys_found
from journeys.selectors.portfolio import SOON, JourneyRow, journey_rows

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from cxm.tenants.models import Membership
    from journeys.models import Journey

MOST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Mine:
    """What waits for a member; each list is short, what is next comes first.

    *again* are journeys that they own, each with by how many days its review is overdue.
    """

    journeys: list[JourneyRow]
    again: list[tuple[Journey, int]]
    reviews: list[ReviewVote]
    targets: list[Target]
    notices: list[NoticeShown]

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits, and no journey is theirs."""
        return not (self.journeys or self.again or self.reviews or self.targets or self.notices)


def mine(reader: Membership, *, today: date) -> Mine:
    """Gather what waits for *reader*; twelve queries at most."""
    tenant = reader.tenant
    stars = JourneyStar.objects.for_tenant(tenant).filter(member=reader, is_starred=True)
    found = journeys_found(tenant, reader)
    theirs = found.filter(Q(owner=reader) | Q(pk__in=stars.values("journey_id")))
    rows = list(theirs.order_by("-updated_at", "pk")[:MOST_SHOWN])
    readable = found.order_by().values("pk")
    votes = ReviewVote.objects.for_tenant(tenant).filter(
        reviewer=reader,
        verdict="",
        request__state=ReviewState.OPEN,
        request__map__journey__in=readable,
        request__map__archived_at=None,
    )
    votes = votes.select_related("request__map__journey", "request__by__user")
    targets = Target.objects.for_tenant(tenant).filter(
        removed_at=None, due__lte=today + SOON, map__journey__owner=reader
    )
    targets = targets.exclude(map__status=MapStatus.RETIRED).select_related(
        "map__journey", "binding__metric"
    )
    notices = list(notices_of(reader, is_unread=True)[:MOST_SHOWN])
    return Mine(
        journeys=journey_rows(tenant, reader, rows, may_edit=False, today=today),
        again=_overdue(found.filter(owner=reader), today)[:MOST_SHOWN],
        reviews=list(votes.order_by("request__at", "pk")[:MOST_SHOWN]),
        targets=list(targets.order_by("due", "pk")[:MOST_SHOWN]),
        notices=notices_shown(notices, reader),
    )


def _overdue(rows: QuerySet[Journey], today: date) -> list[tuple[Journey, int]]:
    """Give journeys whose review is overdue, by how many days, the longest first. One query.

    One that was never reviewed is due as if it had been when it was made.
    """
    found = []
    for one in rows.exclude(review_every_days=None):
        since = one.reviewed_on or one.created_at.astimezone(ZoneInfo(one.tenant.time_zone)).date()
        late = (today - since).days - (one.review_every_days or 0)
        if late > 0:
            found.append((one, late))
    return sorted(found, key=lambda told: (-told[1], told[0].title))
