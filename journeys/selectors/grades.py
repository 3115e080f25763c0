"""How well the steps and cards of a map are backed by evidence."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from cxm.collaboration.selectors.backing import Backing, backing_by
from cxm.collaboration.selectors.evidence import day_in
from journeys.models import Card, EvidenceLink, Lane
from journeys.selectors.standing import steps_there
from journeys.selectors.successions import follow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime
    from uuid import UUID

    from cxm.collaboration.rules.kinds import Grade
    from journeys.models import JourneyMap

# What a card can show that has evidence of its own.
ITEMS = ("insight", "opportunity", "solution")
_COLUMNS = tuple(f"{name}_id" for name in (*ITEMS, "card", "step"))

_BY_HAND = ("grade_override", "grade_reason")


def grades_of(row: JourneyMap, *, now: datetime) -> dict[UUID, Grade]:
    """Grade each step and card of a map, by lineage. Three queries, however large it is."""
    backings = backings_on(row, today=day_in(row.tenant, now))
    return {pk: backing.grade for pk, backing in backings.items()}


def backings_on(
    row: JourneyMap, *, today: date, only: Collection[UUID] | None = None
) -> dict[UUID, Backing]:
    """Tell how well each step and card of a map is backed on a day, by lineage.

    Three queries, and a fourth where evidence is cited for steps that are not asked for.

    *only* names those that are asked for; what is not on the map is not in the answer. A step
    rests on what is cited for it; a card also on what is cited for the item of the library that it
    shows, each piece once. A grade that was set by hand holds, whatever the evidence says.
    """
    named = {} if only is None else {"lineage__in": only}
    of_steps = steps_there(row.tenant, [row.pk]).filter(**named)
    steps = list(of_steps.values_list("lineage", flat=True))
    of_cards = cards_there(row).filter(**named)
    cards = list(of_cards.values("lineage", *_BY_HAND, *_COLUMNS[:3]))
    links = _links(row, steps, cards)
    found = {pk: backing_by(links.get(("step_id", pk), ()), today) for pk in steps}
    for card in cards:
        keys = [("card_id", card["lineage"]), *((name, card[name]) for name in _COLUMNS[:3])]
        cited = _each_once(link for key in keys for link in links.get(key, ()))
        found[card["lineage"]] = backing_by(cited, today, *(card[name] for name in _BY_HAND))
    return found


def cards_there(row: JourneyMap) -> Any:
    """Give the cards of a map that are not deleted, alone or with their lane."""
    lanes = Lane.objects.for_tenant(row.tenant_id).filter(
        map=OuterRef("map"), lineage=OuterRef("lane"), deleted_at=None
    )
    cards = Card.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    return cards.filter(Exists(lanes))


def _links(
    row: JourneyMap, steps: list[UUID], cards: list[dict[str, Any]]
) -> dict[tuple[str, UUID], list[EvidenceLink]]:
    """Give what is cited for *steps*, *cards* and the items these show, by column and id.

    What was cited for a step that was joined to another is given as cited for that.
    """
    # What is cited for any step of the journey: one that was joined to another speaks for that.
    named = Q(step__journey=row.journey_id) if steps else Q(pk=None)
    named |= Q(card__in=[card["lineage"] for card in cards])
    for name in ITEMS:
        if shown := {card[f"{name}_id"] for card in cards} - {None}:
            named |= Q(**{f"{name}__in": shown})
    rows = EvidenceLink.objects.for_tenant(row.tenant_id).filter(named)
    found: dict[tuple[str, UUID], list[EvidenceLink]] = defaultdict(list)
    links = list(rows.select_related("evidence__asset").order_by("created_at", "pk"))
    follow(row, set(steps), links)
    for link in links:
        key = next((name, pk) for name in _COLUMNS if (pk := getattr(link, name)) is not None)
        found[key].append(link)
    return found


def _each_once(links: Iterable[EvidenceLink]) -> list[EvidenceLink]:
    """Keep of several citations of one piece the first."""
    found: dict[UUID, EvidenceLink] = {}
    for link in links:
        found.setdefault(link.evidence_id, link)
    return list(found.values())
