"""What filters ask of cards beyond the map itself: who owns them, and what is said about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import OuterRef, Subquery

from journeys.models import Card, Step
from journeys.selectors.grades import grades_of
from journeys.selectors.talking import thread_counts

if TYPE_CHECKING:
    from datetime import datetime

    from journeys.models import JourneyMap
    from journeys.rules.look import Look

_OWNED = ("insight", "opportunity", "solution", "goal")


@dataclass(frozen=True, slots=True)
class Beside:
    """Owners, grades and numbers of comments of cards, by lineage; of what is asked alone."""

    owners: Mapping[UUID, Collection[UUID]] = field(default_factory=dict)
    grades: Mapping[UUID, str] = field(default_factory=dict)
    comments: Mapping[UUID, int] = field(default_factory=dict)


def beside_of(row: JourneyMap, look: Look, *, now: datetime) -> Beside:
    """Read what *look* asks of cards beyond the map; no query where it asks nothing of the kind."""
    return Beside(
        owners=owners_of(row) if look.owner else {},
        grades=grades_of(row, now=now) if look.grade else {},
        comments=thread_counts(row) if look.commented else {},
    )


def owners_of(row: JourneyMap) -> dict[UUID, Collection[UUID]]:
    """Say who owns the cards of a map: who owns what they show, or the step they begin at.

    A card that nobody owns is left out. One query.
    """
    steps = Step.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    of_step = steps.filter(lineage=OuterRef("step_from")).values("owner")[:1]
    cards = Card.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    told = cards.annotate(of_step=Subquery(of_step)).values_list(
        "lineage", "of_step", *(f"{kind}__owner" for kind in _OWNED)
    )
    found = {lineage: {owner for owner in owners if owner} for lineage, *owners in told}
    return {lineage: owners for lineage, owners in found.items() if owners}
