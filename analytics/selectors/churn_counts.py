"""What is read of the spans of one definition of churn, whole or by groups of customers."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Min, Q

from analytics.models import ChurnDefinition, ChurnSpan
from analytics.rules.churn import ContractEnd
from analytics.rules.churn_shapes import Overlap
from cxm.customers.models import AttributeDef, Segment
from cxm.touchpoints.models import Channel, Touchpoint
from personas.models import Persona

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from analytics.rules.churn import ChurnRule
    from analytics.rules.churn_curves import Lived
    from analytics.rules.churn_months import Month

ATTRIBUTE = "attribute:"
PLAN = "plan"

# The spans of one definition; PostgreSQL reads through it, by its indexes.
_OWN = """
WITH span AS NOT MATERIALIZED (
    SELECT customer_id, number, from_at, to_at, touchpoint_id, channel_id FROM analytics_churnspan
    WHERE tenant_id = (SELECT %(tenant)s::uuid) AND definition_id = %(definition)s
)"""
# Somebody is there at a boundary whose span began before it and does not end before it: at those
# from number *lo* to *hi*. Read in one pass, however many months there are, and without a plan
# that hangs on statistics which a table just filled does not have yet.
_MOVES = """
, placed AS (
    SELECT customer_id, width_bucket(from_at, bounds) AS lo,
        CASE WHEN to_at IS NULL THEN cardinality(bounds) ELSE width_bucket(to_at, bounds) END - 1
            AS hi
    FROM span CROSS JOIN (SELECT %(bounds)s::timestamptz[] AS bounds) told
), known AS (
    SELECT customer_id, lo, hi, min(lo) OVER (PARTITION BY customer_id) AS first FROM placed
), chained AS (
    SELECT lo, hi, first, lag(hi) OVER own AS last_hi, lead(lo) OVER own AS next_lo
    FROM known WHERE lo <= hi
    WINDOW own AS (PARTITION BY customer_id ORDER BY lo)
)
SELECT one.at, sum(one.begun), sum(one.ended), sum(one.lost), sum(one.won), sum(one.back)
FROM chained CROSS JOIN LATERAL (VALUES
    (lo, 1, 0, 0, (first = lo)::int, (first < lo AND coalesce(last_hi < lo - 1, true))::int),
    (hi, 0, 1, coalesce(next_lo > hi + 1, true)::int, 0, 0)
) AS one(at, begun, ended, lost, won, back)
GROUP BY one.at
"""
_STANDING = """
SELECT count(*) FILTER (WHERE is_there), count(*) FILTER (WHERE NOT is_there)
FROM (
    SELECT bool_or(s.to_at IS NULL) AS is_there FROM span s GROUP BY s.customer_id
) one
"""
# Whole days, begun ones too: nobody stays for none.
_DAYS = """greatest(1, ceil(
    date_part('epoch', coalesce(s.to_at, %(now)s) - s.from_at) / 86400))::int"""
# Of these, how many had gone by before anybody could be seen leaving.
_UNSEEN = """CASE WHEN s.from_at < %(watched)s THEN greatest(0, ceil(
    date_part('epoch', %(watched)s::timestamptz - s.from_at) / 86400) - 1)::int ELSE 0 END"""
_LIVED = """
SELECT {group}, {days} AS days, s.to_at IS NOT NULL, {unseen}, count(*)
FROM span s {join}
WHERE s.number = 1 AND s.from_at < %(now)s
GROUP BY 1, 2, 3, 4
"""
# Everybody, and everybody by where they were met first, in one pass.
_LIVED_WIDELY = """
, lived AS (
    SELECT touchpoint_id, channel_id, {days} AS days, to_at IS NOT NULL AS is_gone,
        {unseen} AS unseen
    FROM span s WHERE number = 1 AND from_at < %(now)s
)
SELECT GROUPING(touchpoint_id, channel_id), coalesce(touchpoint_id, channel_id), days, is_gone,
    unseen, count(*)
FROM lived
GROUP BY GROUPING SETS ((touchpoint_id, days, is_gone, unseen),
    (channel_id, days, is_gone, unseen), (days, is_gone, unseen))
"""
_BY_TOUCHPOINT, _BY_CHANNEL, _BY_NOTHING = 1, 2, 3
_MEMBER = """JOIN customers_segmentmember g ON g.tenant_id = (SELECT %(tenant)s::uuid)
    AND g.customer_id = s.customer_id AND g.to_at IS NULL
    AND g.segment_id = ANY(%(segments)s::uuid[])"""
_ATTRIBUTE = """JOIN customers_customer g ON g.tenant_id = (SELECT %(tenant)s::uuid)
    AND g.id = s.customer_id AND g.attributes ->> %(attribute)s IS NOT NULL"""
# The plan of the largest contract that ran on the day on which the first span begins: one that
# came later is no ground to part by, since it takes staying to get there.
_PLAN = """JOIN (
    SELECT DISTINCT ON (o.customer_id) o.customer_id, h.plan
    FROM span o
    CROSS JOIN LATERAL (SELECT (o.from_at AT TIME ZONE %(zone)s)::date AS on_day) d
    JOIN (
        SELECT c.root_id AS customer_id, k.plan, k.amount_per_month, k.started_on, k.ended_on
        FROM customers_contract k
        JOIN customers_customer c ON c.tenant_id = (SELECT %(tenant)s::uuid)
            AND c.id = k.customer_id
        WHERE k.tenant_id = (SELECT %(tenant)s::uuid)
        UNION ALL
        SELECT c.root_id, k.plan, k.amount_per_month,
            greatest(k.started_on, (m.since AT TIME ZONE %(zone)s)::date), k.ended_on
        FROM customers_contract k
        JOIN customers_companymember m ON m.tenant_id = (SELECT %(tenant)s::uuid)
            AND m.company_id = k.company_id
        JOIN customers_customer c ON c.tenant_id = (SELECT %(tenant)s::uuid)
            AND c.id = m.customer_id
        WHERE k.tenant_id = (SELECT %(tenant)s::uuid)
    ) h ON h.customer_id = o.customer_id AND h.plan <> ''
        AND (%(plans)s::text[] = '{}' OR h.plan = ANY(%(plans)s::text[]))
        AND h.started_on <= d.on_day AND (h.ended_on IS NULL OR h.ended_on >= d.on_day)
    WHERE o.number = 1
    ORDER BY o.customer_id, h.amount_per_month DESC, h.plan
) g ON g.customer_id = s.customer_id"""
_COHORTS = """
, own AS (
    SELECT s.customer_id, s.number,
        date_trunc('month', s.from_at AT TIME ZONE %(zone)s)::date AS first,
        date_trunc('month', l.last_at AT TIME ZONE %(zone)s)::date AS last
    FROM span s CROSS JOIN LATERAL (
        SELECT greatest(s.from_at, coalesce(s.to_at - interval '1 microsecond', %(now)s)) AS last_at
    ) l
), begun AS (
    SELECT *, min(first) FILTER (WHERE number = 1) OVER (PARTITION BY customer_id) AS since
    FROM own
)
SELECT begun.since, month::date, count(DISTINCT begun.customer_id)
FROM begun CROSS JOIN LATERAL generate_series(begun.first, begun.last, interval '1 month') AS month
WHERE begun.since >= %(oldest)s
GROUP BY 1, 2
"""
_OVERLAPS = """
, gone AS (
    SELECT definition_id, customer_id FROM analytics_churnspan
    WHERE tenant_id = (SELECT %(tenant)s::uuid) AND definition_id = ANY(%(definitions)s::uuid[])
    GROUP BY definition_id, customer_id HAVING NOT bool_or(to_at IS NULL)
)
SELECT other.id, count(*) FILTER (WHERE a.customer_id IS NOT NULL AND b.customer_id IS NOT NULL),
    count(*) FILTER (WHERE b.customer_id IS NULL AND a.customer_id IS NOT NULL),
    count(*) FILTER (WHERE a.customer_id IS NULL AND b.customer_id IS NOT NULL)
FROM unnest(%(others)s::uuid[]) AS other(id)
CROSS JOIN LATERAL (
    SELECT x.customer_id FROM gone x WHERE x.definition_id = %(definition)s
    UNION SELECT y.customer_id FROM gone y WHERE y.definition_id = other.id
) every
LEFT JOIN gone a ON a.definition_id = %(definition)s AND a.customer_id = every.customer_id
LEFT JOIN gone b ON b.definition_id = other.id AND b.customer_id = every.customer_id
GROUP BY other.id
"""


@dataclass(frozen=True, slots=True)
class Dimension:
    """What customers may be grouped by; with *overlap* somebody may be in several groups.

    *plans* are those that count, where contracts are what is grouped by; none: all of them.
    """

    key: str
    title: str
    overlap: bool = False
    plans: tuple[str, ...] = ()


def first_span_at(definition: ChurnDefinition) -> datetime | None:
    """Tell when the first span begins; None without any."""
    spans = ChurnSpan.objects.for_tenant(definition.tenant_id).filter(definition=definition)
    found: datetime | None = spans.aggregate(first=Min("from_at"))["first"]
    return found


def moves_of(
    definition: ChurnDefinition, months: Sequence[Month]
) -> list[tuple[int, int, int, int, int]]:
    """Count, for each of *months*: there at its start, lost, won, back, there at its end."""
    bounds = [one.start_at for one in months] + [one.end_at for one in months[-1:]]
    if not bounds:
        return []
    found = {row[0]: [int(n) for n in row[1:]] for row in _rows(_MOVES, definition, bounds=bounds)}
    begun, ended, lost, won, back = zip(
        *(found.get(at, [0] * 5) for at in range(len(bounds))), strict=True
    )
    there = [sum(begun[: at + 1]) - sum(ended[:at]) for at in range(len(bounds))]
    return [
        (there[at], lost[at], won[at + 1], back[at + 1], there[at + 1]) for at in range(len(months))
    ]


def standing_of(definition: ChurnDefinition) -> tuple[int, int]:
    """Count the customers who are there and who are gone."""
    [(there, gone)] = _rows(_STANDING, definition)
    return there, gone


@dataclass(frozen=True, slots=True)
class Until:
    """Until *now* it is known who left, and since *watched*; None: from the beginning."""

    now: datetime
    watched: datetime | None = None

    @property
    def values(self) -> dict[str, datetime | None]:
        """Give the values that statements name."""
        return {"now": self.now, "watched": self.watched}


@dataclass(frozen=True, slots=True)
class LivedWidely:
    """How long everybody's first span lasted so far, and that of the people met first at a place.

    *places* has "touchpoint" and "channel"; who was met nowhere is in *everybody* only.
    """

    everybody: Lived
    places: dict[str, dict[UUID, Lived]]


def lived_widely(definition: ChurnDefinition, until: Until) -> LivedWidely:
    """Count how long everybody stayed, in all and by where they were met first. One query."""
    everybody: Lived = Counter()
    places: dict[str, dict[UUID, Lived]] = {"touchpoint": {}, "channel": {}}
    names = {_BY_TOUCHPOINT: "touchpoint", _BY_CHANNEL: "channel"}
    statement = _LIVED_WIDELY.format(days=_DAYS, unseen=_UNSEEN)
    for grouping, place, *life, count in _rows(statement, definition, **until.values):
        if grouping == _BY_NOTHING:
            everybody[tuple(life)] += count
        elif place is not None:
            places[names[grouping]].setdefault(place, Counter())[tuple(life)] += count
    return LivedWidely(everybody, places)


def dimensions_of(definition: ChurnDefinition, rule: ChurnRule) -> list[Dimension]:
    """List what customers can be grouped by: attributes must be choices and not personal."""
    plans = rule.plans if isinstance(rule, ContractEnd) else ()
    kept = AttributeDef.objects.for_tenant(definition.tenant_id).filter(
        scope=AttributeDef.Scope.CUSTOMER,
        type=AttributeDef.Type.CHOICE,
        personal=AttributeDef.Personal.NONE,
    )
    attributes = kept.order_by("title", "key").values_list("key", "title")[:10]
    return [
        Dimension("touchpoint", "First touchpoint"),
        Dimension("channel", "First channel"),
        Dimension("segment", "Segment", overlap=True),
        Dimension("persona", "Persona", overlap=True),
        Dimension(PLAN, "Contract at the beginning", plans=plans),
        *(Dimension(f"{ATTRIBUTE}{key}", title) for key, title in attributes),
    ]


def lived_by_group(
    definition: ChurnDefinition, dimension: Dimension, widely: LivedWidely, until: Until
) -> tuple[dict[str, Lived], dict[str, str]]:
    """Count how long the customers of each group stayed, and give the titles of the groups.

    Groups are those of now: the segments somebody is in, and the values that are known, today;
    but for contracts, which are those of the day on which somebody came.
    """
    if dimension.key.startswith(ATTRIBUTE):
        key = dimension.key.removeprefix(ATTRIBUTE)
        group = "left(g.attributes ->> %(attribute)s, 120)"
        lived = _lived_by(group, _ATTRIBUTE, definition, until, attribute=key)
        return lived, {group: group for group in lived}
    if dimension.key == PLAN:
        told = {"zone": definition.tenant.time_zone, "plans": list(dimension.plans)}
        lived = _lived_by("g.plan", _PLAN, definition, until, **told)
        return lived, {group: group for group in lived}
    if dimension.overlap:
        return _by_segment(definition, dimension, until)
    return _by_place(definition, dimension, widely)


def _by_place(
    definition: ChurnDefinition, dimension: Dimension, widely: LivedWidely
) -> tuple[dict[str, Lived], dict[str, str]]:
    """Group by the touchpoint or channel of the first contact; merged ones are their target."""
    model = Touchpoint if dimension.key == "touchpoint" else Channel
    places = {
        pk: (str(into), into_title) if is_merged else (str(pk), title)
        for pk, title, is_merged, into, into_title in model.objects.for_tenant(definition.tenant_id)
        .annotate(is_merged=Q(merged_into__isnull=False))
        .values_list("pk", "title", "is_merged", "merged_into_id", "merged_into__title")
    }
    found: dict[str, Lived] = defaultdict(Counter)
    for pk, lived in widely.places[dimension.key].items():
        found[places[pk][0]].update(lived)
    return dict(found), dict(places.values())


def cohorts_of(
    definition: ChurnDefinition, *, oldest: date, zone: str, now: datetime
) -> dict[date, dict[date, int]]:
    """Count, of those that began in each month from *oldest* on, who was there in each later."""
    found: dict[date, dict[date, int]] = defaultdict(dict)
    for first, month, n in _rows(_COHORTS, definition, oldest=oldest, zone=zone, now=now):
        found[first][month] = n
    return found


def overlaps_of(definition: ChurnDefinition) -> tuple[Overlap, ...]:
    """Tell how far each other live definition agrees with this one on who is gone, by title."""
    rows = ChurnDefinition.objects.for_tenant(definition.tenant_id).filter(archived_at=None)
    counted = rows.exclude(pk=definition.pk).filter(counted_at__isnull=False)
    others = dict(counted.values_list("pk", "title"))
    found = _rows(
        _OVERLAPS,
        definition,
        others=list(others),
        definitions=[definition.pk, *others],
    )
    told = [Overlap(others[pk], both, this, other) for pk, both, this, other in found]
    return tuple(sorted(told, key=lambda one: one.title))


def _by_segment(
    definition: ChurnDefinition, dimension: Dimension, until: Until
) -> tuple[dict[str, Lived], dict[str, str]]:
    """Group by segments, or by the personas that segments stand behind."""
    tenant_id = definition.tenant_id
    named: Iterable[tuple[UUID, UUID, str]]
    if dimension.key == "persona":
        personas = Persona.objects.for_tenant(tenant_id).filter(archived_at=None)
        named = personas.exclude(segment=None).values_list("segment_id", "pk", "name")
    else:
        named = Segment.objects.for_tenant(tenant_id).live().values_list("pk", "pk", "title")
    by_segment: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for segment_id, pk, title in named:
        by_segment[segment_id].append((str(pk), title))
    lived = _lived_by("g.segment_id", _MEMBER, definition, until, segments=list(by_segment))
    groups = {
        key: lived[str(segment_id)]
        for segment_id, ones in by_segment.items()
        for key, _ in ones
        if str(segment_id) in lived
    }
    return groups, {key: title for ones in by_segment.values() for key, title in ones}


def _lived_by(
    group: str, join: str, definition: ChurnDefinition, until: Until, **values: Any
) -> dict[str, Lived]:
    """Count how long the customers of each group stayed; *group* and *join* are SQL."""
    statement = _LIVED.format(days=_DAYS, unseen=_UNSEEN, group=group, join=join)
    found: dict[str, Lived] = defaultdict(Counter)
    for key, days, is_gone, unseen, count in _rows(statement, definition, **until.values, **values):
        found[str(key)][days, is_gone, unseen] += count
    return dict(found)


def _rows(statement: str, definition: ChurnDefinition, **values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            _OWN + statement,
            {"tenant": definition.tenant_id, "definition": definition.pk, **values},
        )
        rows: list[Any] = cursor.fetchall()
    return rows
