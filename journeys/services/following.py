"""Following a journey: being told of comments, reviews and what is published in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.collaboration.services.notices import tell_of_page
from journeys.models import JourneyStar

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.collaboration.rules.kinds import NoticeKind
    from cxm.tenants.models import Membership
    from journeys.models import Journey, JourneyMap


def follow_journey(*, journey: Journey, member: Membership, is_followed: bool) -> None:
    """Have *member* told of what is done in *journey*, or no more; asked twice it is as asked last.

    Whether they keep it at hand is another matter.
    """
    JourneyStar.objects.for_tenant(journey.tenant_id).update_or_create(
        tenant=journey.tenant,
        journey=journey,
        member=member,
        defaults={"is_followed": is_followed},
        create_defaults={"is_followed": is_followed, "is_starred": False},
    )


def tell_followers(
    *,
    of: JourneyMap,
    kind: NoticeKind,
    by: Membership | None,
    now: datetime,
    page: str = "",
    site: str = "",
) -> int:
    """Tell who follows the journey what was done with a map of it; gives how many were told.

    The map comes with its journey. *page* is where it is read, as `maps/<id>/review/`, else the
    page of the map; *site* begins the links in mails, and without it none is sent. Nobody is told
    of what they did themselves, nor who may not open the map.
    """
    rows = JourneyStar.objects.for_tenant(of.tenant_id).filter(
        journey=of.journey_id, is_followed=True
    )
    return tell_of_page(
        tenant=of.tenant,
        kind=kind,
        page=page or f"maps/{of.pk}/",
        about=f"{of.journey.title}: {of.name}",
        to=rows.values_list("member", flat=True),
        by=by,
        now=now,
        site=site,
    )
