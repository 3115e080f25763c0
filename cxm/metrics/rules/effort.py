"""Customer Effort Score (CES): its two versions, and the values that count as little effort."""

from __future__ import annotations

from dataclasses import dataclass

from cxm.metrics.rules.scales import Direction, Scale


@dataclass(frozen=True, slots=True)
class EffortVersion:
    """One version of the effort question.

    The share counts *favourable*; the net score is *net_favourable* less *net_unfavourable*.
    """

    scale: Scale
    favourable: frozenset[int]
    net_favourable: frozenset[int]
    net_unfavourable: frozenset[int]


# Agreement, from 1 to 7, that it was easy. Classes: support.cys.group, articles 3000095529, -531.
CES_2 = EffortVersion(
    scale=Scale(1, 7, Direction.HIGH_IS_GOOD),
    favourable=frozenset({5, 6, 7}),
    net_favourable=frozenset({6, 7}),
    net_unfavourable=frozenset({1, 2, 3}),
)


def ces_1(direction: Direction) -> EffortVersion:
    """Give the version of 2010, "how much effort", from 1 to 5.

    Products print this scale both ways, so the question must say its *direction*: usually 1 is
    the good end. The two values at the good end count as little effort, the two at the other end
    as much.
    """
    scale = Scale(1, 5, direction)
    good, bad = scale.best(2), frozenset(scale.values) - scale.best(3)
    return EffortVersion(scale, favourable=good, net_favourable=good, net_unfavourable=bad)
