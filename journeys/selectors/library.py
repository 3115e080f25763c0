"""Lists of items of the library, and what may be linked to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import FETCH_RAISE, Count, F, Q

from journeys.models import (
    Card,
    Goal,
    Insight,
    InsightPersona,
    Journey,
    JourneyMap,
    Lineage,
    MetricBinding,
    Opportunity,
    OpportunityGoal,
    OpportunityInsight,
    OpportunityPersona,
    OpportunityStep,
    Solution,
    SolutionOpportunity,
    SolutionStep,
    Step,
)
from journeys.rules.library import InsightKind
from journeys.selectors.journeys import journeys_open_to, maps_open_to
from personas.models import Persona

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.db.models import QuerySet

    from cxm.tenants.models import Membership, Tenant
    from journeys.rules.library_sorts import Sort

MOST_FOUND, MOST_CHOICES = 20, 500
MODELS: Mapping[str, Any] = {
    "insight": Insight,
    "opportunity": Opportunity,
    "solution": Solution,
    "goal": Goal,
}
SORTINGS = [
    ("", "Changed last"),
    ("title", "Title"),
    ("weight", "Weight"),
    ("impact", "Worst first"),
]
SCORE_SORTINGS = [("", "Changed last"), ("title", "Title"), ("score", "Highest score")]
_ORDERS: dict[str, tuple[Any, ...]] = {
    "title": ("title",),
    "weight": (F("weight").desc(nulls_last=True), "title"),
    "impact": (F("impact").asc(nulls_last=True), "title"),
}
# By the sort of item: which of its links leads to personas, and which to steps.
_TO_PERSONAS: dict[str, tuple[Any, str]] = {
    "insight": (InsightPersona, "insight"),
    "opportunity": (OpportunityPersona, "opportunity"),
}
_TO_STEPS: dict[str, tuple[Any, str]] = {
    "opportunity": (OpportunityStep, "opportunity"),
    "solution": (SolutionStep, "solution"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of items is filtered by; what is empty filters nothing.

    *kind* is a type of insights. *owner* is an id, `me` or `nobody`. *persona*, *journey* and
    *goal* are ids as text: what is not here finds nothing.
    """

    q: str = ""
    kind: str = ""
    status: str = ""
    owner: str = ""
    persona: str = ""
    journey: str = ""
    goal: str = ""
    sort: str = ""
    is_archived: bool = False


def items_listed(sort: Sort, reader: Membership | None, tenant: Tenant, wanted: Wanted) -> Any:
    """List items of *sort*, the last changed first or as wanted; with owners.

    *reader* is who `me` is; None is a program.
    """
    rows: Any = MODELS[sort.name].objects.for_tenant(tenant).select_related("tenant", "owner__user")
    rows = rows.filter(archived_at__isnull=not wanted.is_archived)
    if wanted.q:
        text = Q(**{f"{sort.text}__icontains": wanted.q})
        rows = rows.filter(Q(title__icontains=wanted.q) | Q(key__icontains=wanted.q) | text)
    if wanted.kind in set(InsightKind) and sort.name == "insight":
        rows = rows.filter(kind=wanted.kind)
    if wanted.status in set(sort.statuses):
        rows = rows.filter(status=wanted.status)
    rows = _of_owner(rows, wanted.owner, reader)
    rows = _of_links(rows, sort, tenant, wanted)
    if wanted.journey:
        rows = _of_journey(
            rows, sort, tenant, readable_journeys(tenant, reader).filter(pk=wanted.journey)
        )
    order = _ORDERS.get(wanted.sort if sort.name == "insight" else "", ("-updated_at",))
    if wanted.sort == "title":
        order = ("title",)
    return rows.order_by(*order, "pk").fetch_mode(FETCH_RAISE)


def opportunities_of_insights(tenant: Tenant, ids: Collection[UUID]) -> dict[UUID, int]:
    """Count the opportunities in use that answer each of the insights. One query."""
    rows = OpportunityInsight.objects.for_tenant(tenant).filter(
        insight__in=list(ids), deleted_at=None, opportunity__archived_at=None
    )
    return dict(rows.values_list("insight").annotate(Count("pk")).order_by())


def counts_of_opportunities(tenant: Tenant, ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Count for each opportunity its insights and the solutions that take it. Two queries."""
    answers = OpportunityInsight.objects.for_tenant(tenant).filter(
        opportunity__in=list(ids), deleted_at=None
    )
    solves = SolutionOpportunity.objects.for_tenant(tenant).filter(
        opportunity__in=list(ids), deleted_at=None, solution__archived_at=None
    )
    insights = dict(answers.values_list("opportunity").annotate(Count("pk")).order_by())
    solutions = dict(solves.values_list("opportunity").annotate(Count("pk")).order_by())
    return {pk: (insights.get(pk, 0), solutions.get(pk, 0)) for pk in ids}


def opportunities_of_solutions(tenant: Tenant, ids: Collection[UUID]) -> dict[UUID, int]:
    """Count the opportunities that each of the solutions takes. One query."""
    rows = SolutionOpportunity.objects.for_tenant(tenant).filter(
        solution__in=list(ids), deleted_at=None, opportunity__archived_at=None
    )
    return dict(rows.values_list("solution").annotate(Count("pk")).order_by())


def opportunities_of_goals(tenant: Tenant, ids: Collection[UUID]) -> dict[UUID, int]:
    """Count the opportunities in use that serve each of the goals. One query."""
    rows = OpportunityGoal.objects.for_tenant(tenant).filter(
        goal__in=list(ids), deleted_at=None, opportunity__archived_at=None
    )
    return dict(rows.values_list("goal").annotate(Count("pk")).order_by())


def readable_journeys(tenant: Tenant, reader: Membership | None) -> QuerySet[Journey]:
    """Give the journeys in use whose maps *reader* may open, in no order."""
    return journeys_open_to(tenant, reader).filter(archived_at=None)


def maps_in_sight(tenant: Tenant, reader: Membership | None) -> QuerySet[JourneyMap]:
    """Give the maps in use that *reader* may open, in no order."""
    return maps_open_to(tenant, reader).filter(archived_at=None, journey__archived_at=None)


def persona_choices(tenant: Tenant) -> list[tuple[str, str]]:
    """List the personas in use by name, up to 500: pairs of id and name. One query."""
    rows = Persona.objects.for_tenant(tenant).filter(deleted_at=None, archived_at=None)
    named: Any = rows.order_by("name", "pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in named[:MOST_CHOICES]]


def journey_choices(tenant: Tenant, reader: Membership | None) -> list[tuple[str, str]]:
    """List the journeys that *reader* may open by title, up to 500. One query."""
    named: Any = (
        readable_journeys(tenant, reader).order_by("title", "pk").values_list("pk", "title")
    )
    return [(str(pk), title) for pk, title in named[:MOST_CHOICES]]


def binding_choices(tenant: Tenant, reader: Membership | None) -> list[tuple[str, str]]:
    """List the figures of journeys that *reader* may open, up to 500; none first. One query."""
    journeys = readable_journeys(tenant, reader)
    rows = MetricBinding.objects.for_tenant(tenant).filter(
        archived_at=None, journey__in=journeys.values("pk")
    )
    listed = rows.select_related("journey", "metric").order_by("journey__title", "key", "pk")
    told = [
        (str(row.pk), f"{row.journey.title}: {row.metric.title} ({row.key})")
        for row in listed[:MOST_CHOICES]
    ]
    return [("", "No figure"), *told]


def goal_choices(goal: Goal) -> list[tuple[str, str]]:
    """List the goals that one could be part of, by title; none first. One query."""
    rows = Goal.objects.for_tenant(goal.tenant).filter(archived_at=None).exclude(pk=goal.pk)
    named: Any = rows.order_by("title", "pk").values_list("pk", "title")
    return [("", "No other goal"), *((str(pk), title) for pk, title in named[:MOST_CHOICES])]


def goals_named(tenant: Tenant) -> list[tuple[str, str]]:
    """List the goals in use by title, up to 500: pairs of id and title. One query."""
    rows = Goal.objects.for_tenant(tenant).filter(archived_at=None)
    named: Any = rows.order_by("title", "pk").values_list("pk", "title")
    return [(str(pk), title) for pk, title in named[:MOST_CHOICES]]


def parent_of(goal: Goal) -> Goal | None:
    """Give the goal that one is part of. At most one query."""
    rows = Goal.objects.for_tenant(goal.tenant)
    return rows.filter(pk=goal.parent_id).first() if goal.parent_id else None


def linkable(
    to: str, item: Any, taken: Collection[UUID], reader: Membership | None, q: str
) -> list[tuple[UUID, str, str]]:
    """Find up to 20 of what an item could be linked to, with *q* in the name.

    *to* is persona, insight, goal, opportunity or step; *taken* are those it is linked to. Gives
    id, name and a hint that tells it apart. At most two queries.
    """
    tenant = item.tenant
    if to == "step":
        return _steps(tenant, taken, reader, q)
    if to == "persona":
        people = Persona.objects.for_tenant(tenant).filter(deleted_at=None, archived_at=None)
        people = people.filter(name__icontains=q).exclude(pk__in=taken).order_by("name", "pk")
        return [(row.pk, row.name, row.tagline) for row in people[:MOST_FOUND]]
    rows = MODELS[to].objects.for_tenant(tenant).filter(archived_at=None, title__icontains=q)
    rows = rows.exclude(pk__in=[item.pk, *taken]).order_by("title", "pk")
    return [(row.pk, row.title, row.get_status_display()) for row in rows[:MOST_FOUND]]


def _steps(
    tenant: Tenant, taken: Collection[UUID], reader: Membership | None, q: str
) -> list[tuple[UUID, str, str]]:
    """Find steps by their title or their journey's, each as its newest map calls it."""
    maps = maps_in_sight(tenant, reader)
    rows = Step.objects.for_tenant(tenant).filter(deleted_at=None, map__in=maps.values("pk"))
    rows = rows.filter(Q(title__icontains=q) | Q(map__journey__title__icontains=q))
    rows = rows.exclude(lineage__in=taken).order_by("lineage", "-map__number", "pk")
    newest = rows.distinct("lineage").values("pk")
    steps = Step.objects.for_tenant(tenant).filter(pk__in=newest).select_related("map__journey")
    listed = steps.order_by("map__journey__title", "title", "pk")[:MOST_FOUND]
    return [(row.lineage, row.title, row.map.journey.title) for row in listed]


def _of_owner(rows: Any, owner: str, reader: Membership | None) -> Any:
    if owner == "nobody":
        return rows.filter(owner=None)
    if owner == "me":
        return rows.filter(owner=reader)
    return rows.filter(owner=owner) if owner else rows


def _of_links(rows: Any, sort: Sort, tenant: Tenant, wanted: Wanted) -> Any:
    if wanted.persona and sort.name in _TO_PERSONAS:
        model, name = _TO_PERSONAS[sort.name]
        links = model.objects.for_tenant(tenant).filter(persona=wanted.persona, deleted_at=None)
        rows = rows.filter(pk__in=links.values(name))
    if wanted.goal and sort.name in _TO_STEPS:
        serves = OpportunityGoal.objects.for_tenant(tenant).filter(
            goal=UUID(wanted.goal), deleted_at=None
        )
        problems = serves.values("opportunity")
        solves = SolutionOpportunity.objects.for_tenant(tenant).filter(
            opportunity__in=problems, deleted_at=None
        )
        rows = rows.filter(
            pk__in=problems if sort.name == "opportunity" else solves.values("solution")
        )
    return rows


def _of_journey(rows: Any, sort: Sort, tenant: Tenant, journeys: QuerySet[Journey]) -> Any:
    """Keep items that lie at a step of the journey, or that a card of one of its maps shows."""
    journey = journeys.values("pk")
    maps = JourneyMap.objects.for_tenant(tenant).filter(journey__in=journey, deleted_at=None)
    cards = Card.objects.for_tenant(tenant).filter(map__in=maps.values("pk"), deleted_at=None)
    shown = Q(pk__in=cards.exclude(**{sort.name: None}).values(sort.name))
    if sort.name in _TO_STEPS:
        model, name = _TO_STEPS[sort.name]
        steps = Lineage.objects.for_tenant(tenant).filter(journey__in=journey)
        links = model.objects.for_tenant(tenant).filter(
            step__in=steps.values("pk"), deleted_at=None
        )
        shown |= Q(pk__in=links.values(name))
    return rows.filter(shown)
