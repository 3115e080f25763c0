"""What of a map is to be looked at again: what nothing backs, and what was backed long ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cxm.collaboration.rules.kinds import Grade
from journeys.models import Card, Lane, Step
from journeys.rules.freshness import Freshness, freshness
from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import CLAIMS, RULES
from journeys.selectors.grades import backings_on
from journeys.selectors.grid_rows import stages_and_steps
from journeys.selectors.lane_curves import signed
from journeys.selectors.standing import Standing, standings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from uuid import UUID

    from cxm.collaboration.selectors.backing import Backing
    from journeys.models import JourneyMap

LONG_AGO = timedelta(days=365)
_WORST_FIRST = (Grade.CONTRADICTED, Grade.ASSUMPTION, Grade.SOME, Grade.STRONG)


@dataclass(frozen=True, slots=True)
class Due:
    """A step or card to look at again: *why*, where it stands, and who sees to its step.

    *step_id* is the step itself, or the one that a card begins at. *age_days* is that of its newest
    evidence; None where it has none.
    """

    id: UUID
    step_id: UUID
    title: str
    where: str
    grade: Grade
    why: str
    owner: str
    age_days: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A step, or a card that says how it is for customers: what it says, and where it stands.

    *step_id* is the step itself, or the one that a card begins at.
    """

    id: UUID
    step_id: UUID
    title: str
    where: str


def freshness_of(row: JourneyMap, today: date) -> Freshness:
    """Score how far a map can be trusted, with its journey at hand. One query."""
    standing = standings(row.tenant, [row.pk], today).get(row.pk, Standing())
    return freshness(
        steps=standing.steps,
        backed=standing.backed,
        age_days=standing.age_days,
        reviewed_on=row.journey.reviewed_on,
        review_every_days=row.journey.review_every_days,
        today=today,
    )


def due_of(row: JourneyMap, today: date) -> list[Due]:
    """List what of a map is to be looked at again, the worst grade first, then the oldest.

    What is contradicted, what is an assumption, and whatever was backed more than a year ago, of
    steps and of cards that say how it is for customers. Seven queries, however large the map is.
    """
    backings = backings_on(row, today=today)
    owners = _owners(row)
    found = []
    for claim in claims_of(row):
        backing = backings.get(claim.id)
        why = _why(backing, today) if backing else ""
        if backing and why:
            days = (today - backing.newest_on).days if backing.newest_on else None
            owner = owners.get(claim.step_id, "")
            told = (claim.id, claim.step_id, claim.title, claim.where)
            found.append(Due(*told, backing.grade, why, owner, days))
    return sorted(found, key=lambda one: (_WORST_FIRST.index(one.grade), -(one.age_days or 0)))


def claims_of(row: JourneyMap) -> list[Claim]:
    """List what evidence can speak for on a map: its steps, then cards. Three queries."""
    steps = list(_steps(row))
    return [*steps, *_cards(row, {step.id: step.title for step in steps})]


def _why(backing: Backing, today: date) -> str:
    if backing.grade is Grade.CONTRADICTED:
        return "What was observed speaks against it"
    if backing.newest_on and backing.newest_on < today - LONG_AGO:
        return "Its evidence is older than 12 months"
    if backing.grade is Grade.ASSUMPTION:
        return "Too little evidence" if backing.counting else "No evidence"
    return ""


def _steps(row: JourneyMap) -> Iterator[Claim]:
    stages, steps = stages_and_steps(row)
    titles = {stage.lineage: stage.title for stage in stages}
    for number, step in enumerate(steps, start=1):
        where = f"Step {number}, {titles[step.stage]}"
        yield Claim(step.lineage, step.lineage, step.title or "Untitled", where)


def _cards(row: JourneyMap, steps: Mapping[UUID, str]) -> Iterator[Claim]:
    """Give cards with what they say; *steps* are the titles of the map's, by lineage."""
    lanes = Lane.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None, kind__in=CLAIMS)
    titles = {pk: title or RULES[LaneKind(kind)].words
              for pk, title, kind in lanes.values_list("lineage", "title", "kind")}  # fmt: skip
    cards = Card.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None, lane__in=titles)
    told = cards.order_by("ord", "lineage").values_list(
        "lineage", "step_from", "lane", "text", "value", "insight__title", "persona__name"
    )
    for pk, step, lane, text, value, insight, persona in told:
        said = text or insight or _felt(value, steps.get(step, "Untitled"), persona)
        yield Claim(pk, step, said or "Empty card", titles[lane])


def _felt(value: float | None, step: str, persona: str | None) -> str:
    """Say a value of a curve, at which step it is, and whose; "" for none."""
    if value is None:
        return ""
    return ", ".join(words for words in (f"{signed(value)} at “{step}”", persona) if words)


def _owners(row: JourneyMap) -> dict[UUID, str]:
    """Name who sees to each step, by its lineage; of whom nobody does is left out."""
    steps = Step.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    owned = steps.exclude(owner=None).select_related("owner__user")
    return {step.lineage: step.owner.user.get_full_name() for step in owned}
