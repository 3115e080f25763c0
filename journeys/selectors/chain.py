"""The chain that an item of the library stands in: goal, opportunity, insight, solution."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from journeys.models import OpportunityGoal, OpportunityInsight, SolutionOpportunity
from journeys.rules.library import SolutionStatus
from journeys.rules.library_sorts import SORTS
from journeys.selectors.backing import backings_of
from journeys.selectors.library import MODELS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Tenant
    from journeys.rules.library_sorts import Sort

MOST_NAMED = 50
_ORDER = ("goal", "opportunity", "insight", "evidence", "solution", "verdict")
_MISSING = {
    "goal": "Serves no goal yet",
    "opportunity": "No opportunity yet",
    "insight": "Rests on no insight yet",
    "evidence": "Nothing is cited yet",
    "solution": "No solution yet",
    "verdict": "Nothing has shipped yet",
}
_LINKS: Mapping[str, tuple[Any, str, str]] = {
    "goal": (OpportunityGoal, "goal_id", "opportunity_id"),
    "insight": (OpportunityInsight, "insight_id", "opportunity_id"),
    "solution": (SolutionOpportunity, "solution_id", "opportunity_id"),
}


@dataclass(frozen=True, slots=True)
class ChainItem:
    """One item of a chain, with the address of its page."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ChainStop:
    """One stop of the chain: *rows* stand there, *more* of them are not named, *note* says more.

    *is_here* is the item itself, *is_missing* where the chain is broken.
    """

    title: str
    rows: Sequence[ChainItem] = ()
    more: int = 0
    note: str = ""
    is_here: bool = False
    is_missing: bool = False


def chain_of(sort: Sort, item: Any, *, now: datetime) -> list[ChainStop]:
    """Give the chain with *item* in it, archived ones left out. Up to nine queries.

    All hangs on opportunities: where there is none, nothing beyond it is shown, and the stop
    itself says what is missing.
    """
    found = _items(sort, item)
    stops = {name: _stop(name, rows, sort, item) for name, rows in found.items()}
    if found.get("insight"):
        stops["evidence"] = _evidence(item.tenant, [row.pk for row in found["insight"]], now)
    if found.get("solution"):
        stops["verdict"] = _verdict(found["solution"])
    return [stops[name] for name in _ORDER if name in stops]


def _items(sort: Sort, item: Any) -> dict[str, list[Any]]:
    """Give the items at each stop that is shown, by the name of their sort."""
    if sort.name == "opportunity":
        chances = [item]
    else:
        model, own, to = _LINKS[sort.name]
        rows = model.objects.for_tenant(item.tenant_id).filter(**{own: item.pk}, deleted_at=None)
        chances = _read(item.tenant, "opportunity", rows.values(to))
    found = {sort.name: [item], "opportunity": chances}
    for name, (model, own, to) in _LINKS.items():
        if chances and name != sort.name:
            rows = model.objects.for_tenant(item.tenant_id).filter(
                **{f"{to}__in": [one.pk for one in chances]}, deleted_at=None
            )
            found[name] = _read(item.tenant, name, rows.values(own))
    return found


def _read(tenant: Tenant, name: str, ids: Any) -> list[Any]:
    rows = MODELS[name].objects.for_tenant(tenant).filter(archived_at=None, pk__in=ids)
    return list(rows.order_by("title", "pk"))


def _stop(name: str, rows: Sequence[Any], sort: Sort, item: Any) -> ChainStop:
    is_here = name == sort.name
    slug = item.tenant.slug
    told = [
        ChainItem(one.title, reverse(f"journeys:{name}-page", args=[slug, one.pk]))
        for one in rows[:MOST_NAMED]
    ]
    return ChainStop(
        title=SORTS[name].words if is_here else SORTS[name].plural,
        rows=told[:2],
        more=max(len(rows) - 2, 0),
        note="" if rows else _MISSING[name],
        is_here=is_here,
        is_missing=not rows,
    )


def _evidence(tenant: Tenant, insights: Collection[UUID], now: datetime) -> ChainStop:
    backings = backings_of(tenant, "insight", insights, now=now)
    pieces = sum(one.counting for one in backings.values())
    words = f"{pieces} piece{'' if pieces == 1 else 's'} that count{'s' * (pieces == 1)}"
    return ChainStop(
        "Evidence", note=words if pieces else _MISSING["evidence"], is_missing=not pieces
    )


def _verdict(solutions: Sequence[Any]) -> ChainStop:
    """Say how far solutions are proved: verified, shipped, or not there yet."""
    counts = Counter(one.status for one in solutions)
    verified, shipped = counts[SolutionStatus.VERIFIED], counts[SolutionStatus.SHIPPED]
    told = [f"{verified} verified"] if verified else []
    told += [f"{shipped} shipped, not verified yet"] if shipped else []
    return ChainStop(
        "Verdict", note=", ".join(told) or _MISSING["verdict"], is_missing=not verified
    )
