"""The models of scores that every workspace begins with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from journeys.rules.library import ScoreSubject
from journeys.rules.scoring import Expression, Input, Scoring, Source


@dataclass(frozen=True, slots=True)
class Preset:
    """A model, and what its matrix draws: *x* across, *y* up, *size* as the size of points."""

    key: str
    title: str
    scoring: Scoring
    x: str
    y: str
    size: str = ""

    def key_for(self, subject: ScoreSubject) -> str:
        """Give the key of the model that scores *subject* like this."""
        return f"{subject.value}-{self.key}"


_EFFORT = Input("effort", "Effort", 0, None, is_cost=True)
_REACH = Input("reach", "Reach", 0, None, Source.REACH.value)
_IMPACT = Input("impact", "Impact", None, None, Source.IMPACT.value)


def _ten(key: str, label: str, *, is_cost: bool = False) -> Input:
    return Input(key, label, 0, 10, is_cost=is_cost)


VALUE_AND_EFFORT = Preset(
    "value-effort",
    "Value and effort",
    Scoring(
        (_ten("value", "Value"), replace(_EFFORT, most=10)),
        (Expression("ratio", "Value for effort", "value / effort"),),
    ),
    x="effort",
    y="value",
)
# Reach, impact, confidence and effort: S. McBride, "RICE: Simple prioritization for product
# managers", Intercom, 2018.
RICE = Preset(
    "rice",
    "RICE",
    Scoring(
        (_REACH, _IMPACT, Input("confidence", "Confidence (%)", 0, 100), _EFFORT),
        (Expression("rice", "RICE", "reach * impact * confidence / 100 / effort"),),
    ),
    x="effort",
    y="rice",
    size="reach",
)
ICE = Preset(
    "ice",
    "ICE",
    Scoring(
        (_ten("impact", "Impact"), _ten("confidence", "Confidence"), _ten("ease", "Ease")),
        (Expression("ice", "ICE", "impact * confidence * ease"),),
    ),
    x="ease",
    y="impact",
    size="confidence",
)
# Weighted shortest job first: D. Reinertsen, "The Principles of Product Development Flow", 2009,
# with the three parts of the cost of delay as the Scaled Agile Framework names them.
WSJF = Preset(
    "wsjf",
    "WSJF",
    Scoring(
        (
            _ten("value", "Value"),
            _ten("urgency", "Urgency"),
            _ten("risk_cut", "Risk cut"),
            Input("size", "Size", 0, None, is_cost=True),
        ),
        (Expression("wsjf", "WSJF", "(value + urgency + risk_cut) / size"),),
    ),
    x="size",
    y="value",
    size="urgency",
)
DESIRABLE = Preset(
    "desirable",
    "Desirable, feasible, viable",
    Scoring(
        (
            _ten("desirable", "Desirable"),
            _ten("feasible", "Feasible"),
            _ten("viable", "Viable"),
        ),
        (Expression("all_three", "All three", "avg(desirable, feasible, viable)"),),
    ),
    x="feasible",
    y="desirable",
    size="viable",
)
PRESETS = (VALUE_AND_EFFORT, RICE, ICE, WSJF, DESIRABLE)
