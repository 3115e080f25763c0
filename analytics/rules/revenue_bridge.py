"""Adding up the bridge of a month from what its holders paid; brings numpy along."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from analytics.rules.revenue_moves import Paid, RevenueMonth, RevenueMove
from cxm.metrics.rules.revenue import (
    RevenueMovement,
    bootstrap_revenue,
    gross_revenue_retention,
    net_revenue_retention,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SEED = 261
# Where more holders paid at the start, drawing them anew says no more than it costs.
MOST_DRAWN = 100_000
NOTHING = Decimal("0.00")


def revenue_month(
    day: str, currency: str, paid: Iterable[tuple[Paid, int]], *, is_over: bool
) -> RevenueMonth:
    """Add up the bridge of a month from what was *paid*, and by how many holders just so."""
    sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    holders: Counter[str] = Counter()
    movements: list[RevenueMovement] = []
    for one, count in paid:
        amounts = one.amounts()
        for move, amount in amounts.items():
            sums[move.value] += amount * count
            holders[move.value] += count
        if one.opening:
            movements += [_movement(amounts)] * count
    bridge = {move.value: sums[move.value] for move in RevenueMove}
    whole = _movement({move: sums[move.value] for move in RevenueMove})
    drawn = bootstrap_revenue(movements, seed=SEED) if len(movements) <= MOST_DRAWN else None
    return RevenueMonth(
        day=day,
        currency=currency,
        **bridge,
        holders=dict(holders),
        is_over=is_over,
        gross=gross_revenue_retention(whole),
        gross_low=drawn.gross_low if drawn else None,
        gross_high=drawn.gross_high if drawn else None,
        net=net_revenue_retention(whole),
        net_low=drawn.net_low if drawn else None,
        net_high=drawn.net_high if drawn else None,
    )


def _movement(amounts: Mapping[RevenueMove, Decimal]) -> RevenueMovement:
    def amount(move: RevenueMove) -> float:
        return float(amounts.get(move, NOTHING))

    return RevenueMovement(
        start=amount(RevenueMove.OPENING),
        churned=amount(RevenueMove.CHURNED),
        contraction=amount(RevenueMove.CONTRACTION),
        expansion=amount(RevenueMove.EXPANSION),
    )
