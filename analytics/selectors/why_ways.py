"""The ways in which the answers of two periods can be parted to explain a change."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from analytics.selectors.figures import (
    GroupFigure,
    Question,
    added,
    read_histograms,
    taken_off,
)
from analytics.selectors.histograms import By, cube
from analytics.selectors.names import NAMED, WITHOUT, Named
from cxm.metrics.rules.histogram import Histogram

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from uuid import UUID

    from analytics.selectors.histograms import Slice
    from analytics.selectors.names import Names
    from analytics.selectors.small_cells import Veil

SMALL = "small"
"""The key of the groups that are too small to be shown, taken together."""
SMALL_TITLE = "Groups too small to show"
INSIDE, OUTSIDE = "in", "out"
MOST_SEGMENTS = 12
"""So many segments are tried, those with the most answers: each more costs certainty of all."""
_PLURALS = {By.TOUCHPOINT: "touchpoints", By.CHANNEL: "channels", By.SURVEY: "surveys"}
_SEGMENT = f"{By.SEGMENT.value}:"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to part: by touchpoint, channel or survey, by two of them, or by one segment.

    Groups of *bys* are ids (None: without one), for two of them pairs of ids. A segment parts
    into the answers of those who are in it now and all others.
    """

    bys: tuple[By, ...]
    segment: Named | None = None

    @property
    def key(self) -> str:
        """What addresses and the API call it: "channel", "touchpoint.channel", "segment:vip"."""
        return f"{_SEGMENT}{self.segment.key}" if self.segment else ".".join(self.bys)

    @property
    def is_crossed(self) -> bool:
        """Whether it parts by two at once."""
        return len(self.bys) > 1

    @property
    def noun(self) -> str:
        """What one group is called."""
        if self.segment:
            return "group"
        return f"pair of {' and '.join(self.bys)}" if self.is_crossed else self.bys[0].value

    @property
    def nouns(self) -> str:
        """What several groups are called."""
        if self.segment:
            return "groups"
        return f"pairs of {' and '.join(self.bys)}" if self.is_crossed else _PLURALS[self.bys[0]]

    @property
    def title(self) -> str:
        """What the way itself is called, for a list of them."""
        if self.segment:
            return f"Segment {self.segment.title}"
        if self.is_crossed:
            return " × ".join(self.bys).capitalize()
        return _PLURALS[self.bys[0]].capitalize()

    def figure(self, question: Question, group: Hashable, found: Histogram | None) -> GroupFigure:
        """Make the figure of one group, with its name and the rows behind it."""
        if group == SMALL:
            return replace(question.figure(None, By.ALL, found), key=SMALL, title=SMALL_TITLE)
        if self.segment:
            return self._of_segment(question, self.segment, group, found)
        if not isinstance(group, tuple):
            one = question.figure(group, self.bys[0], found)
            return replace(one, title=one.title or WITHOUT[self.bys[0]])
        (first, second), (by, other) = group, self.bys
        named, beside = (_title(question.names, *pair) for pair in ((by, first), (other, second)))
        made = question.narrowed(first, by).figure(second, other, found)
        keys = (question.names.named(*pair) for pair in ((by, first), (other, second)))
        key = "+".join(one.key if one else "" for one in keys)
        return replace(made, group=group, key=key, title=f"{named} × {beside}")

    def _of_segment(
        self, question: Question, segment: Named, group: Hashable, found: Histogram | None
    ) -> GroupFigure:
        if group == INSIDE:
            made = question.figure(segment.id, By.SEGMENT, found)
            return replace(made, key=INSIDE, title=f"Members of {segment.title}")
        rest = question.with_rows("outside", segment.key).figure(None, By.ALL, found)
        return replace(rest, key=OUTSIDE, title="Everybody else")


@dataclass(frozen=True, slots=True)
class Reading:
    """Answers by group in both periods; hidden groups are added up under SMALL."""

    way: Way
    before: Mapping[Hashable, Histogram]
    after: Mapping[Hashable, Histogram]

    @property
    def groups(self) -> list[Hashable]:
        """All groups with answers in either period."""
        return list(dict.fromkeys([*self.before, *self.after]))


SINGLE = tuple(Way((by,)) for by in NAMED)
CROSSED = tuple(Way(pair) for pair in combinations(NAMED, 2))


def may_part(names: Names, key: str, *, sees_rows: bool) -> bool:
    """Say whether *key* is a way to part: for those who see answers also two at once, a segment."""
    if key in {way.key for way in SINGLE}:
        return True
    ways = {way.key for way in CROSSED}
    segments = {f"{_SEGMENT}{one.key}" for one in names.options(By.SEGMENT)}
    return sees_rows and key in ways | segments


def read_ways(
    question: Question, now: Slice, past: Slice, *, veils: Mapping[By, Veil], asked: str = ""
) -> list[Reading]:
    """Count the answers of both periods by group, in all ways that *question*'s viewer may see.

    Groups that *veils* hide are put together: their sum is what anybody gets who takes the shown
    groups off the total, so that it tells nothing new (`analytics.rules.disclosure`). Two at once
    and segments are for those who see answers, segments where the filter has none; of many
    segments MOST_SEGMENTS with the most answers and that of *asked*. Two queries, with segments
    four.
    """
    metric = question.measure.metric
    sides = [
        cube(tenant=question.viewer.tenant, metric=metric, by=NAMED, within=within)
        for within in (past, now)
    ]
    singles = [
        _counted(question, way, *(_veiled(_merged(side, way), veils[way.bys[0]]) for side in sides))
        for way in SINGLE
    ]
    if not question.viewer.sees_rows:
        return singles
    crossed = [_counted(question, way, *(_merged(side, way) for side in sides)) for way in CROSSED]
    # What parts no finer than one of its two alone says nothing new.
    sizes = {reading.way.bys[0]: len(reading.groups) for reading in singles}
    finer = [one for one in crossed if all(len(one.groups) > sizes[by] for by in one.way.bys)]
    return [*singles, *finer, *_segments(question, now, past, singles[0], asked)]


def _counted(
    question: Question,
    way: Way,
    before: Mapping[Hashable, Histogram],
    after: Mapping[Hashable, Histogram],
) -> Reading:
    return Reading(
        way,
        {group: question.counted(one) for group, one in before.items()},
        {group: question.counted(one) for group, one in after.items()},
    )


def _merged(
    side: Mapping[tuple[UUID | None, ...], Histogram], way: Way
) -> dict[Hashable, Histogram]:
    """Add up the cells of all registries into those of *way*."""
    places = [NAMED.index(by) for by in way.bys]
    parts: dict[Hashable, list[Histogram]] = defaultdict(list)
    for spot, found in side.items():
        group = tuple(spot[place] for place in places)
        parts[group if way.is_crossed else group[0]].append(found)
    return {group: whole for group, found in parts.items() if (whole := added(found))}


def _veiled(found: Mapping[Hashable, Histogram], veil: Veil) -> dict[Hashable, Histogram]:
    shown = {group: one for group, one in found.items() if not veil.hides(group)}
    hidden = added(one for group, one in found.items() if veil.hides(group))
    return shown if hidden is None else {**shown, SMALL: hidden}


def _segments(
    question: Question, now: Slice, past: Slice, whole: Reading, asked: str
) -> list[Reading]:
    """Part the answers by each segment that has some in it and some outside."""
    live = {one.id: one for one in question.names.options(By.SEGMENT)}
    if not live or now.segments:
        return []
    before, after = (read_histograms(question, within, by=By.SEGMENT) for within in (past, now))
    totals = [added(side.values()) for side in (whole.before, whole.after)]
    sizes = {
        pk: sum(side[pk].n for side in (before, after) if pk in side)
        for pk in live
        if pk in before or pk in after
    }
    readings: list[Reading] = []
    for pk in sorted(sizes, key=lambda pk: (-sizes[pk], live[pk].key)):
        way = Way((By.SEGMENT,), live[pk])
        if len(readings) >= MOST_SEGMENTS and way.key != asked:
            continue
        members = [side.get(pk) for side in (before, after)]
        try:
            pairs = [_inside_and_out(*one) for one in zip(totals, members, strict=True)]
        except ValueError:  # answers came between the two queries: told when the page is read again
            continue
        reading = _counted(question, way, *pairs)
        if len(reading.groups) > 1:
            readings.append(reading)
    return readings


def _inside_and_out(
    whole: Histogram | None, members: Histogram | None
) -> dict[Hashable, Histogram]:
    """Part all answers of a period into those of the members and the rest."""
    if whole is None:
        return {}
    rest = taken_off(whole, members) if members else whole
    return {group: one for group, one in ((INSIDE, members), (OUTSIDE, rest)) if one and one.n}


def _title(names: Names, by: By, group: Hashable) -> str:
    named = names.named(by, group)
    return named.title if named else WITHOUT[by]
