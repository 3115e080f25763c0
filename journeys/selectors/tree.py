"""The tree of journeys: where one lies, and what lies in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from journeys.selectors.journeys import journeys_found

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from cxm.tenants.models import Membership
    from journeys.models import Journey

# A branch is shown so far down; below it, the journey's own page goes on.
DEEPEST, MOST_SHOWN = 8, 400
_ABOVE = """
WITH RECURSIVE above AS (
    SELECT id, parent_id, 0 AS depth FROM journeys_journey WHERE tenant_id = %(t)s AND id = %(id)s
    UNION ALL
    SELECT j.id, j.parent_id, depth + 1 FROM journeys_journey j
    JOIN above ON j.id = above.parent_id WHERE j.tenant_id = %(t)s AND depth < 100
)
SELECT id FROM above WHERE depth > 0 ORDER BY depth DESC
"""
_BELOW = """
WITH RECURSIVE below AS (
    SELECT id, 1 AS depth FROM journeys_journey
    WHERE tenant_id = %(t)s AND parent_id = %(id)s AND archived_at IS NULL
    UNION ALL
    SELECT j.id, depth + 1 FROM journeys_journey j
    JOIN below ON j.parent_id = below.id
    WHERE j.tenant_id = %(t)s AND j.archived_at IS NULL AND depth < %(deepest)s
)
SELECT id FROM below ORDER BY depth, id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Branch:
    """A journey of a tree, *depth* levels below the one that was asked about (from 1)."""

    journey: Journey
    depth: int


def homes_of(journey: Journey, reader: Membership | None) -> list[Journey]:
    """List the journeys above one that *reader* finds, the topmost first. Two queries at most."""
    if journey.parent_id is None:
        return []
    ids = _ids(_ABOVE, t=journey.tenant_id, id=journey.pk)
    found = {one.pk: one for one in journeys_found(journey.tenant, reader).filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def branches_of(journey: Journey, reader: Membership | None) -> list[Branch]:
    """List what lies in a journey, however deep, each behind the one that it lies in.

    What *reader* does not find is left out, with what lies in it. Two queries.
    """
    given: dict[str, UUID | int] = {
        "t": journey.tenant_id,
        "id": journey.pk,
        "deepest": DEEPEST,
        "most": MOST_SHOWN,
    }
    ids = _ids(_BELOW, **given)
    found = list(journeys_found(journey.tenant, reader).filter(pk__in=ids)) if ids else []
    return in_branches(found, journey.pk)


def in_branches(journeys: Iterable[Journey], root: UUID | None) -> list[Branch]:
    """Lay *journeys* out as a tree below *root*, in their order; None is the top of the tree.

    At the top stand those as well whose home is not among them.
    """
    rows = list(journeys)
    there = {one.pk for one in rows}
    inside: dict[UUID | None, list[Journey]] = {}
    for one in rows:
        home = one.parent_id if one.parent_id in there or root is not None else None
        inside.setdefault(home, []).append(one)
    laid: list[Branch] = []
    waiting = [Branch(one, 1) for one in reversed(inside.get(root, []))]
    while waiting:
        branch = waiting.pop()
        laid.append(branch)
        lower = reversed(inside.get(branch.journey.pk, []))
        waiting += [Branch(one, branch.depth + 1) for one in lower]
    return laid


def _ids(sql: str, **given: UUID | int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [row[0] for row in cursor.fetchall()]
