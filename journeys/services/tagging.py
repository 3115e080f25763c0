"""Words for journeys: tags, values of dimensions such as brand or country, stakeholder maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from journeys.errors import TitleNeededError, TooManyError
from journeys.models import Journey, JourneyStakeholderMap, JourneyTag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from personas.models import StakeholderMap

MOST_TAGS, LONGEST_TAG, MOST_MAPS = 40, 60, 40


@transaction.atomic
def tag_journeys(*, journeys: Sequence[Journey], name: str, dimension: str = "") -> None:
    """Give journeys of one workspace a word, or with a *dimension* one of its values.

    Who has it already keeps it. Raises TitleNeededError and TooManyError.
    """
    told, of = " ".join(name.split()), " ".join(dimension.split())
    if not 0 < len(told) <= LONGEST_TAG:
        raise TitleNeededError("name", LONGEST_TAG)
    if len(of) > LONGEST_TAG:
        raise TitleNeededError("dimension", LONGEST_TAG)
    for journey in _in_turn(journeys):
        rows = JourneyTag.objects.for_tenant(journey.tenant_id).filter(journey=journey)
        if rows.filter(dimension=of, name=told).exists():
            continue
        if rows.count() >= MOST_TAGS:
            words = f"A journey has up to {MOST_TAGS} tags."
            raise TooManyError(words, field="name")
        rows.create(tenant=journey.tenant, journey=journey, dimension=of, name=told)


def untag_journey(*, journey: Journey, tag: JourneyTag) -> None:
    """Take a word from a journey; taken twice is taken once."""
    JourneyTag.objects.for_tenant(journey.tenant_id).filter(journey=journey, pk=tag.pk).delete()


@transaction.atomic
def join_stakeholder_map(*, journey: Journey, drawn: StakeholderMap) -> None:
    """Let a stakeholder map belong to a journey; it may to several. Raises TooManyError."""
    [_] = _in_turn([journey])
    rows = JourneyStakeholderMap.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    if rows.filter(map=drawn).exists():
        return
    if rows.count() >= MOST_MAPS:
        words = f"A journey has up to {MOST_MAPS} stakeholder maps."
        raise TooManyError(words, field="map")
    rows.create(tenant=journey.tenant, journey=journey, map=drawn)


def part_stakeholder_map(*, journey: Journey, drawn: StakeholderMap) -> None:
    """Let a stakeholder map belong to a journey no more."""
    rows = JourneyStakeholderMap.objects.for_tenant(journey.tenant_id)
    rows.filter(journey=journey, map=drawn).delete()


def _in_turn(journeys: Sequence[Journey]) -> list[Journey]:
    """Let others that add to the same journeys wait, so that the limits hold."""
    ids = sorted(journey.pk for journey in journeys)
    rows = Journey.objects.for_tenant(journeys[0].tenant_id) if ids else Journey.objects.none()
    locked = rows.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True, of=("self",))
    return list(locked.select_related("tenant"))
