"""What drivers say in words: they go with an outcome, and nothing here says that they cause it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.rules.driver_shapes import Interval, Lack
from analytics.rules.drivers import MOST_INPUTS
from cxm.kernel.numbers import written
from cxm.metrics.rules.rounding import round_half_away

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.rules.driver_shapes import DriverInput, DriverResult, LeftOut

GOES_WITH = (
    "“Goes with” is no cause: people who are content rate much of what they meet better, and what "
    "nobody was asked about is in no number here."
)
METHOD = (
    "A share is the part of the outcome’s variance that an input adds in a linear model, averaged "
    "over all orders in which the inputs may enter (LMG). Correlations come from the people who "
    "gave both ratings; nothing is put in for a touchpoint that somebody did not rate."
)
_SAME = 5.0
"""From here on, by convention, the other inputs tell most of what an input tells."""


@dataclass(frozen=True, slots=True)
class Unwanted:
    """The bad end of an outcome in *words*, as "a lower NPS"; *is_more*: it is the upper end."""

    words: str
    is_more: bool


def is_beyond_chance(one: DriverInput, result: DriverResult) -> bool:
    """Whether its share is larger than the largest that chance alone reaches in 95 of 100 cases."""
    return one.share > result.chance


def is_same_as_others(one: DriverInput) -> bool:
    """Whether the other inputs tell most of what it tells."""
    return one.vif >= _SAME


def weight_of(one: DriverInput) -> float:
    """Give share times room to improve, by which inputs are ranked: 0 to 1."""
    return one.share * (100 - one.position) / 100


def percent(value: float) -> str:
    """Write a part of 1 in percent, with one decimal."""
    return f"{number_words(100 * value, 1)}%"


def percents(interval: Interval) -> str:
    """Write an interval of parts of 1 in percent."""
    return f"{number_words(100 * interval.low, 1)} to {number_words(100 * interval.high, 1)}%"


def slope_words(value: float) -> str:
    """Write a standardised slope with its sign."""
    return number_words(value, 2, signed=True)


def slopes_words(interval: Interval) -> str:
    """Write the interval of a slope."""
    return f"{slope_words(interval.low)} to {slope_words(interval.high)}"


def p_words(value: float) -> str:
    """Write a p-value after all inputs."""
    return "under 0.001" if value < 0.001 else number_words(value, 3)  # noqa: PLR2004 - as printed


def driver_sentences(
    result: DriverResult, titles: Sequence[str], outcome: str, unwanted: Unwanted
) -> list[str]:
    """Say what was found; *titles* are those of the inputs, in their order."""
    rows = list(zip(result.inputs, titles, strict=True))
    largest, name = max(rows, key=lambda row: row[0].share)
    whole = (
        f"All {len(rows)} inputs together go with {percent(result.explained)} of it "
        f"(95% interval {percents(result.explained_interval)})."
    )
    if not is_beyond_chance(largest, result):
        words = (
            f"No input goes with {outcome} by more than chance explains. The largest share is that "
            f"of {name}, {percent(largest.share)}; chance alone brings the largest of "
            f"{len(rows)} to {percent(result.chance)} in one of twenty cases."
        )
        return [words]
    most = (
        f"{name} goes with {outcome} most: {percent(largest.share)} of what varies in it (95% "
        f"interval {percents(largest.interval)}, n {largest.n:,}). {whole}"
    )
    told = [most]
    beyond = [row for row in rows if is_beyond_chance(row[0], result)]
    first, title = max(beyond, key=lambda row: weight_of(row[0]))
    told.append(
        f"Looked at first: {title}. Its share is {percent(first.share)}, and it stands at "
        f"{number_words(first.position, 0)}% of the way to the best end of its scale."
    )
    against = [title for one, title in beyond if _is_against(one, unwanted)]
    if against:
        told.append(
            f"With the other inputs held still, better ratings of {_listed(against)} go with "
            f"{unwanted.words}."
        )
    return told


def left_out_words(one: LeftOut, other: str) -> str:
    """Say why ratings are no input, and how many more people it takes."""
    match one.lack:
        case Lack.FEW:
            words = f"Rated by {_people(one.n)} with an outcome; {one.needed} are needed"
        case Lack.SAME:
            return f"All {one.n:,} people gave the same rating: nothing can go with it."
        case Lack.CROWD:
            return (
                f"Rated by {one.n:,}: ten people are needed for each input, and {MOST_INPUTS} "
                "inputs are taken at most. Choose touchpoints to have it among them."
            )
        case _:
            words = f"Rated together with {other} by {_people(one.n)}; {one.needed:,} are needed"
    return f"{words}, {one.needed - one.n:,} more."


def number_words(value: float, decimals: int, *, signed: bool = False) -> str:
    """Write a number with so many decimals, rounded half away from zero."""
    return written(round_half_away(value, decimals), is_signed=signed)


def _is_against(one: DriverInput, unwanted: Unwanted) -> bool:
    """Whether better ratings go with what nobody wants, by more than chance."""
    return one.slope_interval.low > 0 if unwanted.is_more else one.slope_interval.high < 0


def _listed(titles: Sequence[str]) -> str:
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"
