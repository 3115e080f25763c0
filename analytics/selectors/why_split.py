"""A metric's answers of two periods by group, as far as the viewer may know them, and the split."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.selectors.figures import GroupFigure, Question, added, read_histograms
from analytics.selectors.histograms import By
from analytics.selectors.names import WITHOUT
from cxm.metrics.figures import definition_of
from cxm.metrics.rules.comparison import ShareGroup, compare_shares
from cxm.metrics.rules.intervals import FEW_ANSWERS, Method
from cxm.metrics.rules.mix_and_rate import GroupPart, Split, split
from cxm.metrics.rules.statistic import TESTS, Difference, compare

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from analytics.selectors.histograms import Slice
    from analytics.selectors.small_cells import Veil
    from cxm.metrics.rules.histogram import Histogram

SMALL = "small"
"""The key of the groups that are too small to be shown, taken together."""
SMALL_TITLE = "Groups too small to show"


@dataclass(frozen=True, slots=True)
class Reading:
    """Answers by group in both periods; hidden groups are added up under SMALL."""

    by: By
    before: Mapping[Hashable, Histogram]
    after: Mapping[Hashable, Histogram]

    @property
    def groups(self) -> list[Hashable]:
        """All groups with answers in either period."""
        return list(dict.fromkeys([*self.before, *self.after]))


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

    by: By
    reading: Reading
    split: Split


def read_both(question: Question, now: Slice, past: Slice, *, by: By, veil: Veil) -> Reading:
    """Count the answers of both periods by group; groups that *veil* hides are put together.

    Their sum is what anybody gets who takes the shown groups off the total, so that it tells
    nothing new (`analytics.rules.disclosure`). Two queries.
    """
    before, after = (
        _veiled(read_histograms(question, within, by=by), veil) for within in (past, now)
    )
    return Reading(
        by,
        {group: question.counted(one) for group, one in before.items()},
        {group: question.counted(one) for group, one in after.items()},
    )


def dimension(question: Question, reading: Reading) -> Dimension | None:
    """Split the change by the groups of *reading*; None when a period has no answers."""
    found = split(
        {group: (reading.before.get(group), reading.after.get(group)) for group in reading.groups},
        definition_of(question.measure.version),
        weighted=question.filter.is_weighted,
    )
    return Dimension(reading.by, reading, found) if found else None


def whole(question: Question, reading: Reading) -> tuple[Histogram, Histogram]:
    """Add up all groups of both periods."""
    before, after = added(reading.before.values()), added(reading.after.values())
    return question.counted(before), question.counted(after)


def group_splits(now: Question, past: Question, chosen: Dimension) -> list[GroupSplit]:
    """Describe each group, the largest part of the change first, ties by title."""
    found = [_group(now, past, chosen, part) for part in chosen.split.parts]
    return sorted(found, key=lambda one: (-abs(one.part.total), one.title.casefold()))


def _veiled(found: Mapping[Hashable, Histogram], veil: Veil) -> dict[Hashable, Histogram]:
    shown = {group: one for group, one in found.items() if not veil.hides(group)}
    hidden = added(one for group, one in found.items() if veil.hides(group))
    return shown if hidden is None else {**shown, SMALL: hidden}


def _group(now: Question, past: Question, chosen: Dimension, part: GroupPart) -> GroupSplit:
    group, by, reading = part.group, chosen.by, chosen.reading
    is_small = group == SMALL
    spot = (None, By.ALL) if is_small else (group, by)
    before = past.figure(*spot, reading.before.get(group))
    after = now.figure(*spot, reading.after.get(group))
    if not now.viewer.sees_rows:
        before = replace(before, figure=replace(before.figure, rows_url=after.figure.rows_url))
    return GroupSplit(
        part=part,
        title=SMALL_TITLE if is_small else after.title or WITHOUT[by],
        key=SMALL if is_small else after.key,
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
