"""Why a metric changed between two periods: who answered, or what they answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from analytics.rules.periods import compared_period, compared_words
from analytics.rules.why_wording import Judged, why_sentences
from analytics.rules.wording import Change, change_of
from analytics.selectors.changes import Family
from analytics.selectors.figures import GroupFigure, Question, Viewer
from analytics.selectors.filters import Asked, Filter, resolved
from analytics.selectors.freshness import last_check
from analytics.selectors.histograms import By
from analytics.selectors.names import NAMED, Measure, Names, read_names
from analytics.selectors.small_cells import veils
from analytics.selectors.why_asked import AskedAndAnswered, asked_and_answered
from analytics.selectors.why_split import (
    Dimension,
    GroupSplit,
    dimension,
    group_splits,
    whole,
)
from analytics.selectors.why_ways import SINGLE, read_ways
from cxm.metrics.figures import UNDER_K, definition_of
from cxm.metrics.rules.statistic import Difference, Verdict, VerdictWord, compare, verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.models import RollupCheck
    from analytics.rules.periods import Period
    from analytics.selectors.histograms import Slice
    from analytics.selectors.small_cells import Veil

_TOLD = frozenset({VerdictWord.UP, VerdictWord.DOWN})


@dataclass(frozen=True, slots=True)
class JudgedGroup:
    """A group with what its tests allow to be said of its value and of its share."""

    group: GroupSplit
    change: Change
    inside: Verdict
    share: Verdict

    @property
    def is_share_told(self) -> bool:
        """Whether its share moved by more than chance."""
        return self.share.word in _TOLD


@dataclass(frozen=True, slots=True)
class JudgedDimension:
    """A way to part the answers, with what may be said of its two parts."""

    dimension: Dimension
    composition: Verdict
    inside: Verdict

    @property
    def is_composition_told(self) -> bool:
        """Whether who answered matters by more than chance."""
        return self.composition.word in _TOLD

    @property
    def is_inside_told(self) -> bool:
        """Whether what was answered inside the groups changed by more than chance."""
        return self.inside.word in _TOLD


@dataclass(frozen=True, slots=True)
class Explained:
    """A change that can be explained: by the chosen dimension first, then ranked by all.

    *dimensions* are in the order of how much who answered explains by each, the largest first;
    those of two at once, which always explain more, come after the others.
    """

    chosen: JudgedDimension
    dimensions: list[JudgedDimension]
    groups: list[JudgedGroup]
    sentences: list[str]


@dataclass(frozen=True, slots=True)
class Why:
    """All that the page says. *explained* is None where *reason* says why nothing can be told.

    *asked* compares how many of those who were invited answered; None where nobody was.
    *before* and *compared* are None where there is no period to compare with.
    """

    measure: Measure
    filter: Filter
    names: Names
    ignored: tuple[str, ...]
    compared: Filter | None
    before: GroupFigure | None
    after: GroupFigure
    difference: Difference | None
    verdict: Verdict | None
    change: Change | None
    explained: Explained | None
    asked: AskedAndAnswered | None
    reason: str
    family: Family
    check: RollupCheck | None


def why(viewer: Viewer, measure: Measure, asked: Asked, by: str = "") -> Why:
    """Explain the change of a metric for *viewer*, by *by* or what explains most.

    *by* is the key of a way to part (`analytics.selectors.why_ways`). All tests of the page form
    one family. Eight queries; six for those who may not read answers: groups that are hidden from
    them are one group here.
    """
    names = read_names(viewer.tenant)
    chosen, now, ignored = resolved(asked, names)
    question = Question(viewer, measure, chosen, names)
    earlier = compared_period(chosen.period, chosen.compare)
    base = _Base(question, ignored, last_check(viewer.tenant), earlier, now)
    if earlier is None:
        reason = "Choose a period with a first and a last day, and something to compare it with."
        return base.without(reason)
    if measure.version.statistic == "median":
        return base.without(
            "A median does not split: the medians of groups and their shares do not add up to the "
            "median of the whole."
        )
    found_veils = {by: veils(viewer, [measure], chosen, by=by)[measure.metric.pk] for by in NAMED}
    veil = found_veils[NAMED[0]]
    if veil.is_all_hidden or veil.is_earlier_hidden:
        return base.without(UNDER_K)
    return _explained(base, earlier, found_veils, by)


def why_url(viewer: Viewer, key: str, chosen: Filter, by: str = "") -> str:
    """Give the address of the explanation of a metric's change, with a filter."""
    page = reverse("analytics:why", args=[viewer.tenant.slug, key])
    extra = urlencode({"by": by}) if by else ""
    query = "&".join(part for part in (chosen.query(), extra) if part)
    return f"{page}?{query}" if query else page


@dataclass(frozen=True, slots=True)
class _Base:
    """What every answer carries, explained or not."""

    question: Question
    ignored: tuple[str, ...]
    check: RollupCheck | None
    earlier: Period | None
    now: Slice

    def without(self, reason: str) -> Why:
        """Say why nothing can be told; no number goes along."""
        return self.told(self.question.figure(None, By.ALL, None, hidden=reason), None, reason)

    def told(self, after: GroupFigure, before: GroupFigure | None, reason: str) -> Why:
        """Give the two figures without what explains their difference."""
        return Why(
            measure=self.question.measure,
            filter=self.question.filter,
            names=self.question.names,
            ignored=self.ignored,
            compared=replace(self.question.filter, period=self.earlier) if self.earlier else None,
            before=before,
            after=after,
            difference=None,
            verdict=None,
            change=None,
            explained=None,
            asked=None,
            reason=reason,
            family=Family(0),
            check=self.check,
        )


def _explained(base: _Base, earlier: Period, found: dict[By, Veil], by: str) -> Why:
    now = base.question
    past = replace(now, filter=replace(now.filter, period=earlier))
    within = replace(base.now, start_on=earlier.start_on, end_on=earlier.end_on)
    readings = read_ways(now, base.now, within, veils=found, asked=by)
    old, new = whole(now, readings[0])
    before, after = past.figure(None, By.ALL, old), now.figure(None, By.ALL, new)
    if not now.viewer.sees_rows:
        before = replace(before, figure=replace(before.figure, rows_url=after.figure.rows_url))
    difference = compare(
        old, new, definition_of(now.measure.version), weighted=now.filter.is_weighted
    )
    dimensions = _dividing([dimension(now, reading) for reading in readings], by)
    if not difference.is_tested or not dimensions:
        told = base.told(after, before, _too_few(now, difference))
        return replace(told, difference=difference)
    dimensions.sort(key=_rank)
    chosen = next((one for one in dimensions if one.way.key == by), _leading(dimensions))
    groups = group_splits(now, past, chosen)
    judged, marks, family = _judge(difference, dimensions, groups)
    change = _change(now, difference, judged[0])
    rows = [
        JudgedGroup(group, _change(now, group.inside, inside), inside, share)
        for group, inside, share in zip(groups, judged[1::2], judged[2::2], strict=True)
    ]
    first = next(mark for mark in marks if mark.dimension is chosen)
    told = base.told(after, before, "")
    asked = asked_and_answered(now, earlier, now.filter.period)
    return replace(
        told,
        asked=asked,
        difference=difference,
        verdict=judged[0],
        change=change,
        explained=Explained(
            first,
            marks,
            rows,
            [
                *_sentences(now, judged[0], first, rows),
                *([asked.warning] if asked and asked.warning else []),
            ],
        ),
        family=family,
    )


def _dividing(found: Sequence[Dimension | None], by: str) -> list[Dimension]:
    """Leave out what parts nothing, having one group; not what was asked for by its key.

    Where nothing parts the answers, the first way stays, to say so.
    """
    known = [one for one in found if one]
    return [one for one in known if one.split.is_parted or one.way.key == by] or known[:1]


def _rank(one: Dimension) -> tuple[bool, bool, float]:
    """Put what explains most first, what parts nothing last; two at once explain more anyhow."""
    return (
        one.way.is_crossed,
        not one.split.is_parted,
        -abs(one.split.composition.value or 0.0),
    )


def _leading(dimensions: Sequence[Dimension]) -> Dimension:
    """Choose for those who did not: a touchpoint, channel or survey, which are of the answer."""
    return next((one for one in dimensions if one.way in SINGLE), dimensions[0])


def _judge(
    difference: Difference, dimensions: Sequence[Dimension], groups: Sequence[GroupSplit]
) -> tuple[list[Verdict], list[JudgedDimension], Family]:
    """Judge the change, each group's value and share, and both parts of each dimension at once."""
    tests = [difference, *(test for one in groups for test in (one.inside, one.share))]
    parts = [test for one in dimensions for test in (one.split.composition, one.split.inside)]
    found = verdicts([*tests, *parts])
    rest = found[len(tests) :]
    marks = [
        JudgedDimension(one, composition, inside)
        for one, composition, inside in zip(dimensions, rest[::2], rest[1::2], strict=True)
    ]
    return found[: len(tests)], marks, Family(sum(test.p is not None for test in [*tests, *parts]))


def _change(question: Question, difference: Difference, verdict: Verdict) -> Change:
    return change_of(
        difference,
        verdict,
        since=compared_words(question.filter.period, question.filter.compare),
        decimals=question.measure.version.decimals,
        is_more_better=question.measure.is_more_better,
    )


def _sentences(
    question: Question, total: Verdict, first: JudgedDimension, rows: Sequence[JudgedGroup]
) -> list[str]:
    way = first.dimension.way
    return why_sentences(
        Judged(
            split=first.dimension.split,
            noun=way.noun,
            nouns=way.nouns,
            titles={row.group.part.group: row.group.title for row in rows},
            decimals=max(1, question.measure.version.decimals),
            is_told=total.word in _TOLD,
            is_composition_told=first.is_composition_told,
            is_inside_told=first.is_inside_told,
            moved=frozenset(row.group.part.group for row in rows if row.inside.word in _TOLD),
        )
    )


def _too_few(question: Question, difference: Difference) -> str:
    since = compared_words(question.filter.period, question.filter.compare)
    if difference.value is None:
        return f"Nobody answered in one of the two periods: this one, or {since}."
    if difference.needed:
        more = "answer" if difference.needed == 1 else "answers"
        return f"It cannot be told yet: about {difference.needed:,} more {more} would tell."
    return "It cannot be told: too few people answered, or all of them answered the same."
