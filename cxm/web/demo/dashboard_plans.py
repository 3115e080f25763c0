"""What the people of a made-up company look at together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class TilePlan:
    """A tile of *kind* that asks *query*; without a title it is named after what it shows."""

    kind: str
    query: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    width: int = 1


@dataclass(frozen=True, slots=True)
class DashboardPlan:
    """A dashboard that everybody sees, with its tiles in order."""

    title: str
    tiles: tuple[TilePlan, ...]


BRIGHTLINE_DASHBOARDS = (
    DashboardPlan(
        "Monday meeting",
        (
            TilePlan(
                "note",
                {
                    "text": "Half an hour, every Monday at nine. **Look first at what has changed "
                    "for certain**, then at what customers wrote; decide one thing to try."
                },
                width=3,
            ),
            TilePlan("figure", {"metric": "nps"}),
            TilePlan("figure", {"metric": "csat_5"}),
            TilePlan("figure", {"metric": "ces_2"}),
            TilePlan("trend", {"metric": "nps"}, title="NPS over time", width=2),
            TilePlan("churn", {"definition": "contract-cancelled"}),
            TilePlan(
                "bars",
                {"metric": "ces_2", "by": "touchpoint"},
                title="Where it is hard",
                width=2,
            ),
            TilePlan("distribution", {"metric": "csat_5"}, title="How calls satisfy"),
            TilePlan("texts", title="What they wrote", width=2),
            TilePlan("alerts"),
        ),
    ),
    DashboardPlan(
        "Who stays and why",
        (
            TilePlan("churn", {"definition": "contract-cancelled"}),
            TilePlan("survival", {"definition": "contract-cancelled"}, width=2),
            TilePlan("reasons", {"definition": "contract-cancelled"}),
            TilePlan("onward", {"definition": "contract-cancelled"}, width=2),
            TilePlan("why", {"metric": "nps"}, width=2),
            TilePlan("answers", {"metric": "nps", "step": ""}),
            TilePlan("drivers", {"outcome": "nps"}, width=2),
            TilePlan("topics"),
            TilePlan("revenue", {"definition": "contract-ended"}, width=2),
            TilePlan("repeat"),
            TilePlan("personas", {"metric": "nps"}, width=2),
            TilePlan("goals", width=3),
        ),
    ),
)
