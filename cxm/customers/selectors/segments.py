"""Reads of segments: their list, one of them, its members, its versions, and how large it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import connection, models
from django.db.models import F

from cxm.customers.models import Customer, Segment, SegmentVersion
from cxm.customers.rules.segment_masking import attributes_tested, masked
from cxm.customers.rules.segment_reading import read_rule
from cxm.customers.rules.segment_rule import MOST_SEGMENTS_DEEP, Rule, segments_named
from cxm.customers.selectors.attributes import open_attributes
from cxm.metrics.rules.days import local_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant

DAYS_SHOWN = 91


@dataclass(frozen=True, slots=True)
class SizeOnDay:
    """How many were in a segment at the end of a day."""

    on: date
    size: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A version of a segment, and how many came and went when it took effect.

    *came* and *gone* are None while nobody has been counted by it yet.
    """

    version: SegmentVersion
    rule: Rule
    came: int | None
    gone: int | None


def segments_listed(tenant: Tenant, *, q: str = "", is_archived: bool = False) -> QuerySet[Segment]:
    """List segments by title; *q* is part of a title or key."""
    rows = Segment.objects.for_tenant(tenant).filter(archived_at__isnull=not is_archived)
    if q:
        rows = rows.filter(models.Q(title__icontains=q) | models.Q(key__icontains=q))
    return rows.order_by("title", "pk").fetch_mode(models.FETCH_RAISE)


def people_counted(tenant: Tenant) -> int:
    """Count everybody a segment can select: each person once, erased ones aside. One query."""
    rows = Customer.objects.for_tenant(tenant).filter(pk=F("root_id"), erased_at__isnull=True)
    return rows.count()


def share_of(size: int | None, people: int) -> float | None:
    """Give the percentage that *size* is of everybody; None where either is not known."""
    return 100 * size / people if size is not None and people else None


def current_rules(tenant: Tenant, keys: Iterable[str] | None = None) -> dict[str, Rule]:
    """Read the rule in force of the live segments with *keys*, or of all. One query."""
    versions = SegmentVersion.objects.for_tenant(tenant).filter(
        number=F("segment__version"), segment__archived_at__isnull=True
    )
    if keys is not None:
        versions = versions.filter(segment__key__in=list(keys))
    return {
        key: read_rule(rule)
        for key, rule in versions.order_by("pk").values_list("segment__key", "rule")
    }


def rules_inside(tenant: Tenant, rule: Rule) -> dict[str, Rule]:
    """Read the rules of all segments that *rule* is made with, and of those inside them.

    Keys that no live segment has are absent. At most one query a level, none for a rule that
    names no segment.
    """
    found: dict[str, Rule] = {}
    wanted = segments_named(rule)
    for _ in range(MOST_SEGMENTS_DEEP):
        if not wanted:
            break
        new = current_rules(tenant, wanted)
        found |= new
        wanted = frozenset().union(*(segments_named(one) for one in new.values())) - set(found)
    return found


def rule_in_force(segment: Segment) -> Rule:
    """Read the rule of *segment*; raises SegmentRuleError where it can no longer be read."""
    versions = SegmentVersion.objects.for_tenant(segment.tenant_id)
    return read_rule(versions.get(segment=segment, number=segment.version).rule)


def shown_rules(tenant: Tenant, rules: Sequence[Rule], *, sees_persons: bool) -> list[Rule]:
    """Give *rules* as a reader may see them, in their order: values about persons are “…”.

    Nothing is hidden from those who see persons. At most one query.
    """
    if sees_persons:
        return list(rules)
    named = {key for rule in rules for _, _, key in attributes_tested(rule)}
    seen = open_attributes(tenant, named)
    return [masked(rule, lambda scope, key: (scope, key) in seen) for rule in rules]


def segments_made_with(tenant: Tenant, key: str) -> list[Segment]:
    """List the live segments whose rule names *key*, by title. Two queries."""
    using = {name for name, rule in current_rules(tenant).items() if key in segments_named(rule)}
    rows = Segment.objects.for_tenant(tenant).filter(key__in=using)
    return list(rows.order_by("title", "pk"))


def uses_by_key(rules: Mapping[str, Rule]) -> dict[str, list[str]]:
    """Give for each segment the keys of those made with it, from the rules of all."""
    uses: dict[str, list[str]] = {}
    for key, rule in sorted(rules.items()):
        for named in segments_named(rule):
            uses.setdefault(named, []).append(key)
    return uses


_COUNT_MOVES = """
SELECT at, sum(came)::bigint, sum(gone)::bigint FROM (
    SELECT from_at AS at, count(*) AS came, 0 AS gone FROM customers_segmentmember
    WHERE tenant_id = %(tenant)s AND segment_id = %(segment)s GROUP BY 1
    UNION ALL
    SELECT to_at, 0, count(*) FROM customers_segmentmember
    WHERE tenant_id = %(tenant)s AND segment_id = %(segment)s AND to_at IS NOT NULL GROUP BY 1
) moves GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Moves:
    """How many came into a segment, and how many went, at a moment."""

    at: datetime
    came: int
    gone: int


def moves_of(segment: Segment) -> list[Moves]:
    """List every moment at which members came or went, oldest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_MOVES, {"tenant": segment.tenant_id, "segment": segment.pk})
        return [Moves(*row) for row in cursor.fetchall()]


def sizes(tenant: Tenant, moves: Iterable[Moves], *, today: date) -> list[SizeOnDay]:
    """Give the size at the end of each of the last 91 days that the segment has lived."""
    zone = ZoneInfo(tenant.time_zone)
    change: dict[date, int] = {}
    for move in moves:
        on = local_date(move.at, zone)
        change[on] = change.get(on, 0) + move.came - move.gone
    if not change:
        return []
    start = max(min(change), today - timedelta(days=DAYS_SHOWN - 1))
    size = sum(step for on, step in change.items() if on < start)
    found = []
    for number in range((today - start).days + 1):
        on = start + timedelta(days=number)
        size += change.get(on, 0)
        found.append(SizeOnDay(on, size))
    return found


def differences(segment: Segment, moves: Iterable[Moves]) -> list[Difference]:
    """List the versions of a segment, newest first, with who came and went by each. One query.

    The first count by a new version is dated at the moment of that version: so what moved then
    moved because of it.
    """
    by_moment = {move.at: move for move in moves}
    versions = SegmentVersion.objects.for_tenant(segment.tenant_id).filter(segment=segment)
    found = []
    for version in versions.select_related("by__user").order_by("-number", "pk"):
        move = by_moment.get(version.at)
        is_counted = segment.refreshed_at is not None and version.at <= segment.refreshed_at
        came, gone = (move.came, move.gone) if move else (0, 0)
        found.append(
            Difference(
                version,
                read_rule(version.rule),
                came if is_counted else None,
                gone if is_counted else None,
            )
        )
    return found
