"""Regions of a stakeholder drawing: which points lie in them, and seats that keep a distance.

Lengths are units of a drawing that is SIDE wide; angles are turns (0 to 1), clockwise from the top.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import asin, atan2, cos, floor, hypot, pi, sin
from typing import Protocol

SIDE = 1_000.0
CENTRE = SIDE / 2
RADIUS = 480.0
# The innermost ring is a disc: it is as much thicker than the others to hold some, too.
_INNER_THICKNESS = 1.4
_A_HAIR = 1e-9

type Point = tuple[float, float]


class Region(Protocol):
    """A part of the drawing where stakeholders stand."""

    def clamped(self, point: Point, margin: float) -> Point:
        """Give the point of the region near *point*, *margin* away from its edges if it fits."""

    def seats(self, spacing: float) -> list[Point]:
        """List points that are *spacing* from each other, and half of it from the edges."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of the disc: from radius *inner* to *outer*, from angle *start* to *end*."""

    inner: float
    outer: float
    start: float = 0.0
    end: float = 1.0

    @property
    def is_round(self) -> bool:
        """Whether it goes all the way round."""
        return self.end - self.start >= 1.0

    def clamped(self, point: Point, margin: float) -> Point:
        """Give the point of the cell near *point*, *margin* away from its edges if it fits."""
        low, high = self._radii(margin)
        radius, turn = to_polar(point)
        radius = min(max(radius, low), high)
        if self.is_round:
            return from_polar(radius, turn)
        half = (self.end - self.start) / 2
        middle = self.start + half
        away = (turn - middle + 0.5) % 1.0 - 0.5
        room = max(0.0, half - _angle(margin, radius))
        return from_polar(radius, middle + min(max(away, -room), room))

    def seats(self, spacing: float) -> list[Point]:
        """List points on circles, *spacing* from each other and half of it from the edges."""
        return [
            from_polar(radius, turn)
            for radius in self._circles(spacing)
            for turn in self._turns(radius, spacing)
        ]

    def _radii(self, margin: float) -> tuple[float, float]:
        """Give the least and the greatest radius that keep *margin* from the edges."""
        low = self.inner + margin if self.inner else 0.0
        high = self.outer - margin
        width = self.end - self.start
        if width < 0.5:  # noqa: PLR2004 - in half a disc and more, the tip is no narrower
            low = max(low, margin / sin(pi * width))
        elif not self.is_round:
            low = max(low, margin)
        if low > high:
            low = high = (self.inner + self.outer) / 2
        return low, high

    def _circles(self, spacing: float) -> Iterator[float]:
        radius = self.outer - spacing / 2
        least = self.inner + spacing / 2
        while radius >= least - _A_HAIR:
            yield radius
            radius -= spacing
        if not self.inner and self.is_round and radius + spacing >= spacing - _A_HAIR:
            yield 0.0

    def _turns(self, radius: float, spacing: float) -> list[float]:
        if radius <= 0:
            return [0.0]
        step = 2 * _angle(spacing / 2, radius)
        if self.is_round:
            count = max(1, floor(1 / step + _A_HAIR))
            return [(index + 0.5) / count for index in range(count)]
        room = self.end - self.start - step
        if room < 0:
            return []
        count = floor(room / step + _A_HAIR) + 1
        if count == 1:
            return [(self.start + self.end) / 2]
        return [self.start + step / 2 + room * index / (count - 1) for index in range(count)]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def clamped(self, point: Point, margin: float) -> Point:
        """Give the point of the box nearest to *point*, *margin* from its edges if it fits."""
        return (
            _between(point[0], self.left + margin, self.right - margin),
            _between(point[1], self.top + margin, self.bottom - margin),
        )

    def seats(self, spacing: float) -> list[Point]:
        """List points in rows, *spacing* from each other and half of it from the edges."""
        across = floor((self.right - self.left) / spacing + _A_HAIR)
        down = floor((self.bottom - self.top) / spacing + _A_HAIR)
        return [
            (self.left + (column + 0.5) * spacing, self.top + (row + 0.5) * spacing)
            for row in range(down)
            for column in range(across)
        ]


def ring_radius(ring: int, count: int) -> float:
    """Give the outer radius of *ring* (0 is the innermost) of *count* rings."""
    return RADIUS * (ring + _INNER_THICKNESS) / (count - 1 + _INNER_THICKNESS)


def ring_cell(ring: int, count: int) -> Cell:
    """Give the whole ring *ring* of *count*."""
    return Cell(ring_radius(ring - 1, count) if ring else 0.0, ring_radius(ring, count))


def sector_cell(sector: int, count: int, within: Cell | None = None) -> Cell:
    """Give the sector *sector* of *count* (the first begins at the top), of a ring if asked."""
    ring = within or Cell(0.0, RADIUS)
    return Cell(ring.inner, ring.outer, sector / count, (sector + 1) / count)


def to_polar(point: Point) -> tuple[float, float]:
    """Give radius and angle of a point."""
    across, down = point[0] - CENTRE, point[1] - CENTRE
    return hypot(across, down), (atan2(across, -down) / (2 * pi)) % 1.0


def from_polar(radius: float, turn: float) -> Point:
    """Give the point at *radius* from the centre, in the direction *turn*."""
    angle = 2 * pi * turn
    return CENTRE + radius * sin(angle), CENTRE - radius * cos(angle)


def _angle(length: float, radius: float) -> float:
    """Give the angle that keeps *length* from a line through the centre, at *radius*."""
    return asin(min(1.0, length / radius)) / (2 * pi) if radius > 0 else 0.25


def _between(value: float, low: float, high: float) -> float:
    return (low + high) / 2 if low > high else min(max(value, low), high)
