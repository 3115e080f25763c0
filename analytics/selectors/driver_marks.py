"""What drivers say of touchpoints where these are shown, as on journey maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.models import DriverRun
from analytics.rules.driver_shapes import read_driver_result
from analytics.rules.driver_wording import is_beyond_chance, percent, percents
from analytics.selectors.driver_question import drivers_url, stored_question
from analytics.selectors.drivers import Drivers, drivers
from analytics.selectors.names import FILTERED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from analytics.rules.driver_shapes import DriverInput, DriverResult
    from analytics.selectors.driver_question import DriverQuestion
    from analytics.selectors.figures import Viewer

_LOOKED_AT = 5


@dataclass(frozen=True, slots=True)
class DriverMark:
    """The share of one input in words, of which outcome, and where it is explained.

    *chosen* names what the question was narrowed to, such as "channels and segments", or "".
    """

    share: str
    interval: str
    outcome: str
    is_beyond: bool
    n: int
    at: datetime
    url: str
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class DriverMarks:
    """The inputs of the newest question that has an answer; none where there is no such one."""

    result: DriverResult | None = None
    outcome: str = ""
    url: str = ""
    at: datetime | None = None
    chosen: str = ""

    def of(self, metric: str, touchpoints: Collection[str]) -> list[DriverMark]:
        """Give what is said of a metric at any of *touchpoints*, by their ids."""
        if self.result is None or self.at is None:
            return []
        return [
            self._mark(one, self.result, self.at)
            for one in self.result.inputs
            if one.source.metric == metric and one.source.touchpoint in touchpoints
        ]

    def _mark(self, one: DriverInput, result: DriverResult, at: datetime) -> DriverMark:
        return DriverMark(
            share=percent(one.share),
            interval=percents(one.interval),
            outcome=self.outcome,
            is_beyond=is_beyond_chance(one, result),
            n=one.n,
            at=at,
            url=self.url,
            chosen=self.chosen,
        )


def driver_marks(viewer: Viewer) -> DriverMarks:
    """Read the newest answer that has inputs; nothing for those who may not see answers.

    One query, and three where there is one.
    """
    for question, run in _answered(viewer):
        result = read_driver_result(run.result or {})
        return DriverMarks(result, question.title, drivers_url(question), run.at, _chosen(question))
    return DriverMarks()


def newest_drivers(viewer: Viewer) -> tuple[DriverQuestion, Drivers] | None:
    """Lay out the same answer whole; None where there is none."""
    for question, run in _answered(viewer):
        shown = drivers(question, run)
        if shown:
            return question, shown
    return None


def _answered(viewer: Viewer) -> Iterator[tuple[DriverQuestion, DriverRun]]:
    """Give the newest questions whose answers have inputs, and still mean what was asked."""
    if not viewer.sees_rows:
        return
    rows = DriverRun.objects.for_tenant(viewer.tenant).exclude(at=None)
    for run in rows.order_by("-at", "pk")[:_LOOKED_AT]:
        has_inputs = bool(read_driver_result(run.result or {}).inputs)
        question = stored_question(viewer, run.question) if has_inputs else None
        if question and question.key == run.key:
            yield question, run


def _chosen(question: DriverQuestion) -> str:
    """Name what the people and ratings of a question were narrowed to; "" for all of them."""
    words = [f"{by.value}s" for by in FILTERED if question.filter.keys(by)]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
