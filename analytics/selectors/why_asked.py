"""Whether as many of those who were asked answered in two periods, by survey."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from analytics.rules.why_wording import amount_words
from analytics.selectors.histograms import By
from cxm.metrics.rules.comparison import ShareGroup, compare_shares
from cxm.metrics.rules.days import day_start
from cxm.metrics.rules.intervals import FEW_ANSWERS
from cxm.metrics.rules.many import benjamini_hochberg
from feedback.selectors.distributions import Rate, rates_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.rules.periods import Period
    from analytics.selectors.figures import Question

_FALSE_SHARE = 0.05
_OPEN_SHARE = 0.05
_NOBODY = Rate(0, 0, 0)


@dataclass(frozen=True, slots=True)
class AskedSide:
    """The response rate of one period."""

    label: str
    rate: Rate


@dataclass(frozen=True, slots=True)
class AskedLine:
    """The response rate of one survey, or of all, in both periods; *moved* is None untested.

    *difference*, *low* and *high* are in percent points.
    """

    title: str
    survey: str
    before: Rate
    now: Rate
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    moved: bool | None = None

    @property
    def sides(self) -> tuple[AskedSide, AskedSide]:
        """Both periods with what they are called."""
        return AskedSide("Before", self.before), AskedSide("Now", self.now)

    @property
    def difference_words(self) -> str:
        """Write the difference with its interval: "−4.0 (−6.1 to −1.9)"."""
        if self.difference is None or self.low is None or self.high is None:
            return ""
        value, low, high = (amount_words(one, 1) for one in (self.difference, self.low, self.high))
        return f"{value} ({low} to {high})"

    @property
    def is_open(self) -> bool:
        """Whether many more of the later period may still answer than of the earlier one.

        Their rate still grows, so that it is not compared.
        """
        shares = [
            rate.waiting / rate.delivered if rate.delivered else 0.0
            for rate in (self.before, self.now)
        ]
        return shares[1] - shares[0] > _OPEN_SHARE

    @property
    def verdict(self) -> str:
        """Say whether it moved."""
        if self.is_open:
            return "Many may still answer"
        if self.moved is None:
            return "Too few were asked to tell"
        return "More than chance" if self.moved else "Can be chance"


@dataclass(frozen=True, slots=True)
class AskedAndAnswered:
    """Response rates of all surveys and of each, and what they mean for the change in words."""

    lines: tuple[AskedLine, ...]
    warning: str


def asked_and_answered(question: Question, past: Period, now: Period) -> AskedAndAnswered | None:
    """Compare the response rates of two periods, of the surveys that *question* is about.

    None where nobody was invited, and for those who may not read answers. Invitations count by
    the day they were due. Two queries.
    """
    if not question.viewer.sees_rows:
        return None
    sides = [_rates(question, period) for period in (past, now)]
    keys = sorted({*sides[0], *sides[1]})
    before, after = (_added(list(side.values())) for side in sides)
    if not before.delivered and not after.delivered:
        return None
    named = question.names.by_key[By.SURVEY]
    lines = [AskedLine("All surveys", "", before, after)] if len(keys) > 1 else []
    lines += [
        AskedLine(
            named[key].title if key in named else key,
            key,
            sides[0].get(key, _NOBODY),
            sides[1].get(key, _NOBODY),
        )
        for key in keys
    ]
    judged = _judged(lines)
    return AskedAndAnswered(tuple(judged), _warning(judged[0]))


def _rates(question: Question, period: Period) -> dict[str, Rate]:
    tenant = question.viewer.tenant
    zone = ZoneInfo(tenant.time_zone)
    if period.start_on is None or period.end_on is None:
        return {}
    found = rates_between(tenant, day_start(period.start_on, zone), day_start(period.end_on, zone))
    wanted = question.filter.surveys
    return {key: rate for key, rate in found.items() if not wanted or key in wanted}


def _added(rates: Sequence[Rate]) -> Rate:
    return Rate(
        sum(one.delivered for one in rates),
        sum(one.answered for one in rates),
        sum(one.waiting for one in rates),
    )


def _judged(lines: Sequence[AskedLine]) -> list[AskedLine]:
    """Test every line, all of them together."""
    tests = {
        place: compare_shares(*(_share(rate) for rate in (line.before, line.now)))
        for place, line in enumerate(lines)
        if min(line.before.delivered, line.now.delivered) >= FEW_ANSWERS and not line.is_open
    }
    adjusted = benjamini_hochberg([test.p for test in tests.values()])
    found = list(lines)
    for (place, test), p in zip(tests.items(), adjusted, strict=True):
        found[place] = replace(
            lines[place],
            difference=test.difference,
            low=test.low,
            high=test.high,
            moved=p <= _FALSE_SHARE,
        )
    return found


def _share(rate: Rate) -> ShareGroup:
    return ShareGroup(rate.answered / rate.delivered, rate.delivered)


def _warning(whole: AskedLine) -> str:
    if not whole.moved or whole.difference is None:
        return ""
    way = "More" if whole.difference > 0 else "Fewer"
    return (
        f"{way} of those who were asked answered than before, by more than chance. Other people "
        f"may be behind the answers now: part of the change can be that."
    )
