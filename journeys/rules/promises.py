"""The words of promises: which way a figure is to go, and how far a step is real."""

from __future__ import annotations

from cxm.kernel.named import Named


class Direction(Named):
    """Which way a figure is to go."""

    UP = "up"
    DOWN = "down"
    HOLD = "hold"


class Realisation(Named):
    """How far a step of a future map is real."""

    PLANNED = "planned"
    BUILDING = "building"
    LIVE = "live"
    DROPPED = "dropped"
