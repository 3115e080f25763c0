"""What is watched at a made-up company."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """A rule of an alert of *kind*: a *metric* on one *side* of a *target*, at touchpoints.

    A number of answers has no target.
    """

    title: str
    kind: str
    metric: str
    side: str
    target: float | None
    touchpoints: tuple[str, ...] = ()


BRIGHTLINE_ALERTS = (
    AlertPlan("Reporting a fault is easy", "level", "ces_2", "below", 80, ("report-fault",)),
    AlertPlan("Calls keep satisfying", "level", "csat_5", "below", 55, ("call-support",)),
    AlertPlan("The worst mark for a call", "answer", "csat_5", "below", 1, ("call-support",)),
    AlertPlan(
        "Calls come as they usually do", "volume", "csat_5", "either", None, ("call-support",)
    ),
)
