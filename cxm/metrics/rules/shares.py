"""Customer satisfaction (CSAT): the share of favourable answers, and how sources define it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from cxm.metrics.rules.scales import Scale


@dataclass(frozen=True, slots=True)
class SatisfactionVariant:
    """How one source counts satisfaction.

    Values of the scale that are in neither set are neutral and stay in the denominator. *decimals*
    is how the source shows the share; *words* maps its answers in words to values of the scale.
    """

    scale: Scale
    favourable: frozenset[int]
    unfavourable: frozenset[int]
    decimals: int = 0
    words: tuple[tuple[str, int], ...] = ()


DEFAULT_SATISFACTION = SatisfactionVariant(Scale(1, 5), frozenset({4, 5}), frozenset({1, 2}))

# internalnote.com/customizable-csat-api for Zendesk, which knows only good and bad: on its scale
# of five the middle value is bad. Chatwoot: its store module csat.js.
SATISFACTION_VARIANTS = MappingProxyType(
    {
        "chatwoot": SatisfactionVariant(
            Scale(1, 5), frozenset({4, 5}), frozenset({1, 2}), decimals=2
        ),
        "zendesk_2": SatisfactionVariant(Scale(1, 2), frozenset({2}), frozenset({1})),
        "zendesk_3": SatisfactionVariant(Scale(1, 3), frozenset({3}), frozenset({1, 2})),
        "zendesk_5": SatisfactionVariant(Scale(1, 5), frozenset({4, 5}), frozenset({1, 2, 3})),
        "zendesk_legacy": SatisfactionVariant(
            Scale(0, 1), frozenset({1}), frozenset({0}), words=(("bad", 0), ("good", 1))
        ),
    }
)


def favourable_share(favourable: int, rated: int) -> float | None:
    """Give the percent of *rated* answers that are favourable, unrounded; None without answers.

    Neutral answers are part of *rated*. Raises ValueError unless 0 <= favourable <= rated.
    """
    if not 0 <= favourable <= rated:
        raise ValueError("favourable answers are some of the rated ones")
    return 100 * favourable / rated if rated else None
