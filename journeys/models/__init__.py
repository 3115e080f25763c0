"""Journeys, their maps, what maps are made of, and the operations on all of it."""

from journeys.models.elements import (
    Card,
    Flow,
    Lane,
    Lineage,
    MapPersona,
    Stage,
    Step,
    StepJourney,
    StepRole,
    StepTouchpoint,
)
from journeys.models.journeys import Journey, JourneyMap
from journeys.models.operations import JourneyOp, MapOp

__all__ = [
    "Card",
    "Flow",
    "Journey",
    "JourneyMap",
    "JourneyOp",
    "Lane",
    "Lineage",
    "MapOp",
    "MapPersona",
    "Stage",
    "Step",
    "StepJourney",
    "StepRole",
    "StepTouchpoint",
]
