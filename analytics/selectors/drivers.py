"""What the page of drivers shows: the newest answer to its question, drawn and as a table."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse

from analytics.models import DriverRun
from analytics.rules import driver_wording as wording
from analytics.rules.driver_shapes import read_driver_result
from analytics.rules.periods import custom_period
from analytics.selectors.filters import Filter
from analytics.selectors.histograms import By
from cxm.kernel.drawing.scatter import Axis, Scatter, Spot, scatter
from cxm.metrics.rules.many import is_flagged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.rules.driver_shapes import DriverInput, DriverResult, Source
    from analytics.selectors.driver_question import DriverQuestion
    from analytics.selectors.names import Measure

MEASURED = "It is measured."
ZONES = ("Much share, room to improve", "Much share, good already", "Little share, room", "")
_STEP = 5


@dataclass(frozen=True, slots=True)
class DriverLine:
    """One input of the table; numbers are in words where they carry an interval."""

    input: DriverInput
    title: str
    metric: str
    url: str
    is_beyond: bool
    reach: float
    room: float
    decimals: int

    @property
    def share(self) -> str:
        """Write the share of variance."""
        return wording.percent(self.input.share)

    @property
    def shares(self) -> str:
        """Write its interval."""
        return wording.percents(self.input.interval)

    @property
    def error(self) -> float:
        """What sampling the orders may be off, in percent of the outcome's variance."""
        return 100 * self.input.error

    @property
    def slope(self) -> str:
        """Write the standardised slope."""
        return wording.slope_words(self.input.slope)

    @property
    def slopes(self) -> str:
        """Write its interval."""
        return wording.slopes_words(self.input.slope_interval)

    @property
    def p(self) -> str:
        """Write its p-value after all inputs."""
        return wording.p_words(self.input.q)

    @property
    def is_held(self) -> bool:
        """Whether it goes with the outcome by more than chance with the others held still."""
        return is_flagged(self.input.q)

    @property
    def is_same(self) -> bool:
        """Whether the other inputs tell most of what it tells."""
        return wording.is_same_as_others(self.input)


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    """Ratings that are no input, and why."""

    title: str
    metric: str
    words: str


@dataclass(frozen=True, slots=True)
class PairLine:
    """Two inputs, how many rated both, and how these ratings correlate."""

    first: str
    second: str
    n: int
    correlation: str


@dataclass(frozen=True, slots=True)
class Drivers:
    """The newest answer to a question. *last_on* is the last day of answers, None for any.

    *watched_on* is the last day on which customers were watched for leaving.
    """

    run: DriverRun
    result: DriverResult
    lines: list[DriverLine]
    left_out: list[LeftOutLine]
    pairs: list[PairLine]
    sentences: list[str]
    matrix: Scatter | None
    start_on: date | None
    last_on: date | None
    watched_on: date | None
    outcome_mean: str
    explained: str
    explained_interval: str
    chance: str

    def is_of_other_days(self, question: DriverQuestion) -> bool:
        """Whether it was worked out for other days than the filter means now."""
        if question.outcome.is_churn:
            return False
        period = question.filter.period
        return (self.start_on, self.last_on) != (period.start_on, period.last_on)

    def is_of_other_definition(self, question: DriverQuestion) -> bool:
        """Whether the definition of the outcome was changed since."""
        if question.definition:
            return self.run.version != question.definition.version
        return question.measure is not None and self.run.version != question.measure.version.number


def driver_run(question: DriverQuestion) -> DriverRun | None:
    """Load what is kept of a question; None before anybody asked. One query."""
    rows = DriverRun.objects.for_tenant(question.viewer.tenant)
    return rows.filter(key=question.key).order_by("pk").first()


def drivers(question: DriverQuestion, run: DriverRun) -> Drivers | None:
    """Lay out what was found; None until it was. No query."""
    if run.result is None:
        return None
    result = read_driver_result(run.result)
    names = _Names(question, result)
    lines = sorted(
        (_line(names, one, result) for one in result.inputs),
        key=lambda line: (-wording.weight_of(line.input), line.title),
    )
    sentences = []
    if lines:
        titles = [names.label(one.source) for one in result.inputs]
        sentences = wording.driver_sentences(result, titles, question.title, question.unwanted)
    labels = [names.label(one.source) for one in result.inputs]
    return Drivers(
        run=run,
        result=result,
        lines=lines,
        left_out=[
            LeftOutLine(
                names.title(one.source),
                names.metric(one.source),
                wording.left_out_words(one, names.label(one.other) if one.other else ""),
            )
            for one in result.left_out
        ],
        pairs=[
            PairLine(
                labels[one.first],
                labels[one.second],
                one.n,
                wording.slope_words(one.correlation),
            )
            for one in result.pairs
        ],
        sentences=sentences,
        matrix=_matrix(lines, names) if lines else None,
        start_on=_day(result.start_on),
        last_on=_before(result.end_on),
        watched_on=_before(result.until),
        outcome_mean=_mean_words(question, result),
        explained=wording.percent(result.explained),
        explained_interval=wording.percents(result.explained_interval),
        chance=wording.percent(result.chance),
    )


class _Names:
    """What inputs are called, and where their answers are."""

    def __init__(self, question: DriverQuestion, result: DriverResult) -> None:
        self.question, self.result = question, result
        self._metrics = {str(one.metric.pk): one for one in question.metrics}
        sources = [one.source for one in result.inputs]
        sources += [one.source for one in result.left_out]
        self._often = Counter(one.touchpoint for one in sources)

    def title(self, source: Source) -> str:
        """Name the touchpoint."""
        found = self.question.names.named(By.TOUCHPOINT, UUID(source.touchpoint))
        return found.title if found else "A touchpoint that is gone"

    def measure(self, source: Source) -> Measure | None:
        """Find the metric; None where it was archived since."""
        return self._metrics.get(source.metric)

    def metric(self, source: Source) -> str:
        """Name the metric."""
        found = self.measure(source)
        return found.metric.title if found else "an archived metric"

    def label(self, source: Source) -> str:
        """Name the input, with its metric where the touchpoint has several."""
        title = self.title(source)
        return f"{title} ({self.metric(source)})" if self._often[source.touchpoint] > 1 else title

    def url(self, source: Source) -> str:
        """Give the address of its answers."""
        found = self.question.names.named(By.TOUCHPOINT, UUID(source.touchpoint))
        measure = self.measure(source)
        if found is None or measure is None:
            return ""
        days = custom_period(_day(self.result.start_on), _before(self.result.end_on))
        asked = self.question.filter
        chosen = Filter(
            days, channels=asked.channels, surveys=asked.surveys, segments=asked.segments
        ).with_keys(By.TOUCHPOINT, [found.key])
        page = reverse("feedback:response-list", args=[self.question.viewer.tenant.slug])
        return f"{page}?{chosen.rows_query(measure.metric.key)}"


def _line(names: _Names, one: DriverInput, result: DriverResult) -> DriverLine:
    measure = names.measure(one.source)
    return DriverLine(
        input=one,
        title=names.title(one.source),
        metric=names.metric(one.source),
        url=names.url(one.source),
        is_beyond=wording.is_beyond_chance(one, result),
        reach=100 * one.n / result.asked,
        room=100 - one.position,
        decimals=max(measure.version.decimals, 1) if measure else 1,
    )


def _matrix(lines: Sequence[DriverLine], names: _Names) -> Scatter:
    """Draw present value across and share up; what can be chance is hollow."""
    lowest = min(line.input.position for line in lines)
    highest = max(line.input.position for line in lines)
    low, high = _STEP * math.floor(lowest / _STEP), _STEP * math.ceil(highest / _STEP)
    across = Axis(
        key="position",
        label="Present value",
        low=max(low - _STEP * (high == low), 0),
        high=min(max(high, low + _STEP), 100),
        fixed=MEASURED,
        low_end="Further from the best end",
        high_end="Closer to it",
        says="stands at {} percent of the scale",
    )
    top = max(100 * line.input.interval.high for line in lines)
    up = Axis(
        key="share",
        label="Share of what varies",
        low=0,
        high=_rounded_up(top),
        fixed=MEASURED,
        low_end="Little share",
        high_end="Much share",
        says="share {} percent",
    )
    spots = [
        Spot(
            key=f"{line.input.source.touchpoint}-{line.input.source.metric}",
            label=names.label(line.input.source),
            href=line.url,
            x=line.input.position,
            y=100 * line.input.share,
            y_interval=(100 * line.input.interval.low, 100 * line.input.interval.high),
            y_words=f"{line.share} ({line.shares}), {_verdict(line)}",
            mark=str(rank),
            is_hollow=not line.is_beyond,
        )
        for rank, line in enumerate(lines, start=1)
    ]
    return scatter(across, up, spots, zones=ZONES, noun="input")


def _verdict(line: DriverLine) -> str:
    return "beyond chance" if line.is_beyond else "can be chance"


def _rounded_up(value: float) -> float:
    """Give the next number that reads well: 1, 2, 4 or 8 times a power of ten, or 100 at most."""
    power = 10.0 ** math.floor(math.log10(max(value, 0.1)))
    return min(next(n * power for n in (1, 2, 4, 8, 10) if n * power >= value), 100.0)


def _mean_words(question: DriverQuestion, result: DriverResult) -> str:
    if question.outcome.is_churn:
        return wording.percent(result.outcome_mean)
    return wording.number_words(result.outcome_mean, 2)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _before(text: str) -> date | None:
    end = _day(text)
    return end - timedelta(days=1) if end else None
