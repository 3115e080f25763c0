"""How maps stand: how many steps they have, and how well and how freshly these are backed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Exists, OuterRef

from journeys.models import Stage, Step

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from uuid import UUID

    from cxm.tenants.models import Tenant

# From what is cited, which is little, to the steps: maps are many. What was cited for a step that
# is not on a map any more stands at its heir there, as `journeys.selectors.successions` finds it.
_STANDINGS = """
WITH RECURSIVE cited AS (
    SELECT l.step_id, l.card_id, l.insight_id, l.opportunity_id, l.solution_id,
        max(e.observed_on) AS newest
    FROM journeys_evidencelink l JOIN collaboration_evidence e
        ON e.tenant_id = l.tenant_id AND e.id = l.evidence_id
    WHERE l.tenant_id = %(tenant)s AND e.polarity = 'supports' AND e.archived_at IS NULL
    GROUP BY 1, 2, 3, 4, 5
), card AS (
    SELECT c.map_id, c.step_from, c.lineage, c.insight_id, c.opportunity_id, c.solution_id
    FROM journeys_card c JOIN journeys_lane l
        ON l.tenant_id = c.tenant_id AND l.map_id = c.map_id AND l.lineage = c.lane
    WHERE c.tenant_id = %(tenant)s AND c.map_id = ANY(%(maps)s::uuid[])
        AND c.deleted_at IS NULL AND l.deleted_at IS NULL
), onward AS (
    SELECT DISTINCT ON (from_step_id) from_step_id AS old, to_step_id AS new
    FROM journeys_stepsuccession
    WHERE tenant_id = %(tenant)s AND from_step_id <> to_step_id
    ORDER BY from_step_id, share DESC, at DESC, id DESC
), heir AS (
    SELECT s.map_id, onward.old, s.lineage AS new
    FROM onward JOIN journeys_step s ON s.lineage = onward.new
    WHERE s.tenant_id = %(tenant)s AND s.map_id = ANY(%(maps)s::uuid[]) AND s.deleted_at IS NULL
        AND NOT EXISTS (SELECT FROM journeys_step o WHERE o.tenant_id = s.tenant_id
            AND o.map_id = s.map_id AND o.lineage = onward.old AND o.deleted_at IS NULL)
    UNION
    SELECT heir.map_id, onward.old, heir.new
    FROM heir JOIN onward ON onward.new = heir.old
    WHERE NOT EXISTS (SELECT FROM journeys_step o WHERE o.tenant_id = %(tenant)s
        AND o.map_id = heir.map_id AND o.lineage = onward.old AND o.deleted_at IS NULL)
), backed AS (
    SELECT map_id, step_from AS step, newest FROM card JOIN cited ON card_id = lineage
    UNION ALL SELECT map_id, step_from, newest FROM card JOIN cited USING (insight_id)
    UNION ALL SELECT map_id, step_from, newest FROM card JOIN cited USING (opportunity_id)
    UNION ALL SELECT map_id, step_from, newest FROM card JOIN cited USING (solution_id)
    UNION ALL SELECT s.map_id, s.lineage, newest FROM journeys_step s
        JOIN cited ON cited.step_id = s.lineage
        WHERE s.tenant_id = %(tenant)s AND s.map_id = ANY(%(maps)s::uuid[])
    UNION ALL SELECT map_id, heir.new, newest FROM heir JOIN cited ON cited.step_id = heir.old
), best AS (
    SELECT map_id, step, max(newest) AS newest FROM backed GROUP BY 1, 2
)
SELECT s.map_id, s.stage, count(*), count(best.newest),
    coalesce(sum(greatest(%(today)s::date - best.newest, 0)), 0)
FROM journeys_step s
JOIN journeys_stage g ON g.tenant_id = s.tenant_id AND g.map_id = s.map_id AND g.lineage = s.stage
LEFT JOIN best ON best.map_id = s.map_id AND best.step = s.lineage
WHERE s.tenant_id = %(tenant)s AND s.map_id = ANY(%(maps)s::uuid[])
    AND s.deleted_at IS NULL AND g.deleted_at IS NULL
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Of a map or a stage: its *steps*, those that are *backed*, and how long ago these were.

    A step is backed where evidence speaks for it, for a step that was joined to it, for a card that
    begins at it, or for the item of the library that such a card shows. *days* sums the ages of the
    newest of it, a step each.
    """

    steps: int = 0
    backed: int = 0
    days: int = 0

    @property
    def age_days(self) -> float | None:
        """Give the mean age of the newest evidence of the steps that are backed; None for none."""
        return self.days / self.backed if self.backed else None


def standings(tenant: Tenant, maps: Collection[UUID], today: date) -> dict[UUID, Standing]:
    """Tell how each of *maps* stands, by map; those without steps are absent. One query."""
    by_map: dict[UUID, list[Standing]] = {}
    for (pk, _), one in standings_by_stage(tenant, maps, today).items():
        by_map.setdefault(pk, []).append(one)
    return {pk: together(some) for pk, some in by_map.items()}


def standings_by_stage(
    tenant: Tenant, maps: Collection[UUID], today: date
) -> dict[tuple[UUID, UUID], Standing]:
    """Tell how each stage of *maps* stands, by map and stage. One query."""
    asked: dict[str, Any] = {"tenant": tenant.pk, "maps": [str(pk) for pk in maps], "today": today}
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, asked)
        return {(pk, stage): Standing(*told) for pk, stage, *told in cursor.fetchall()}


def together(some: Iterable[Standing]) -> Standing:
    """Add up how stages stand."""
    counted = list(some)
    return Standing(
        sum(one.steps for one in counted),
        sum(one.backed for one in counted),
        sum(one.days for one in counted),
    )


def steps_there(tenant: Tenant, maps: Collection[UUID]) -> Any:
    """Give the steps of *maps* that are not deleted, alone or with their stage."""
    stages = Stage.objects.for_tenant(tenant).filter(
        map=OuterRef("map"), lineage=OuterRef("stage"), deleted_at=None
    )
    steps = Step.objects.for_tenant(tenant).filter(map__in=maps, deleted_at=None)
    return steps.filter(Exists(stages))
