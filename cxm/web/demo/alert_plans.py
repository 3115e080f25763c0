"""What is watched at a made-up company."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """A rule of an alert of *kind*: a *metric* on one *side* of a *target*, at touchpoints."""

    title: str
    kind: str
    metric: str
    side: str
    target: float
    touchpoints: tuple[str, ...] = ()


BRIGHTLINE_ALERTS = (
    AlertPlan("Reporting a fault is easy", "level", "ces_2", "below", 80, ("report-fault",)),
    AlertPlan("Calls keep satisfying", "level", "csat_5", "below", 55, ("call-support",)),
    AlertPlan("The worst mark for a call", "answer", "csat_5", "below", 1, ("call-support",)),
)
