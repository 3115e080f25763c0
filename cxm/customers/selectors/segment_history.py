"""Who was in a segment on a day, and how two segments overlap, now or then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import FETCH_RAISE, Q

from cxm.customers.models import SegmentMember, SegmentVersion

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from cxm.customers.models import Segment
    from cxm.customers.selectors.segments import Moves
    from cxm.tenants.models import Tenant

_OVERLAP = """
SELECT count(*) FILTER (WHERE is_first AND is_second), count(*) FILTER (WHERE NOT is_second),
    count(*) FILTER (WHERE NOT is_first)
FROM (
    SELECT bool_or(segment_id = %(first)s) AS is_first,
        bool_or(segment_id = %(second)s) AS is_second
    FROM customers_segmentmember
    WHERE tenant_id = %(tenant)s AND segment_id IN (%(first)s, %(second)s) AND {is_in}
    GROUP BY customer_id
) who
"""
_IS_IN_NOW = "to_at IS NULL"
_WAS_IN = "from_at < %(at)s AND (to_at IS NULL OR to_at >= %(at)s)"


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many are in both of two segments, in the first only, and in the second only."""

    both: int
    only_first: int
    only_second: int

    @property
    def share_of_first(self) -> float | None:
        """The percentage of the first that is in the second too; None where nobody is in it."""
        return _share(self.both, self.only_first)

    @property
    def share_of_second(self) -> float | None:
        """The percentage of the second that is in the first too; None where nobody is in it."""
        return _share(self.both, self.only_second)


def end_of_day(tenant: Tenant, on: date) -> datetime:
    """Give the moment when the business day *on* of a tenant is over."""
    return datetime.combine(on + timedelta(days=1), time(), ZoneInfo(tenant.time_zone))


def members(segment: Segment, at: datetime | None = None) -> QuerySet[SegmentMember]:
    """List who is in a segment now, or who was just before *at*, newest first."""
    rows = SegmentMember.objects.for_tenant(segment.tenant_id).filter(segment=segment)
    if at is None:
        rows = rows.filter(to_at__isnull=True)
    else:
        rows = rows.filter(Q(to_at__isnull=True) | Q(to_at__gte=at), from_at__lt=at)
    return rows.order_by("-from_at", "-pk").fetch_mode(FETCH_RAISE)


def size_before(moves: Iterable[Moves], at: datetime) -> int:
    """Give how many were in a segment just before *at*."""
    return sum(move.came - move.gone for move in moves if move.at < at)


def was_counted(segment: Segment, at: datetime) -> bool:
    """Whether anything is known of a segment just before *at*: it had a rule that was counted.

    The first count is dated at the moment of the rule. One query.
    """
    versions = SegmentVersion.objects.for_tenant(segment.tenant_id).filter(segment=segment)
    return segment.refreshed_at is not None and versions.filter(at__lt=at).exists()


def overlap(first: Segment, second: Segment, at: datetime | None = None) -> Overlap:
    """Count who is in both of two segments of a tenant and in one alone, now or just before *at*.

    One query.
    """
    asked = {"tenant": first.tenant_id, "first": first.pk, "second": second.pk, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAP.format(is_in=_WAS_IN if at else _IS_IN_NOW), asked)
        return Overlap(*cursor.fetchone())


def _share(both: int, only: int) -> float | None:
    return 100 * both / (both + only) if both + only else None
