"""From a map into the library: a pain becomes an opportunity, notes become insights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import MOST_AT_ONCE, Asked, Deed, Source
from journeys.errors import NotNowError, TooManyError
from journeys.models import (
    Card,
    Insight,
    InsightPersona,
    Lane,
    MapPersona,
    Opportunity,
    OpportunityInsight,
    OpportunityStep,
    Stage,
    Step,
)
from journeys.rules.library import InsightKind
from journeys.services.editing import change_map
from journeys.services.library import LONGEST_TITLE, create_insight, create_item
from personas.models import Persona
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import ApiKey, Membership
    from journeys.models import JourneyMap

_SHOWS = ("insight_id", "opportunity_id", "solution_id", "goal_id", "channel_id")


@dataclass(frozen=True, slots=True)
class Captured:
    """The opportunity that a card became; *is_new* where there was none yet."""

    opportunity: Opportunity
    is_new: bool


@transaction.atomic
def capture_opportunity(
    *,
    row: JourneyMap,
    card: Card,
    by: Membership | ApiKey,
    now: datetime,
    source: Source = Source.UI,
) -> Captured:
    """Make an opportunity of a card that shows an insight, or that says something in words.

    It is called like the insight, or by the words; it is linked to the insight, to every step
    that the card lies at, and to the personas: of the card or its lane and of the insight, or
    else all of the map. An opportunity in use that answers the same insight at the same step is
    given instead of a second one; so is one at the same step that says what a card in words says.
    The map itself does not change. Raises NotNowError where the
    card says nothing.
    """
    insight = _insight_of(card)
    title, problem = _words(card, insight)
    steps = _steps_of(row, card)
    there = _answering(insight, steps) if insight else _saying(row, title, problem, steps)
    if there:
        return Captured(there, is_new=False)
    links = [("answers", insight.pk)] if insight and insight.archived_at is None else []
    links += [("lies-at", pk) for pk in steps]
    links += [("helps", pk) for pk in _personas_of(row, card, insight)]
    made = create_item(
        sort="opportunity",
        tenant=row.tenant,
        title=title,
        by=by,
        now=now,
        values={"problem": problem},
        links=links,
        source=source,
    )
    return Captured(made, is_new=True)


@transaction.atomic
def insights_from_cards(
    *,
    row: JourneyMap,
    cards: Sequence[Card],
    kind: InsightKind,
    by: Membership | ApiKey,
    now: datetime,
    source: Source = Source.UI,
) -> list[Insight]:
    """Make an insight of each card of text, which keeps its place and shows it from then on.

    The cards change in one batch, which Undo takes back; the insights stay. A text too long for
    a title goes on in the body. Raises TooManyError over 500 cards, NotNowError for a card that
    says nothing or shows something already, and what `change_map` raises.
    """
    if len(cards) > MOST_AT_ONCE:
        words = f"Choose up to {MOST_AT_ONCE} cards at once."
        raise TooManyError(words)
    batch, made, asked = new_id(), [], []
    for card in cards:
        if any(getattr(card, name) for name in _SHOWS) or not card.text.strip():
            message = "Only cards of text become insights: leave out empty ones and all others."
            raise NotNowError(message)
        title, body = _split(card.text)
        insight = create_insight(
            tenant=row.tenant,
            title=title,
            body=body,
            kind=kind,
            personas=_in_use([card.persona_id] if card.persona_id else [], row),
            by=by,
            now=now,
            source=source,
        )
        made.append(insight)
        asked.append(
            Asked(
                id=new_id(),
                batch=batch,
                op=Deed.SET,
                lineage=card.lineage,
                field="insight",
                value=str(insight.pk),
            )
        )
    if asked:
        change_map(Request(row.tenant, row.pk, actor_of(by), now, source), asked)
    return made


def _insight_of(card: Card) -> Insight | None:
    if card.insight_id is None:
        return None
    found: Insight = Insight.objects.for_tenant(card.tenant_id).get(pk=card.insight_id)
    return found


def _words(card: Card, insight: Insight | None) -> tuple[str, str]:
    if insight is not None:
        return insight.title, ""
    if not card.text.strip():
        message = "Only a card with an insight, or with words, becomes an opportunity."
        raise NotNowError(message)
    return _split(card.text)


def _split(text: str) -> tuple[str, str]:
    """Give a title, and the whole text where that does not fit one."""
    told = " ".join(text.split())
    if len(told) <= LONGEST_TITLE:
        return told, ""
    return f"{told[: LONGEST_TITLE - 1].rstrip()}…", text.strip()


def _steps_of(row: JourneyMap, card: Card) -> list[UUID]:
    """List the steps from the card's first to its last."""
    here = {"map": row, "deleted_at": None}
    stages = Stage.objects.for_tenant(row.tenant_id).filter(**here).order_by("ord", "pk")
    place = {pk: number for number, pk in enumerate(stages.values_list("lineage", flat=True))}
    steps = Step.objects.for_tenant(row.tenant_id).filter(**here).order_by("ord", "pk")
    found = list(steps.filter(stage__in=place).values_list("lineage", "stage"))
    order = [pk for pk, stage in sorted(found, key=lambda one: place[one[1]])]
    if card.step_from not in order or card.step_to not in order:
        return [card.step_from]
    return order[order.index(card.step_from) : order.index(card.step_to) + 1]


def _answering(insight: Insight, steps: Sequence[UUID]) -> Opportunity | None:
    """Find an opportunity in use that answers the insight at one of the steps."""
    tenant = insight.tenant_id
    answers = OpportunityInsight.objects.for_tenant(tenant).filter(insight=insight, deleted_at=None)
    lies = OpportunityStep.objects.for_tenant(tenant).filter(step__in=steps, deleted_at=None)
    rows = (
        Opportunity.objects.for_tenant(tenant)
        .select_related("tenant")
        .filter(pk__in=answers.values("opportunity"), archived_at=None)
    )
    return rows.filter(pk__in=lies.values("opportunity")).order_by("pk").first()


def _saying(row: JourneyMap, title: str, problem: str, steps: Sequence[UUID]) -> Opportunity | None:
    """Find an opportunity in use at one of the steps that says the same, and answers no insight."""
    tenant = row.tenant_id
    lies = OpportunityStep.objects.for_tenant(tenant).filter(step__in=steps, deleted_at=None)
    answers = OpportunityInsight.objects.for_tenant(tenant).filter(deleted_at=None)
    rows = Opportunity.objects.for_tenant(tenant).select_related("tenant")
    rows = rows.filter(title=title, problem=problem, archived_at=None)
    rows = rows.exclude(pk__in=answers.values("opportunity"))
    return rows.filter(pk__in=lies.values("opportunity")).order_by("pk").first()


def _personas_of(row: JourneyMap, card: Card, insight: Insight | None) -> list[UUID]:
    lanes = Lane.objects.for_tenant(row.tenant_id).filter(map=row, lineage=card.lane)
    told = [card.persona_id, lanes.values_list("persona_id", flat=True).first()]
    if insight is not None:
        about = InsightPersona.objects.for_tenant(row.tenant_id)
        about = about.filter(insight=insight, deleted_at=None).order_by("ord", "pk")
        told += about.values_list("persona_id", flat=True)
    found = _in_use([pk for pk in told if pk], row)
    if found:
        return found
    cast = MapPersona.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    return _in_use(list(cast.order_by("ord", "pk").values_list("persona_id", flat=True)), row)


def _in_use(ids: Sequence[UUID], row: JourneyMap) -> list[UUID]:
    """Give those of the personas *ids* that are not archived, each once."""
    rows = Persona.objects.for_tenant(row.tenant_id).filter(pk__in=ids, archived_at=None)
    kept = set(rows.values_list("pk", flat=True)) if ids else set()
    return [pk for pk in dict.fromkeys(ids) if pk in kept]
