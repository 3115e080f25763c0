"""The bridge from one period to the next, its groups and its dimensions, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from analytics.rules.why_wording import CHANCE, amount_words, percent_words
from analytics.selectors.why_ways import SINGLE
from cxm.kernel.charts import axis, whisker
from cxm.kernel.drawing.bridge import bridge_bar
from cxm.kernel.numbers import written
from cxm.metrics.rules.rounding import round_half_away

if TYPE_CHECKING:
    from analytics.rules.wording import Change
    from analytics.selectors.why import JudgedDimension, JudgedGroup, Why
    from cxm.metrics.figures import Figure
    from cxm.metrics.rules.statistic import Difference


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the bridge: a level or an amount, its interval and verdict in words."""

    title: str
    words: str
    interval: str
    verdict: str
    picture: SafeString
    is_level: bool


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group: shares, figures, and what it gives to the change, in words."""

    title: str
    note: str
    share_before: str
    share_after: str
    share_verdict: str
    before: Figure
    after: Figure
    change: Change
    mix: str
    rate: str
    total: str
    picture: SafeString


@dataclass(frozen=True, slots=True)
class DimensionLine:
    """What the change splits into by one way to part; *key* is the way's."""

    key: str
    title: str
    is_single: bool
    composition: str
    inside: str
    is_chosen: bool


def decimals_of(shown: Why) -> int:
    """Give the decimals of parts: one more than none, since parts are smaller than figures."""
    return max(1, shown.measure.version.decimals)


def bridge(shown: Why) -> list[Step]:
    """Lay out the way from the earlier value to the present one; empty without an explanation."""
    if shown.explained is None or shown.before is None or shown.before.figure.value is None:
        return []
    one, decimals = shown.explained.chosen, decimals_of(shown)
    start = shown.before.figure.value
    parts = (
        ("Who answered", one.dimension.split.composition, one.is_composition_told),
        ("What they answered", one.dimension.split.inside, one.is_inside_told),
    )
    middle = start + (parts[0][1].value or 0.0)
    end = middle + (parts[1][1].value or 0.0)
    ends = [
        level + limit
        for level, (_, part, _) in zip((start, middle), parts, strict=True)
        for limit in (part.ci_low, part.ci_high)
        if limit is not None
    ]
    scale = axis([start, middle, end, *ends])
    steps = [
        _level("Before", start, decimals, bridge_bar(start, start, scale=scale, is_level=True))
    ]
    for (title, part, is_told), level, to in zip(
        parts, (start, middle), (middle, end), strict=True
    ):
        low, high = (
            None if limit is None else level + limit for limit in (part.ci_low, part.ci_high)
        )
        picture = bridge_bar(level, to, scale=scale, low=low, high=high)
        steps.append(
            Step(
                title,
                amount_words(part.value or 0.0, decimals),
                interval_words(part, decimals),
                verdict_words(part, is_told=is_told),
                SafeString(picture),
                is_level=False,
            )
        )
    return [*steps, _level("Now", end, decimals, bridge_bar(end, end, scale=scale, is_level=True))]


def group_lines(shown: Why) -> list[GroupLine]:
    """Lay out the groups of the chosen dimension, the largest part of the change first."""
    if shown.explained is None:
        return []
    rows, decimals = shown.explained.groups, decimals_of(shown)
    scale = axis([0.0, *(float(row.group.part.total) for row in rows)])
    return [
        GroupLine(
            title=row.group.title,
            note=_note(row),
            share_before=percent_words(row.group.part.share_before),
            share_after=percent_words(row.group.part.share_after),
            share_verdict="" if row.is_share_told or not row.group.share.value else CHANCE.strip(),
            before=row.group.before.figure,
            after=row.group.after.figure,
            change=row.change,
            mix=amount_words(row.group.part.mix, decimals),
            rate=amount_words(row.group.part.rate, decimals),
            total=amount_words(row.group.part.total, decimals),
            picture=SafeString(whisker(float(row.group.part.total), None, None, scale=scale)),
        )
        for row in rows
    ]


def dimension_lines(shown: Why) -> list[DimensionLine]:
    """Lay out all dimensions, what who answered explains most by first."""
    if shown.explained is None:
        return []
    decimals = decimals_of(shown)
    return [
        DimensionLine(
            key=one.dimension.way.key,
            title=one.dimension.way.title,
            is_single=one.dimension.way in SINGLE,
            composition=_part_words(one, decimals, is_composition=True),
            inside=_part_words(one, decimals, is_composition=False),
            is_chosen=one is shown.explained.chosen,
        )
        for one in shown.explained.dimensions
    ]


def interval_words(part: Difference, decimals: int) -> str:
    """Write the 95 % interval of a part: "−4.0 to −1.2"; empty where it was not tested."""
    if part.ci_low is None or part.ci_high is None:
        return ""
    low, high = amount_words(part.ci_low, decimals), amount_words(part.ci_high, decimals)
    return f"{low} to {high}"


def verdict_words(part: Difference, *, is_told: bool) -> str:
    """Say whether a part is more than chance."""
    if not part.value:
        return "no part of it"
    return "more than chance" if is_told else "can be chance"


def _part_words(one: JudgedDimension, decimals: int, *, is_composition: bool) -> str:
    part = one.dimension.split.composition if is_composition else one.dimension.split.inside
    is_told = one.is_composition_told if is_composition else one.is_inside_told
    words = amount_words(part.value or 0.0, decimals)
    if part.ci_low != part.ci_high:  # one group alone has no shares that could move
        words = f"{words} ({interval_words(part, decimals)})"
    return f"{words}, {verdict_words(part, is_told=is_told)}"


def _level(title: str, value: float, decimals: int, picture: object) -> Step:
    words = written(round_half_away(value, decimals))
    return Step(title, words, "", "", SafeString(picture), is_level=True)


def _note(row: JudgedGroup) -> str:
    part = row.group.part
    if part.value_before is None:
        return "new"
    return "gone" if part.value_after is None else ""
