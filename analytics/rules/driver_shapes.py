"""What a working out of drivers found, as it is kept and shown; nothing here computes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Lack(StrEnum):
    """Why the ratings of a touchpoint are no input."""

    FEW = "few"
    SAME = "same"
    OVERLAP = "overlap"
    CROWD = "crowd"


@dataclass(frozen=True, slots=True)
class Source:
    """Whose ratings an input is: those of one metric at one touchpoint, by their ids."""

    touchpoint: str
    metric: str


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class DriverInput:
    """One input and how it goes with the outcome.

    *n* people rated it, *mean* on the scale of its metric; *position* is that mean in percent of
    the way from the worst end of the scale to the best. *share* of the outcome's variance (0 to 1)
    with its interval; *error* is what sampling the orders may be off, 0 where all were taken.
    *slope* is standardised, above 0 where better ratings go with a higher outcome, with its *p*,
    and *q* after all inputs. *vif* is 1 where the other inputs tell nothing of it.
    """

    source: Source
    n: int
    mean: float
    position: float
    correlation: float
    share: float
    interval: Interval
    error: float
    slope: float
    slope_interval: Interval
    p: float
    q: float
    vif: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Ratings that are no input, and why: *n* people where *needed* are; with whom they miss."""

    source: Source
    lack: Lack
    n: int
    needed: int
    other: Source | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two inputs by their places: how many rated both, and how these ratings correlate."""

    first: int
    second: int
    n: int
    correlation: float


@dataclass(frozen=True, slots=True)
class DriverResult:
    """What was found.

    Answers from *start_on* (ISO, "" for the first one) and before *end_on* ("" for the last one);
    *until* is the day until which customers were watched for leaving, "" for a metric. *asked*
    people have an outcome, *outcome_mean* is its mean (a part, 0 to 1, of customers who left), and
    *people* of them rated an input. *reason* says why nothing is told; then there are no inputs.
    *explained* is R²; *chance* the share that the largest input reaches by chance alone in 95 of
    100 cases. *mended* is by how much a correlation had to change for all to fit together.
    """

    start_on: str
    end_on: str
    until: str
    asked: int
    people: int
    outcome_mean: float
    reason: str
    explained: float = 0.0
    explained_interval: Interval = Interval(0.0, 0.0)
    chance: float = 0.0
    mended: float = 0.0
    draws: int = 0
    orders: int = 0
    seed: int = 0
    inputs: tuple[DriverInput, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    pairs: tuple[Pair, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give what is stored."""
        return asdict(self)


def read_driver_result(stored: Mapping[str, Any]) -> DriverResult:
    """Read what `as_json` gave."""
    whole = dict(stored)
    return DriverResult(
        **whole
        | {
            "explained_interval": Interval(**whole["explained_interval"]),
            "inputs": tuple(_input(one) for one in whole["inputs"]),
            "left_out": tuple(_left_out(one) for one in whole["left_out"]),
            "pairs": tuple(Pair(**one) for one in whole["pairs"]),
        }
    )


def _input(stored: Mapping[str, Any]) -> DriverInput:
    told = dict(stored)
    return DriverInput(
        **told
        | {
            "source": Source(**told["source"]),
            "interval": Interval(**told["interval"]),
            "slope_interval": Interval(**told["slope_interval"]),
        }
    )


def _left_out(stored: Mapping[str, Any]) -> LeftOut:
    told = dict(stored)
    other = told["other"]
    return LeftOut(
        Source(**told["source"]),
        Lack(told["lack"]),
        told["n"],
        told["needed"],
        Source(**other) if other else None,
    )
