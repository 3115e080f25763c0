"""What a count of churn found, as it is kept and shown; nothing here computes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from analytics.rules.churn_onward import OnwardTable, read_onward
from analytics.rules.revenue_moves import RevenueMonth, read_revenue_month

if TYPE_CHECKING:
    from collections.abc import Mapping

# How many are still there is told after so many days: those steps of a curve are always kept.
TOLD_DAYS = (30, 90, 180, 365, 730)
# Cohorts of fewer are counted, and nothing more is told of them.
SMALLEST_COHORT = 5
# Reasons that are told one by one, the most frequent; all others are counted together.
MOST_REASONS = 40
# What fewer gave is told only to those who may open the customers behind it.
FEWEST_OF_REASON = 5


@dataclass(frozen=True, slots=True)
class Step:
    """From *day* on, *survival* of the customers are still here, within *low* and *high* (95 %).

    *gone* of the *at_risk* went on that day.
    """

    day: int
    at_risk: int
    gone: int
    survival: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The survival curve of *n* customers, *gone* of whom went; times in whole days.

    *median* is None while more than half stay. *mean* is the mean time within *horizon*, the
    longest time anybody was watched. *steps* may be thinned, each of them exact; *at_risk* counts
    who was still watched at some round days.
    """

    n: int
    gone: int
    median: int | None
    mean: float
    horizon: int
    steps: tuple[Step, ...]
    at_risk: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class GroupCurve:
    """One group's curve; *p* tests it against all others, *adjusted_p* for looking at many.

    *chi_squared* and both are None where there is nothing to test.
    """

    key: str
    title: str
    curve: Curve
    chi_squared: float | None = None
    p: float | None = None
    adjusted_p: float | None = None


@dataclass(frozen=True, slots=True)
class Grouped:
    """The curves of the groups of one dimension, called *title*: the largest first, with one test.

    *left_out* groups are not drawn: too few customers, or too many groups. *chi_squared*, *p*
    and *degrees* are None where groups overlap or there is nothing to test.
    """

    title: str
    curves: tuple[GroupCurve, ...]
    left_out: int
    chi_squared: float | None = None
    p: float | None = None
    degrees: int | None = None


@dataclass(frozen=True, slots=True)
class MonthMoves:
    """Who came and went in the month of *day*, its first: counts of customers.

    *start* were there at its beginning and *lost* of them not at its end; *won* are there at its
    end for the first time, *back* once more. The month *is_over*, or still runs; it *is_settled*
    once nobody can be found lost in it any more.
    """

    day: str
    start: int
    lost: int
    won: int
    back: int
    end: int
    is_over: bool
    is_settled: bool = True


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those whose time began in the month of *day*: *n*, and how many were there in each month.

    *there* begins with that month itself; the first *done* of its months are over. Nothing is
    told there of fewer than SMALLEST_COHORT.
    """

    day: str
    n: int
    there: tuple[int, ...]
    done: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far two definitions agree on who is gone now: by both, by one of them alone.

    *title* is that of the other one. Somebody whom one of them does not know is not gone by it.
    """

    title: str
    both: int
    only_this: int
    only_other: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why *n* times of customers ended; *title* is empty where nothing says why."""

    title: str
    n: int


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why times of customers ended: *told* begins with unknown, then the most frequent first.

    *other_kinds* further reasons were given *others* times.
    """

    told: tuple[Reason, ...]
    others: int = 0
    other_kinds: int = 0

    @property
    def ends(self) -> int:
        """Count the times that ended, whatever the reason."""
        return sum(one.n for one in self.told) + self.others

    @property
    def of_many(self) -> Reasons:
        """The same for those who may open no customers: what only a few gave is one of the others.

        A property of an event can hold what points at one person.
        """
        few = [one for one in self.told if one.title and one.n < FEWEST_OF_REASON]
        told = tuple(one for one in self.told if one not in few)
        return Reasons(told, self.others + sum(one.n for one in few), self.other_kinds + len(few))


@dataclass(frozen=True, slots=True)
class ContractValue:
    """What a new holder of contracts is expected to leave in *months*, in one currency.

    *margin* is what is left of a month, over all *holders*; the limits are None where holders
    were too many to be drawn anew.
    """

    currency: str
    holders: int
    months: int
    margin: float
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Contracts:
    """What contracts tell beside the spans: how many have *begun* and *ended*, and the money.

    *revenue* has one bridge a month and currency, in this order; *values* one a currency in which
    enough holders were watched.
    """

    begun: int
    ended: int
    revenue: tuple[RevenueMonth, ...]
    values: tuple[ContractValue, ...] = ()

    @property
    def currencies(self) -> list[str]:
        """List the currencies, that of most holders in the newest month first."""
        newest = {one.currency: one.holders.get("closing", 0) for one in self.revenue}
        return sorted(newest, key=lambda currency: (-newest[currency], currency))

    def as_json(self) -> dict[str, Any]:
        """Give what is kept."""
        return {
            "begun": self.begun,
            "ended": self.ended,
            "revenue": [one.as_json() for one in self.revenue],
            "values": [asdict(one) for one in self.values],
        }


@dataclass(frozen=True, slots=True)
class ChurnBrief:
    """What most pages need of a count; *there* and *gone* are customers now.

    *lone_ends* are cancellations of people who were no customers at that time. *watched* is the
    first day on which anybody could be seen leaving, empty where that needs no telling.
    """

    there: int
    gone: int
    lone_ends: int
    months: tuple[MonthMoves, ...]
    watched: str = ""

    @property
    def watched_on(self) -> date | None:
        """The first day on which anybody could be seen leaving."""
        return date.fromisoformat(self.watched) if self.watched else None

    def as_json(self) -> dict[str, Any]:
        """Give what is kept."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ChurnResult:
    """The rest of what a count of one definition found; *reasons* are None where none are given."""

    cohorts: tuple[Cohort, ...]
    overall: Curve | None
    groups: dict[str, Grouped]
    overlaps: tuple[Overlap, ...]
    contracts: Contracts | None = None
    onward: OnwardTable | None = None
    reasons: Reasons | None = None

    @property
    def dimensions(self) -> list[tuple[str, str]]:
        """List what the curves can be parted by: key and title of each that has two groups."""
        return [(key, one.title) for key, one in self.groups.items() if len(one.curves) > 1]

    def as_json(self) -> dict[str, Any]:
        """Give what is kept."""
        return {**asdict(self), "contracts": self.contracts and self.contracts.as_json()}


def read_brief(kept: Mapping[str, Any]) -> ChurnBrief:
    """Read what `as_json` gave."""
    return ChurnBrief(**{**kept, "months": tuple(MonthMoves(**one) for one in kept["months"])})


def read_result(kept: Mapping[str, Any]) -> ChurnResult:
    """Read what `as_json` gave."""
    return ChurnResult(
        cohorts=tuple(Cohort(**{**one, "there": tuple(one["there"])}) for one in kept["cohorts"]),
        overall=kept["overall"] and _curve(kept["overall"]),
        groups={key: _grouped(one) for key, one in kept["groups"].items()},
        overlaps=tuple(Overlap(**one) for one in kept["overlaps"]),
        contracts=_contracts(kept.get("contracts")),
        onward=read_onward(kept.get("onward")),
        reasons=_reasons(kept.get("reasons")),
    )


def _contracts(kept: Mapping[str, Any] | None) -> Contracts | None:
    if kept is None:
        return None
    return Contracts(
        kept["begun"],
        kept["ended"],
        tuple(map(read_revenue_month, kept["revenue"])),
        tuple(ContractValue(**one) for one in kept.get("values", ())),
    )


def _reasons(kept: Mapping[str, Any] | None) -> Reasons | None:
    if kept is None:
        return None
    return Reasons(**{**kept, "told": tuple(Reason(**one) for one in kept["told"])})


def _grouped(kept: Mapping[str, Any]) -> Grouped:
    curves = (GroupCurve(**{**one, "curve": _curve(one["curve"])}) for one in kept["curves"])
    return Grouped(**{**kept, "curves": tuple(curves)})


def _curve(kept: Mapping[str, Any]) -> Curve:
    steps = tuple(Step(**one) for one in kept["steps"])
    return Curve(**{**kept, "steps": steps, "at_risk": tuple(map(tuple, kept["at_risk"]))})
