"""The figures of a run, from the history, the faults and what was seen of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxm.web.nemesis.checking import when_acknowledged
from cxm.web.nemesis.history import Outcome
from cxm.web.nemesis.planning import QUIET_SECONDS, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.web.nemesis.checking import Verdict
    from cxm.web.nemesis.faults import Done
    from cxm.web.nemesis.history import Operation
    from cxm.web.nemesis.poisoning import Poisoned
    from cxm.web.nemesis.watching import Reader, Watch

TRIALS = {Kind.WORKER: "T7", Kind.BROKER: "T8", Kind.ABSENT: "T9", Kind.DATABASE: "T10"}
# The figures that are wanted on a machine that does nothing else; missing them loses nothing.
DRAINED_SECONDS, FIRST_SECONDS, DELAY_SECONDS, SLOWER_AT_MOST = 30.0, 5.0, 5.0, 2.0


# A web server's first answers are slow: it loads what it needs then.
WARM_SECONDS = 2.0


@dataclass(slots=True)
class Run:
    """All that a run leaves behind; times are seconds since 1970.

    *drained_seconds* is None when the backlog was not done in time. *crashes* are errors of the
    clients, *own_deaths* counts by part how often it ended without being killed.
    """

    began_at: float
    history: Sequence[Operation]
    verdict: Verdict
    watch: Watch
    reader: Reader
    faults: Sequence[Done]
    recount: dict[str, int]
    drained_seconds: float | None
    repeated: list[str] | None = None
    poisoned: Poisoned | None = None
    crashes: list[str] = field(default_factory=list)
    own_deaths: dict[str, int] = field(default_factory=dict)


def report(run: Run) -> dict[str, Any]:
    """Give all figures as JSON has them; `anomalies` is 0 when all is well."""
    figures = _totals(run)
    for kind, trial in TRIALS.items():
        done = [one for one in run.faults if one.fault.kind is kind]
        if done:
            figures[trial] = _trial(run, kind, done)
    if run.repeated is not None:
        figures["T12"] = {"wrong": run.repeated}
    if run.poisoned is not None:
        figures["T13"] = {
            "attempts": run.poisoned.attempts,
            "states": run.poisoned.states,
            "wrong": run.poisoned.wrong(),
            "others_delayed_seconds": _rounded(
                run.watch.longest_wait(run.poisoned.began_at, run.poisoned.ended_at)
            ),
        }
    figures["late"] = _late(figures)
    figures["anomalies"] = _anomalies(run)
    return figures


def _totals(run: Run) -> dict[str, Any]:
    verdict = run.verdict
    quiet = _p99(run.history, run.began_at + WARM_SECONDS, run.began_at + QUIET_SECONDS)
    return {
        "requests": len(run.history),
        "sent": verdict.sent,
        "acknowledged": verdict.acknowledged,
        "unknown_there": verdict.unknown_there,
        "unknown_absent": verdict.unknown_absent,
        "lost": len(verdict.lost),
        "doubled": len(verdict.doubled),
        "invented": len(verdict.invented),
        "undead": len(verdict.undead),
        "altered": len(verdict.altered),
        "keyless": len(verdict.keyless),
        "people": verdict.people,
        "counts": verdict.counts,
        "ratings": run.recount["rows"],
        "rollup_differences": run.recount["differences"],
        "drained_seconds": _rounded(run.drained_seconds),
        "p99_accept_ms": _p99(run.history, 0, math.inf),
        "p99_quiet_ms": quiet,
        "own_deaths": run.own_deaths,
        "crashes": run.crashes,
    }


def _trial(run: Run, kind: Kind, done: Sequence[Done]) -> dict[str, Any]:
    drained = [run.watch.drained_after(one.ended_at) for one in done]
    known = [seconds for seconds in drained if seconds is not None]
    figures: dict[str, Any] = {
        "faults": len(done),
        "lost": _of(run, run.verdict.lost, kind),
        "doubled": _of(run, run.verdict.doubled, kind),
        "drained_seconds": _rounded(max(known, default=None)),
    }
    if kind in {Kind.BROKER, Kind.ABSENT}:
        during = [_slowest(run, one) for one in done]
        figures["p99_accept_ms"] = max((ms for ms in during if ms is not None), default=None)
    if kind is Kind.ABSENT:
        figures |= _absence(run, done[0])
    if kind is Kind.DATABASE:
        firsts = [_first_accepted(run.history, one.ended_at) for one in done]
        known = [seconds for seconds in firsts if seconds is not None]
        figures["first_2xx_seconds"] = _rounded(max(known, default=None))
    return figures


def _absence(run: Run, done: Done) -> dict[str, Any]:
    posts = [o for o in run.history if done.began_at <= o.began_at < done.ended_at]
    asked, answered = run.reader.between(done.began_at, done.ended_at)
    return {
        "absent_seconds": _rounded(done.ended_at - done.began_at),
        "posts": len(posts),
        "posts_accepted": sum(o.outcome is Outcome.OK for o in posts),
        "pages_asked": asked,
        "pages_answered": answered,
    }


def _of(run: Run, ids: Sequence[str], kind: Kind) -> int:
    """Count those of *ids* that were acknowledged last before a fault of *kind* was over."""
    moments = when_acknowledged(run.history)
    count = 0
    for one in ids:
        moment = moments.get(one, run.began_at)
        nearest = next((f for f in run.faults if f.ended_at >= moment), run.faults[-1])
        count += nearest.fault.kind is kind
    return count


def _slowest(run: Run, done: Done) -> float | None:
    return _p99(run.history, done.began_at, done.ended_at + 1)


def _p99(history: Sequence[Operation], start: float, end: float) -> float | None:
    """Give the 99th percentile of the times of accepted requests begun in [start, end), in ms."""
    spent = sorted(
        (o.ended_at - o.began_at) * 1_000
        for o in history
        if o.outcome is Outcome.OK and o.ended_at is not None and start <= o.began_at < end
    )
    return _rounded(spent[math.ceil(len(spent) * 0.99) - 1]) if spent else None


def _first_accepted(history: Sequence[Operation], moment: float) -> float | None:
    ends = [
        o.ended_at - moment
        for o in history
        if o.outcome is Outcome.OK and o.ended_at is not None and o.ended_at >= moment
    ]
    return min(ends, default=None)


def _late(figures: dict[str, Any]) -> list[str]:
    """Name the times that were missed; on a busy machine that says little."""
    limits = {
        "drained_seconds": DRAINED_SECONDS,
        "first_2xx_seconds": FIRST_SECONDS,
        "others_delayed_seconds": DELAY_SECONDS,
    }
    if figures["p99_quiet_ms"]:
        limits["p99_accept_ms"] = SLOWER_AT_MOST * figures["p99_quiet_ms"]
    trials = {name: told for name, told in figures.items() if name.startswith("T")}
    return [
        f"{trial} {name}: {told[name]} instead of at most {limit}"
        for trial, told in trials.items()
        for name, limit in limits.items()
        if told.get(name) is not None and told[name] > limit
    ]


def _anomalies(run: Run) -> int:
    absent = [one for one in run.faults if one.fault.kind is Kind.ABSENT]
    refused = 0
    for one in absent:
        told = _absence(run, one)
        refused += told["posts"] - told["posts_accepted"]
        refused += told["pages_asked"] - told["pages_answered"]
    return (
        run.verdict.anomalies()
        + run.recount["differences"]
        + (run.drained_seconds is None)
        + len(run.crashes)
        + len(run.repeated or [])
        + len(run.poisoned.wrong() if run.poisoned else [])
        + refused
    )


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 2)
