"""What the things are called that a map refers to, read at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.urls import reverse

from cxm.accounts.rules import called
from journeys.selectors.journeys import journeys_found, journeys_open_to
from journeys.selectors.rollup import rollup_of, rollup_words

if TYPE_CHECKING:
    from collections.abc import Collection

    from cxm.tenants.models import Membership
    from journeys.models import JourneyMap


class Name(NamedTuple):
    """What something registered is called: its *title*, a *word* and *more* that its kind says."""

    kind: str
    id: UUID
    title: str
    word: str
    more: str


# What lanes of journeys inside ask to be told of these; no name of its own.
_ROLLUP = "rollup"
type Names = dict[tuple[str, UUID], Name]

# Every page of a map asks this, also one that is kept: as a query of ten parts that Django puts
# together it would take longer to write than to run.
_ON_MAP = """
WITH cards AS (
    SELECT channel_id, asset_id, insight_id, opportunity_id, solution_id, goal_id, persona_id
    FROM journeys_card
    WHERE tenant_id = %(tenant)s AND map_id = %(map)s AND deleted_at IS NULL
    AND num_nonnulls(channel_id, asset_id, insight_id, opportunity_id, solution_id, goal_id,
        persona_id) > 0
), used AS (
    SELECT DISTINCT kind, id FROM cards CROSS JOIN LATERAL (VALUES
        ('channel', channel_id), ('asset', asset_id), ('insight', insight_id),
        ('opportunity', opportunity_id), ('solution', solution_id), ('goal', goal_id),
        ('persona', persona_id)) one (kind, id)
    UNION SELECT 'persona', persona_id FROM journeys_lane
        WHERE tenant_id = %(tenant)s AND map_id = %(map)s AND deleted_at IS NULL
    UNION SELECT 'touchpoint', touchpoint_id FROM journeys_steptouchpoint
        WHERE tenant_id = %(tenant)s AND map_id = %(map)s AND deleted_at IS NULL
    UNION SELECT 'stakeholder', stakeholder_id FROM journeys_steprole
        WHERE tenant_id = %(tenant)s AND map_id = %(map)s AND deleted_at IS NULL
    UNION SELECT 'journey', journey_id FROM journeys_stepjourney
        WHERE tenant_id = %(tenant)s AND map_id = %(map)s AND deleted_at IS NULL
)
"""
_ASKED = """
WITH used AS (SELECT * FROM unnest(%(kinds)s::text[], %(ids)s::uuid[]) one (kind, id))
"""
_CAST = """
SELECT 'cast', p.id, p.name, p.key,
    m.colour || '.' || m.dash || ' ' || CASE WHEN m.is_main THEN 0 ELSE 1 END || ' ' || m.ord
    || ' ' || m.lineage
FROM journeys_mappersona m JOIN personas_persona p ON p.tenant_id = m.tenant_id
    AND p.id = m.persona_id
WHERE m.tenant_id = %(tenant)s AND m.map_id = %(map)s AND m.deleted_at IS NULL
UNION ALL
SELECT DISTINCT 'rollup', map_id, '', config->>'rollup', '' FROM journeys_lane
WHERE tenant_id = %(tenant)s AND map_id = %(map)s AND deleted_at IS NULL AND kind = 'nested'
    AND config->>'rollup' IN ('emotion', 'counts')
UNION ALL
SELECT 'tag', md5(lower(tag))::uuid, min(tag), count(*)::text, '' FROM (
    SELECT unnest(tags) AS tag FROM journeys_card
        WHERE tenant_id = %(tenant)s AND map_id = %(map)s AND deleted_at IS NULL AND tags <> '{}'
    UNION ALL SELECT unnest(tags) FROM journeys_step
        WHERE tenant_id = %(tenant)s AND map_id = %(map)s AND deleted_at IS NULL AND tags <> '{}'
) tagged GROUP BY lower(tag)
UNION ALL
"""
_TITLES = """
SELECT kind, t.id, t.title, t.medium, '' FROM used JOIN touchpoints_channel t
    USING (id) WHERE kind = 'channel' AND t.tenant_id = %(tenant)s
UNION ALL SELECT used.kind, t.id, t.name, t.mime, t.alt FROM used JOIN collaboration_asset t
    USING (id) WHERE used.kind = 'asset' AND t.tenant_id = %(tenant)s
UNION ALL SELECT used.kind, t.id, t.title, t.kind, t.status FROM used JOIN journeys_insight t
    USING (id) WHERE used.kind = 'insight' AND t.tenant_id = %(tenant)s
UNION ALL SELECT kind, t.id, t.title, t.key, t.status FROM used JOIN journeys_opportunity t
    USING (id) WHERE kind = 'opportunity' AND t.tenant_id = %(tenant)s
UNION ALL SELECT used.kind, t.id, t.title, t.key, t.status FROM used JOIN journeys_solution t
    USING (id) WHERE used.kind = 'solution' AND t.tenant_id = %(tenant)s
UNION ALL SELECT kind, t.id, t.title, t.key, t.status FROM used JOIN journeys_goal t
    USING (id) WHERE kind = 'goal' AND t.tenant_id = %(tenant)s
UNION ALL SELECT used.kind, t.id, t.name, t.key, t.colour FROM used JOIN personas_persona t
    USING (id) WHERE used.kind = 'persona' AND t.tenant_id = %(tenant)s
UNION ALL SELECT kind, t.id, t.title, coalesce(c.medium, ''),
    t.initiator || ' ' || coalesce(c.title, '')
    FROM used JOIN touchpoints_touchpoint t USING (id)
    LEFT JOIN touchpoints_channel c ON c.tenant_id = t.tenant_id AND c.id = t.channel_id
    WHERE kind = 'touchpoint' AND t.tenant_id = %(tenant)s
UNION ALL SELECT used.kind, t.id, t.name, t.kind, t.icon FROM used JOIN personas_stakeholder t
    USING (id) WHERE used.kind = 'stakeholder' AND t.tenant_id = %(tenant)s
UNION ALL SELECT kind, id, '', '', '' FROM used WHERE kind = 'journey'
UNION ALL SELECT 'owner', m.id, u.name, '', ''
    FROM tenants_membership m JOIN accounts_user u ON u.id = m.user_id
    WHERE m.tenant_id = %(tenant)s AND m.id IN (
        SELECT owner_id FROM journeys_step
            WHERE tenant_id = %(tenant)s AND map_id = %(map)s AND deleted_at IS NULL
        UNION SELECT t.owner_id FROM used JOIN journeys_insight t USING (id)
            WHERE used.kind = 'insight' AND t.tenant_id = %(tenant)s
        UNION SELECT t.owner_id FROM used JOIN journeys_opportunity t USING (id)
            WHERE kind = 'opportunity' AND t.tenant_id = %(tenant)s
        UNION SELECT t.owner_id FROM used JOIN journeys_solution t USING (id)
            WHERE used.kind = 'solution' AND t.tenant_id = %(tenant)s
        UNION SELECT t.owner_id FROM used JOIN journeys_goal t USING (id)
            WHERE kind = 'goal' AND t.tenant_id = %(tenant)s)
"""


def names_of(row: JourneyMap, reader: Membership | None) -> list[Name]:
    """Name all that the map refers to, its personas with their colour and dash, and who owns.

    A name of kind "owner" is of who owns a step of the map, or an item of the library on it; one of
    kind "tag" is a tag of steps and cards, and its *word* says of how many.

    A journey that *reader* does not find is left out; of one that they may open *more* says what
    it comes to, where a lane asks for that. In one order, so that the same names are always the
    same list. One query, one more where journeys lie inside, and four for what these come to.
    """
    found = _named(row, reader, _ON_MAP + _CAST + _TITLES, {})
    asked = {name.word for name in found if name.kind == _ROLLUP}
    named = [name for name in found if name.kind != _ROLLUP]
    inside = {name.id for name in named if name.kind == "journey"}
    if not asked or not inside:
        return named
    seen = journeys_open_to(row.tenant, reader).filter(pk__in=inside)
    told = rollup_of(row.tenant, seen.values_list("pk", flat=True))
    return [
        name._replace(more="\n".join(rollup_words(told[name.id])))
        if name.kind == "journey" and name.id in told
        else name
        for name in named
    ]


def names_asked(
    row: JourneyMap, reader: Membership | None, asked: Collection[tuple[str, UUID]]
) -> list[Name]:
    """Name what is *asked* for, by kind and id, as `names_of` does for what is on the map."""
    told = {"kinds": [kind for kind, _ in asked], "ids": [pk for _, pk in asked]}
    return _named(row, reader, _ASKED + _TITLES, told)


def _named(
    row: JourneyMap, reader: Membership | None, statement: str, told: dict[str, Any]
) -> list[Name]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": row.tenant_id, "map": row.pk, **told})
        found = [Name(*line) for line in cursor.fetchall()]
    inside = {name.id for name in found if name.kind == "journey"}
    named = [name for name in found if name.kind != "journey"]
    if inside:
        there = journeys_found(row.tenant, reader).order_by()
        rows = there | journeys_found(row.tenant, reader, is_archived=True).order_by()
        titles = rows.filter(pk__in=inside).values_list("pk", "title", "key")
        named += [Name("journey", *one, "") for one in titles]
    return sorted(
        name._replace(title=called(name.title)) if name.kind == "owner" else name for name in named
    )


def cast_in_order(names: Collection[Name]) -> list[Name]:
    """List the personas of the map, the main one first."""
    return sorted((n for n in names if n.kind == "cast"), key=lambda n: n.more.partition(" ")[2])


def lineage_of_cast(name: Name) -> str:
    """Give the lineage of a persona of the map, as `names_of` names it."""
    return name.more.rpartition(" ")[2]


def asset_url(slug: str, asset: Name) -> str:
    """Give the address of a stored file for members of the workspace."""
    return reverse("collaboration:asset-file", args=[slug, asset.id, asset.title])
