"""Where the documents of the library lie: insights, opportunities, solutions and goals."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.documents import Store
from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.references import Reference
from cxm.kernel.operations.rows import Table
from cxm.kernel.operations.state import as_id, is_there
from cxm.tenants.models import Membership, Tenant
from journeys.errors import LoopError
from journeys.models import (
    Goal,
    Insight,
    InsightLink,
    InsightPersona,
    LibraryOp,
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
)
from journeys.rules.kinds import LineageKind
from journeys.rules.library_shapes import GOAL, INSIGHT, OPPORTUNITY, SOLUTION
from personas.models import Persona

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.shapes import DocumentShape
    from cxm.kernel.operations.state import Element, State

_NOT_ARCHIVED = {"archived_at": None}
_REFERENCES = {
    "member": Reference(Membership, "member", {"is_active": True}),
    "persona": Reference(Persona, "persona", _NOT_ARCHIVED),
    "insight": Reference(Insight, "insight", _NOT_ARCHIVED),
    "opportunity": Reference(Opportunity, "opportunity", _NOT_ARCHIVED),
    "goal": Reference(Goal, "goal", _NOT_ARCHIVED),
    "binding": Reference(MetricBinding, "figure", _NOT_ARCHIVED),
    "step": Reference(Lineage, "step", {"kind": LineageKind.STEP.value}),
}
_LINKS: dict[str, tuple[Any, str]] = {
    "about": (InsightPersona, "persona"),
    "basis": (InsightLink, "fact"),
    "answers": (OpportunityInsight, "insight"),
    "serves": (OpportunityGoal, "goal"),
    "lies-at": (OpportunityStep, "step"),
    "helps": (OpportunityPersona, "persona"),
    "solves": (SolutionOpportunity, "opportunity"),
    "makes": (SolutionStep, "step"),
}
_IN_ROWS = ("owner", "parent", "binding", "expected_binding")


def _insight_law(state: State, done: Sequence[Operation], tenant: Any) -> None:
    """Refuse links that lead back to where they begin, and links said twice."""
    _each_once(state, done, tenant)
    root = _root(state)
    if not any(operation.kind == "basis" for operation in done):
        return
    _take_turns(tenant)
    rows = InsightLink.objects.for_tenant(tenant).filter(deleted_at__isnull=True)
    rests_on: dict[UUID, list[UUID]] = {}
    for insight, fact in rows.exclude(insight=root.id).values_list("insight_id", "fact_id"):
        rests_on.setdefault(insight, []).append(fact)
    rests_on[root.id] = [_to(e, "fact") for e in _alive(state, "basis")]
    _no_loop(root.id, lambda one: rests_on.get(one, []), "insights that rest on each other")


def _goal_law(state: State, done: Sequence[Operation], tenant: Any) -> None:
    """Refuse a goal that would be part of itself."""
    root = _root(state)
    if not any(operation.field == "parent" or operation.deed == "create" for operation in done):
        return
    _take_turns(tenant)
    rows = Goal.objects.for_tenant(tenant).exclude(pk=root.id)
    above: dict[UUID, UUID | None] = dict(rows.values_list("pk", "parent_id"))
    above[root.id] = as_id(root.values["parent"])

    def part_of(one: UUID) -> list[UUID]:
        parent = above.get(one)
        return [parent] if parent else []

    _no_loop(root.id, part_of, "goals that are part of each other")


def _take_turns(tenant: Any) -> None:
    """Let two that would link to each other at once see one another."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)


def _each_once(state: State, done: Sequence[Operation], _tenant: Any) -> None:
    """Refuse a second link of the same kind to the same thing."""
    for kind in {operation.kind for operation in done} & _LINKS.keys():
        name = _LINKS[kind][1]
        told = Counter(e.values[name] for e in _alive(state, kind))
        if any(count > 1 for count in told.values()):
            message = "This is linked already."
            raise RefusedError(message, field=name)


def _no_loop(start: UUID, following: Callable[[UUID], list[UUID]], words: str) -> None:
    seen: set[UUID] = set()
    open_ones = following(start)
    while open_ones:
        one = open_ones.pop()
        if one == start:
            raise LoopError(words)
        if one not in seen:
            seen.add(one)
            open_ones += following(one)


def _root(state: State) -> Element:
    return next(e for e in state.values() if e.parent is None)


def _alive(state: State, kind: str) -> list[Element]:
    return [e for e in state.values() if e.kind == kind and is_there(state, e.id)]


def _to(element: Element, name: str) -> UUID:
    found = as_id(element.values[name])
    assert found is not None  # noqa: S101 - the shape says so
    return found


def _store(shape: DocumentShape, model: Any, law: Any) -> Store:
    root = shape.root
    names = tuple(field.name for field in shape.element(root).fields)
    columns = {name: f"{name}_id" for name in names if name in _IN_ROWS}
    tables = {root: Table(model, stream="id", columns=columns, fields=names)}
    for kind in shape.elements.keys() - {root}:
        link, name = _LINKS[kind]
        tables[kind] = Table(
            link, stream=f"{root}_id", columns={name: f"{name}_id"}, fields=(name,)
        )
    return Store(
        shape=shape,
        tables=tables,
        log=LibraryOp,
        stream=root,
        references=_REFERENCES,
        law=law,
    )


INSIGHTS = _store(INSIGHT, Insight, _insight_law)
OPPORTUNITIES = _store(OPPORTUNITY, Opportunity, _each_once)
SOLUTIONS = _store(SOLUTION, Solution, _each_once)
GOALS = _store(GOAL, Goal, _goal_law)
