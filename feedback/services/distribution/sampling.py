"""Drawing about so many people a day: with which chance, so that it can be weighed back."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.db.models import Count

from cxm.touchpoints.rules.conditions import Condition
from feedback.models import Invitation
from feedback.rules.distribution.words import Stratum

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.models import Interaction
    from feedback.models import Distribution

LOOKED_BACK = timedelta(days=28)
# From a whole week on, what a distribution met itself says how many come a day.
ENOUGH = timedelta(days=7)
MOST_EVENTS = 20_000
_DAY = timedelta(days=1)
_FINEST = Decimal("0.0001")
_COLUMNS = {Stratum.TOUCHPOINT: "touchpoint_id", Stratum.CHANNEL: "channel_id"}


def stratum_of(distribution: Distribution, event: Interaction) -> str:
    """Name the group in which whoever met *event* is drawn; "" where all are one group."""
    column = _COLUMNS.get(Stratum(distribution.stratum))
    return str(getattr(event, column) or "") if column else ""


def share_of(distribution: Distribution, met: Mapping[str, int], days: float) -> dict[str, Decimal]:
    """Give the chance of each group: about `a_day` of those *met* within *days* are drawn.

    Never more than the share of the distribution; rounded to four digits, never 0.
    """
    if distribution.a_day is None:
        return {}
    wanted = distribution.a_day * Decimal(days)
    return {
        group: min(
            distribution.share,
            max(_FINEST, (wanted / count).quantize(_FINEST, rounding=ROUND_HALF_UP)),
        )
        for group, count in met.items()
        if count
    }


def shares_now(
    distribution: Distribution, *, now: datetime, events: Callable[[], list[Interaction]]
) -> dict[str, Decimal]:
    """Give the chance of each group that was met lately; who is of no such group has the share.

    Those are counted whom the distribution met in the last 28 days, drawn or not; before it has
    asked for a week, the *events* of the last 28 days, at most 20,000. One query.
    """
    if distribution.a_day is None:
        return {}
    since = max(distribution.starts_at or now, now - LOOKED_BACK)
    if now - since < ENOUGH:
        conditions = [Condition.of(one) for one in distribution.trigger.get("conditions", [])]
        # Several events of one order, ticket or thread are met once.
        groups = {
            one.thread_key or str(one.pk): stratum_of(distribution, one)
            for one in events()
            if all(condition.holds(one.props) for condition in conditions)
        }
        return share_of(distribution, Counter(groups.values()), LOOKED_BACK / _DAY)
    rows = Invitation.objects.for_tenant(distribution.tenant_id).filter(
        distribution=distribution, created_at__gte=since, interaction__isnull=False
    )
    column = _COLUMNS.get(Stratum(distribution.stratum))
    if column is None:
        return share_of(distribution, {"": rows.count()}, (now - since) / _DAY)
    counted: list[tuple[UUID | None, int]] = list(
        rows.order_by().values_list(f"interaction__{column}").annotate(Count("pk"))
    )
    found = {str(group or ""): count for group, count in counted}
    return share_of(distribution, found, (now - since) / _DAY)
