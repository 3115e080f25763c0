"""The lanes of a board: its items by journey, by owner or by goal."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from journeys.models import (
    Card,
    OpportunityGoal,
    OpportunityStep,
    SolutionOpportunity,
    SolutionStep,
)
from journeys.selectors.library import readable_journeys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant
    from journeys.rules.library_sorts import Sort

type _Named = dict[UUID, str]
type _Belongs = dict[UUID, set[UUID]]
LANES = [("", "No lanes"), ("journey", "By journey"), ("owner", "By owner"), ("goal", "By goal")]
_NONE = {"journey": "In no journey", "owner": "Nobody’s", "goal": "For no goal"}


def in_lanes(
    by: str, sort: Sort, tenant: Tenant, items: Sequence[Any], reader: Membership | None
) -> list[tuple[str, UUID | None, list[Any]]]:
    """Part *items* by journey, owner or goal: titles of lanes, whose they are, and what is in each.

    They are by title. What belongs to several stands in each of their lanes, what belongs to none
    in the last one, which owners and goals have even where it is empty. Another word makes one lane
    without a title. Up to four queries.
    """
    if by not in _NONE:
        return [("", None, list(items))]
    names, belongs = _READ[by](sort, tenant, items, reader)
    lanes: dict[UUID, list[Any]] = {pk: [] for pk in names}
    rest = []
    for item in items:
        known = [pk for pk in belongs.get(item.pk, ()) if pk in names]
        for pk in known:
            lanes[pk].append(item)
        if not known:
            rest.append(item)
    told = sorted((names[pk].casefold(), str(pk), pk) for pk in names if lanes[pk])
    shown: list[tuple[str, UUID | None, list[Any]]] = [
        (names[pk], pk, lanes[pk]) for _, _, pk in told
    ]
    # There is one more for what is to be nobody's, or for no goal.
    has_rest = rest or not shown or by in {"owner", "goal"}
    return [*shown, (_NONE[by], None, rest)] if has_rest else shown


def _by_owner(
    _sort: Sort, _tenant: Tenant, items: Sequence[Any], _reader: Membership | None
) -> tuple[_Named, _Belongs]:
    owned = [item for item in items if item.owner_id]
    names = {item.owner_id: item.owner.user.get_full_name() for item in owned}
    return names, {item.pk: {item.owner_id} for item in owned}


def _by_goal(
    sort: Sort, tenant: Tenant, items: Sequence[Any], _reader: Membership | None
) -> tuple[_Named, _Belongs]:
    """Read which goals items serve; solutions serve those of their opportunities."""
    ids = {item.pk for item in items}
    problems: _Belongs = {pk: {pk} for pk in ids}
    if sort.name == "solution":
        rows = SolutionOpportunity.objects.for_tenant(tenant).filter(
            solution__in=ids, deleted_at=None, opportunity__archived_at=None
        )
        problems = _grouped(rows.values_list("solution_id", "opportunity_id"))
    wanted = {one for some in problems.values() for one in some}
    serves = OpportunityGoal.objects.for_tenant(tenant).filter(
        opportunity__in=wanted, deleted_at=None, goal__archived_at=None
    )
    told = list(serves.values_list("opportunity_id", "goal_id", "goal__title"))
    goals = _grouped((one, goal) for one, goal, _ in told)
    belongs = {
        pk: {goal for one in some for goal in goals.get(one, ())} for pk, some in problems.items()
    }
    return {goal: title for _, goal, title in told}, belongs


def _by_journey(
    sort: Sort, tenant: Tenant, items: Sequence[Any], reader: Membership | None
) -> tuple[_Named, _Belongs]:
    """Read at whose steps items lie, and on whose maps they stand; of journeys one may open."""
    ids = [item.pk for item in items]
    model: Any = OpportunityStep if sort.name == "opportunity" else SolutionStep
    links = model.objects.for_tenant(tenant).filter(**{f"{sort.name}__in": ids}, deleted_at=None)
    cards = Card.objects.for_tenant(tenant).filter(
        **{f"{sort.name}__in": ids}, deleted_at=None, map__deleted_at=None
    )
    pairs = {
        *links.values_list(f"{sort.name}_id", "step__journey_id"),
        *cards.values_list(f"{sort.name}_id", "map__journey_id"),
    }
    belongs = _grouped(pairs)
    open_to = readable_journeys(tenant, reader).filter(pk__in={pk for _, pk in pairs})
    named: Any = open_to.values_list("pk", "title")
    return dict(named), belongs


def _grouped(pairs: Any) -> _Belongs:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
    return found


_READ: dict[str, Any] = {"owner": _by_owner, "goal": _by_goal, "journey": _by_journey}
