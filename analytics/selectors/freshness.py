"""How fresh figures are: a sequence that moves when they may have, and the last check."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from analytics.models import RollupCheck
from analytics.selectors.histograms import By, Slice, histograms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from analytics.selectors.names import Measure
    from cxm.metrics.rules.histogram import Histogram
    from cxm.tenants.models import Tenant

# Folding and rebuilding write the generation's row, so that its xmin stands for all day rows; the
# ledger is short because it is folded every few seconds; registries are short by nature.
_SEQUENCE = """
SELECT concat_ws('|',
    (SELECT concat(current, ':', xmin) FROM analytics_rollupgeneration
     WHERE tenant_id = %(tenant)s),
    (SELECT concat(count(*), ':', sum(hashtextextended(id::text, 0))) FROM analytics_ratingdelta
     WHERE tenant_id = %(tenant)s),
    (SELECT concat(count(*), ':', sum(hashtextextended(row, 0))) FROM (
        SELECT id::text || xmin::text AS row FROM touchpoints_touchpoint
        WHERE tenant_id = %(tenant)s
        UNION ALL SELECT id::text || xmin::text FROM touchpoints_channel
        WHERE tenant_id = %(tenant)s
        UNION ALL SELECT id::text || xmin::text FROM feedback_survey WHERE tenant_id = %(tenant)s
        UNION ALL SELECT id::text || xmin::text FROM metrics_metric WHERE tenant_id = %(tenant)s
    ) registries),
    (SELECT max(at) FROM analytics_rollupcheck WHERE tenant_id = %(tenant)s),
    (SELECT string_agg(id::text || xmin::text, ',') FROM (
        SELECT id, xmin FROM feedback_import WHERE tenant_id = %(tenant)s
        ORDER BY created_at DESC, id DESC LIMIT 10
    ) imports)
)
"""


@dataclass(frozen=True, slots=True)
class AnswerMark:
    """The answers within a filter at a moment: how many, and a digest of their histograms."""

    n: int
    digest: str


def figures_sequence(tenant: Tenant) -> str:
    """Give a token that differs whenever a figure of *tenant*, or a name beside one, may differ.

    It may also differ when nothing has changed; it is never the same when something has. One
    query that reads no day row and no rating.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SEQUENCE, {"tenant": tenant.pk})
        return _digest(cursor.fetchone()[0])


def answer_mark(tenant: Tenant, measures: Sequence[Measure], within: Slice) -> AnswerMark:
    """Mark the answers to some metrics within a filter, to tell later what has come. One query."""
    metrics = [measure.metric for measure in measures]
    found = histograms(tenant=tenant, metrics=metrics, by=By.ALL, within=within)
    return mark_of({pk: groups.get(None) for pk, groups in found.items()})


def mark_of(totals: Mapping[UUID, Histogram | None]) -> AnswerMark:
    """Mark answers that were counted already, by metric."""
    counted = sorted((str(pk), one.counts) for pk, one in totals.items() if one is not None)
    return AnswerMark(sum(sum(counts) for _, counts in counted), _digest(repr(counted)))


def last_check(tenant: Tenant) -> RollupCheck | None:
    """Give the latest comparison of the rollups with the rows. One query."""
    return RollupCheck.objects.for_tenant(tenant).order_by("-at", "pk").first()


def fresh_words(was: AnswerMark, now: AnswerMark) -> str:
    """Say what has come since a page was shown: "12 new answers"; empty for nothing."""
    if was == now:
        return ""
    more = now.n - was.n
    if more <= 0:
        return "Answers have changed"
    return f"{more:,} new {'answer' if more == 1 else 'answers'}"


def checked_at(check: RollupCheck | None) -> datetime | None:
    """Give when the figures were last found equal to a recount; None when they were not."""
    return check.at if check and not check.differences else None


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()
