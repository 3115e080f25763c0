"""What other systems are told of journeys: which kinds of news there are, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.announcing import News, NewsKind, announce

if TYPE_CHECKING:
    from datetime import datetime

    from journeys.models import JourneyMap

PUBLISHED = "map.published"
KINDS = (NewsKind(PUBLISHED, "A journey map was published", "Journeys"),)


def tell_of_publishing(of: JourneyMap, *, now: datetime) -> None:
    """Tell that a map, which comes with its journey, now holds; in the transaction at hand."""
    announce(
        News(
            kind=PUBLISHED,
            tenant_id=of.tenant_id,
            about=of.pk,
            at=now,
            content=lambda: {
                "journey": {"id": str(of.journey_id), "title": of.journey.title},
                "name": of.name,
                "state": of.state,
                "note": of.published_note,
            },
            path=f"maps/{of.pk}/",
        )
    )
