"""What a number must carry before anybody may be shown it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

TOO_FEW_TO_TELL = 10
"""Below so many answers a value is greyed, not ranked, not compared (spec metrics, section 12)."""

NO_INTERVAL = "none"
"""The method of a number that has no interval by its nature, such as a plain count."""


class Figure(Protocol):
    """A number with everything that makes it honest; `cxm.metrics.figures.Figure` is one."""

    @property
    def metric_key(self) -> str:
        """Key of the metric, such as "nps"."""

    @property
    def title(self) -> str:
        """The metric's name as people say it."""

    @property
    def unit(self) -> str:
        """What follows the number, such as "%"; empty for a score."""

    @property
    def decimals(self) -> int:
        """Decimals shown."""

    @property
    def value(self) -> float | None:
        """The unrounded value; None when there is nothing to compute it from."""

    @property
    def n(self) -> int:
        """Answers (or people, or cases) counted."""

    @property
    def n_eff(self) -> float | None:
        """Effective number of answers when weighted, else None."""

    @property
    def ci_low(self) -> float | None:
        """Lower end of the 95 % interval, in the unit of the value."""

    @property
    def ci_high(self) -> float | None:
        """Upper end of the 95 % interval, in the unit of the value."""

    @property
    def method(self) -> str:
        """Name of the interval's method, or NO_INTERVAL."""

    @property
    def definition(self) -> str:
        """In words: statistic, denominator, date used, what it cannot tell."""

    @property
    def definition_version(self) -> int:
        """Version of the metric's definition that counted."""

    @property
    def filter(self) -> str:
        """The query string that selects the rows."""

    @property
    def start_on(self) -> date | None:
        """First day counted; None for all time."""

    @property
    def end_on(self) -> date | None:
        """Day after the last day counted; None for all time."""

    @property
    def time_zone(self) -> str:
        """Zone in which the days begin."""

    @property
    def as_of(self) -> datetime:
        """When the number was read, aware."""

    @property
    def suppressed(self) -> str | None:
        """Why the value may not be shown, in words; None when it may."""

    @property
    def restated(self) -> bool:
        """Whether answers from before an earlier reading changed it since."""

    @property
    def is_weighted(self) -> bool:
        """Whether answers carry weights."""

    @property
    def rows_url(self) -> str:
        """Address that lists exactly the n rows."""


class Change(Protocol):
    """How a figure differs from another period, already put in words."""

    @property
    def words(self) -> str:
        """The difference as a sentence piece, such as "up 4 since September"."""

    @property
    def direction(self) -> str:
        """Which way it went: "up", "down", or "" when nothing can be said."""

    @property
    def is_good(self) -> bool | None:
        """Whether the change is welcome; None when neither way is, or it is too early."""


class Standing(StrEnum):
    """How a figure may be shown."""

    SHOWN = "shown"
    EARLY = "early"
    EMPTY = "empty"
    HIDDEN = "hidden"


class IncompleteFigureError(ValueError):
    """A number came to a page without what makes it honest; `missing` names the fields."""

    def __init__(self, title: str, missing: list[str]) -> None:
        super().__init__(f"{title} cannot be shown without: {', '.join(missing)}")
        self.missing = missing


def standing(figure: Figure) -> Standing:
    """Say whether *figure* is hidden, empty, too early to be sure of, or simply shown."""
    if figure.suppressed:
        return Standing.HIDDEN
    if figure.value is None:
        return Standing.EMPTY
    return Standing.EARLY if figure.n < TOO_FEW_TO_TELL else Standing.SHOWN


def require_complete(figure: Figure) -> None:
    """Refuse a figure that lacks words, time, rows, answers or interval.

    A value needs n of at least 1 and both ends of its interval, unless its method is
    NO_INTERVAL. Raises IncompleteFigureError naming the fields that are missing.
    """
    needed = ["n", "method", "definition", "as_of", "rows_url"]
    missing = [name for name in needed if getattr(figure, name, None) in {None, ""}]
    if not missing and standing(figure) in {Standing.SHOWN, Standing.EARLY}:
        missing = _missing_evidence(figure)
    if missing:
        raise IncompleteFigureError(figure.title, missing)


def _missing_evidence(figure: Figure) -> list[str]:
    """Name what a value lacks: answers to stand on, and the ends of its interval."""
    ends = {"ci_low": figure.ci_low, "ci_high": figure.ci_high}
    missing = [name for name, end in ends.items() if end is None and figure.method != NO_INTERVAL]
    return missing if figure.n > 0 else ["n", *missing]
