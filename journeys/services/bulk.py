"""What is done with several journeys at once: all of them, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.cxmap.writing import written
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed, Source
from cxm.kernel.operations.store import commit
from journeys.errors import TooManyError
from journeys.models import JourneyMap
from journeys.rules.cxmap_shapes import FILE, MAP_PROFILE
from journeys.rules.kinds import Level, MapStatus
from journeys.rules.templates import laid_out_tree
from journeys.selectors.portfolio import shown_map
from journeys.services.journeys import LONGEST_TITLE, archive_journey, create_journey
from journeys.services.map_files_in import take_tree
from journeys.services.map_files_out import file_tree
from journeys.services.map_library_in import MapAsking
from journeys.services.stores import JOURNEYS
from personas.rules.kinds import Visibility
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.tenants.models import Membership
    from journeys.models import Journey

MOST_AT_ONCE, MOST_COPIED = 200, 20


@transaction.atomic
def give_journeys(
    *, journeys: Sequence[Journey], owner: Membership | None, by: Membership, now: datetime
) -> None:
    """Give journeys to *owner*, or to nobody. Raises RefusedError where they are another's."""
    for journey in _in_order(journeys, MOST_AT_ONCE):
        asked = Asked(
            id=new_id(),
            batch=new_id(),
            op=Deed.SET,
            lineage=journey.pk,
            field="owner",
            value=str(owner.pk) if owner else None,
        )
        commit(JOURNEYS, Request(journey.tenant, journey.pk, actor_of(by), now), [asked])


@transaction.atomic
def archive_journeys(*, journeys: Sequence[Journey], by: Membership, now: datetime) -> None:
    """Take journeys off the list."""
    for journey in _in_order(journeys, MOST_AT_ONCE):
        archive_journey(journey=journey, by=by, now=now)


@transaction.atomic
def copy_journeys(*, journeys: Sequence[Journey], by: Membership, now: datetime) -> list[Journey]:
    """Make a journey like each of *journeys*, with a draft of the map that one opens of it.

    The copies lie where the originals do and belong to who makes them. They share no lineage with
    those: what is measured stays with the original. Raises TooManyError.
    """
    return [_copied(journey, by, now) for journey in _in_order(journeys, MOST_COPIED)]


def _copied(journey: Journey, by: Membership, now: datetime) -> Journey:
    words = " (copy)"
    made = create_journey(
        tenant=journey.tenant,
        title=f"{journey.title[: LONGEST_TITLE - len(words)]}{words}",
        goal=journey.goal,
        level=Level(journey.level),
        parent=journey.parent_id,
        visibility=Visibility(journey.visibility),
        by=by,
        now=now,
    )
    rows = JourneyMap.objects.for_tenant(journey.tenant_id).filter(
        journey=journey, archived_at=None, deleted_at=None
    )
    maps = rows.exclude(status=MapStatus.RETIRED).select_related("tenant", "journey", "baseline")
    original = shown_map(list(maps.order_by("-number")))
    if original is not None:
        tree = file_tree(original, MAP_PROFILE)
        tree.pop("targets", None)
        told = {"state": original.state, "name": original.name}
        tree = laid_out_tree(written(tree, FILE), told)
        choices = {"journey-map.map": "copy"}
        asking = MapAsking(journey.tenant, by, now, Source.UI, choices, journey=made)
        take_tree(asking=asking, tree=tree)
    return made


def _in_order(journeys: Sequence[Journey], most: int) -> list[Journey]:
    """Give journeys in the order in which everybody locks them. Raises TooManyError."""
    if len(journeys) > most:
        words = f"Choose up to {most} journeys at once."
        raise TooManyError(words)
    return sorted(journeys, key=lambda journey: journey.pk)
