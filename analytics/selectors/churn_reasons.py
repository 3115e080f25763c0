"""Why customers left, as what ended their time says: counted, and laid out with its links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count
from django.utils.safestring import SafeString

from analytics.models import ChurnSpan
from analytics.rules.churn import Cancellation
from analytics.rules.churn_moves import Move
from analytics.rules.churn_shapes import MOST_REASONS, Reason, Reasons
from analytics.selectors.churn import rows_url
from cxm.kernel import charts
from cxm.metrics.rules.statistic import share_estimate

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from analytics.models import ChurnDefinition
    from analytics.rules.churn import ChurnRule
    from analytics.selectors.churn import Counted
    from analytics.selectors.figures import Viewer
    from cxm.metrics.rules.statistic import Estimate

UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason for leaving with its share of all ends, and the bar that shows it."""

    title: str
    n: int
    share: Estimate
    picture: SafeString
    url: str


def reasons_of(definition: ChurnDefinition, rule: ChurnRule) -> Reasons | None:
    """Count why times ended: unknown first, then the most frequent; None where *rule* asks none."""
    if not rule.names_reasons:
        return None
    spans = ChurnSpan.objects.for_tenant(definition.tenant_id).filter(definition=definition)
    counted = spans.exclude(to_at=None).values("reason").annotate(n=Count("pk"))
    found = [Reason(row["reason"], row["n"]) for row in counted.order_by("-n", "reason")]
    unknown = [one for one in found if not one.title]
    known = [one for one in found if one.title]
    told, rest = known[:MOST_REASONS], known[MOST_REASONS:]
    return Reasons((*unknown, *told), sum(one.n for one in rest), len(rest))


def asked_of(rule: ChurnRule) -> str:
    """Say where the reasons come from."""
    if isinstance(rule, Cancellation):
        return f"What “{rule.reason}” of the event that ended it says"
    return "Reasons that contracts give"


def reason_rows(viewer: Viewer, counted: Counted, reasons: Reasons) -> list[ReasonRow]:
    """Lay out the reasons for leaving, the unknown first, on one scale of percents."""
    address = rows_url(viewer, counted.definition, Move.LEFT)
    lines = [
        (one.title or UNKNOWN, one.n, f"{address}&{urlencode({'reason': one.title})}")
        for one in reasons.told
    ]
    if reasons.others:
        kinds = reasons.other_kinds
        title = f"{kinds:,} other reasons, each" if kinds > 1 else "1 other reason,"
        title += " given less often"
        lines.append((title, reasons.others, f"{address}&others=1"))
    shares = [share_estimate(n, reasons.ends) for _, n, _ in lines]
    scale = charts.axis([0.0, *(one.ci_high for one in shares)], bounds=(0.0, 100.0))
    return [
        ReasonRow(title, n, share, _picture(share, scale), url)
        for (title, n, url), share in zip(lines, shares, strict=True)
    ]


def for_reason(
    spans: QuerySet[ChurnSpan], reasons: Reasons | None, reason: str | None, *, others: bool
) -> QuerySet[ChurnSpan]:
    """Keep the *spans* that ended for *reason*, or for one of the *others* that are not told."""
    if others and reasons:
        return spans.exclude(reason__in=[one.title for one in reasons.told])
    return spans if reason is None else spans.filter(reason=reason)


def _picture(share: Estimate, scale: charts.Axis) -> SafeString:
    drawn = charts.whisker(share.value, share.ci_low, share.ci_high, scale=scale)
    return SafeString(str(drawn))
