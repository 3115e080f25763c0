"""A metric's answers of two periods by group, as far as the viewer may know them, and the split."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.selectors.figures import GroupFigure, Question, added
from cxm.metrics.figures import definition_of
from cxm.metrics.rules.comparison import ShareGroup, compare_shares
from cxm.metrics.rules.intervals import FEW_ANSWERS, Method
from cxm.metrics.rules.mix_and_rate import GroupPart, Split, split
from cxm.metrics.rules.statistic import TESTS, Difference, compare

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analytics.selectors.why_ways import Reading, Way
    from cxm.metrics.rules.histogram import Histogram


@dataclass(frozen=True, slots=True)
class GroupSplit:
    """One group: its figures in both periods, its part, and the tests of its value and share."""

    part: GroupPart
    title: str
    key: str | None
    before: GroupFigure
    after: GroupFigure
    inside: Difference
    share: Difference


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to part the answers, and what the change splits into by it."""

    reading: Reading
    split: Split

    @property
    def way(self) -> Way:
        """How it parts."""
        return self.reading.way


def dimension(question: Question, reading: Reading) -> Dimension | None:
    """Split the change by the groups of *reading*; None when a period has no answers."""
    found = split(
        {group: (reading.before.get(group), reading.after.get(group)) for group in reading.groups},
        definition_of(question.measure.version),
        weighted=question.filter.is_weighted,
    )
    return Dimension(reading, found) if found else None


def whole(question: Question, reading: Reading) -> tuple[Histogram, Histogram]:
    """Add up all groups of both periods."""
    before, after = added(reading.before.values()), added(reading.after.values())
    return question.counted(before), question.counted(after)


def group_splits(now: Question, past: Question, chosen: Dimension) -> list[GroupSplit]:
    """Describe each group, the largest part of the change first, ties by title."""
    found = [_group(now, past, chosen, part) for part in chosen.split.parts]
    return sorted(found, key=lambda one: (-abs(one.part.total), one.title.casefold()))


def _group(now: Question, past: Question, chosen: Dimension, part: GroupPart) -> GroupSplit:
    group, reading = part.group, chosen.reading
    before = chosen.way.figure(past, group, reading.before.get(group))
    after = chosen.way.figure(now, group, reading.after.get(group))
    if not now.viewer.sees_rows:
        before = replace(before, figure=replace(before.figure, rows_url=after.figure.rows_url))
    return GroupSplit(
        part=part,
        title=after.title,
        key=after.key,
        before=before,
        after=after,
        inside=compare(
            before.histogram,
            after.histogram,
            definition_of(now.measure.version),
            weighted=now.filter.is_weighted,
        ),
        share=_share_difference(chosen, part, is_weighted=now.filter.is_weighted),
    )


def _share_difference(chosen: Dimension, part: GroupPart, *, is_weighted: bool) -> Difference:
    """Compare what share of the answers the group had; untested where it has too few.

    Weighted shares are compared with the effective number of answers.
    """
    reading = chosen.reading
    value = float(100 * (part.share_after - part.share_before))
    sizes = [
        _size(side.values(), is_weighted=is_weighted) for side in (reading.before, reading.after)
    ]
    sides = (reading.before.get(part.group), reading.after.get(part.group))
    own = sum(one.answers(weighted=is_weighted) for one in sides if one)
    if min(sizes) < FEW_ANSWERS or own < FEW_ANSWERS:
        return Difference(value, None, None, None, Method.NONE, is_tested=False, needed=None)
    test = compare_shares(
        ShareGroup(float(part.share_before), sizes[0]),
        ShareGroup(float(part.share_after), sizes[1]),
    )
    return Difference(
        value, test.low, test.high, test.p, TESTS["share"], is_tested=True, needed=None
    )


def _size(groups: Iterable[Histogram], *, is_weighted: bool) -> float:
    everything = added(groups)
    if everything is None:
        return 0
    return (everything.n_eff or 0) if is_weighted else everything.n
