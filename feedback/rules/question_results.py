"""What was answered to a question, counted: shares, ranks, numbers, each with n and interval."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from cxm.metrics.rules.intervals import Method, mean_interval
from cxm.metrics.rules.statistic import Estimate, share_estimate
from feedback.rules.answer_reading import NA
from feedback.rules.question_types import QuestionType, Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from feedback.rules.questionnaires import Question, Questionnaire

# Values that fewer people gave are not told one by one to those who may not see persons.
FEW = 5
MOST_VALUES = 20
YES, NO = "yes", "no"
_TRUTHS = {"true": YES, "false": NO}
_TITLES = {YES: "Yes", NO: "No"}


class Look(StrEnum):
    """How what was answered to a question is told."""

    SCORES = "scores"
    SHARES = "shares"
    RANKS = "ranks"
    NUMBER = "number"
    TEXTS = "texts"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Tally:
    """One answer as it was counted: how many gave it, at which place of a ranking on average.

    *spread* is the sample standard deviation of the places; *first* counts those who put it first.
    """

    value: str
    n: int
    place: float = 1.0
    spread: float = 0.0
    first: int = 0


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is known of answers that are numbers, in the unit of the question."""

    n: int
    mean: float
    spread: float
    median: float
    least: float
    most: float

    @property
    def estimate(self) -> Estimate:
        """The mean with its t interval, none below two answers."""
        interval = mean_interval(self.mean, self.spread, self.n)
        if interval is None:
            return Estimate(self.mean, self.n, None, None, None, Method.NONE)
        limits = (interval.low, interval.high)
        return Estimate(self.mean, self.n, None, *limits, interval.method)


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One answer: how many gave it, *n*, in percent of those who answered.

    *value* is what the filter of responses calls it; "" for several that are told together.
    """

    value: str
    title: str
    n: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class RankRow:
    """One of what was put in order: its mean place with interval, and how often it came first."""

    value: str
    title: str
    n: int
    place: Estimate
    first: Estimate


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as it was published: its type, what its choices are called, its unit."""

    type: QuestionType | None = None
    titles: Mapping[str, str] | None = None
    unit: str = ""
    has_na: bool = False

    @property
    def look(self) -> Look:
        """How its answers are told; what came from elsewhere is told value by value."""
        if self.type is None or self.type is QuestionType.HIDDEN:
            return Look.SHARES
        if self.type.spec.is_personal or self.type.spec.stored is Stored.ASSETS:
            return Look.COUNT
        match self.type.spec.stored:
            case Stored.KEY | Stored.BOOL:
                return Look.SHARES
            case Stored.KEYS:
                return Look.RANKS if self.type is QuestionType.RANKING else Look.SHARES
            case Stored.NUMBER:
                return Look.NUMBER
            case _:
                return Look.COUNT


def askings(questionnaires: Iterable[Questionnaire]) -> dict[str, Asking]:
    """Tell the questions of versions, the newest first: a later wording counts before an older."""
    found: dict[str, Asking] = {}
    for one in questionnaires:
        for question in one.questions:
            told = _asking(one, question)
            before = found.get(question.key)
            if before is None:
                found[question.key] = told
            elif before.type is told.type:
                titles = {**(told.titles or {}), **(before.titles or {})}
                ordered = [*(before.titles or {}), *(told.titles or {})]
                kept = {key: titles[key] for key in dict.fromkeys(ordered)}
                found[question.key] = Asking(before.type, kept, before.unit, before.has_na)
    return found


def _asking(questionnaire: Questionnaire, question: Question) -> Asking:
    titles = {
        one.key: questionnaire.text(one.title, questionnaire.language) or one.key
        for one in question.choices
    }
    if question.type.spec.stored is Stored.BOOL:
        titles = dict(_TITLES)
    return Asking(question.type, titles, question.unit, bool(question.na_label))


def without_na(asking: Asking, tallies: Sequence[Tally], n: int) -> tuple[list[Tally], int, int]:
    """Part off those who said that it does not apply: the other answers, their n, and how many."""
    if not asking.has_na:
        return list(tallies), n, 0
    na = sum(one.n for one in tallies if one.value == NA)
    return [one for one in tallies if one.value != NA], n - na, na


def share_rows(
    asking: Asking, tallies: Sequence[Tally], n: int, *, tells_few: bool
) -> list[ShareRow]:
    """Give each answer with its share of the *n* who answered.

    Choices stand in the order in which they are asked, also those that nobody took; values of
    other questions by how many gave them, the twenty most frequent. The rest is told together, and
    so are values that fewer than five gave unless *tells_few*.
    """
    counted = {_TRUTHS.get(one.value, one.value): one.n for one in tallies}
    titles = asking.titles or {}
    if titles:
        ordered = {**dict.fromkeys(titles, 0), **counted}
        return [_share(key, titles.get(key, key), count, n) for key, count in ordered.items()]
    told = {key: count for key, count in counted.items() if tells_few or count >= FEW}
    shown = dict(list(told.items())[:MOST_VALUES])
    rows = [_share(key, key, count, n) for key, count in shown.items()]
    rest = n - sum(shown.values())
    return [*rows, _share("", "Other answers", rest, n)] if rest > 0 else rows


def rank_rows(asking: Asking, tallies: Sequence[Tally], n: int) -> list[RankRow]:
    """Give what was put in order, the best mean place first; no interval leaves the places."""
    titles = asking.titles or {}
    last = max(len(titles), len(tallies))
    rows = [
        RankRow(
            one.value,
            titles.get(one.value, one.value),
            one.n,
            _place(one, last),
            share_estimate(one.first, n),
        )
        for one in tallies
    ]
    return sorted(rows, key=lambda row: (row.place.value or 0, row.title))


def _place(tally: Tally, last: int) -> Estimate:
    mean = Numbers(tally.n, tally.place, tally.spread, tally.place, 1, last).estimate
    if mean.ci_low is None or mean.ci_high is None:
        return mean
    return replace(mean, ci_low=max(mean.ci_low, 1.0), ci_high=min(mean.ci_high, float(last)))


def _share(value: str, title: str, count: int, n: int) -> ShareRow:
    return ShareRow(value, title, count, share_estimate(count, n))
