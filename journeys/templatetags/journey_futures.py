"""What pages of maps say about newer maps of their journey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from journeys.services.rebasing import newer_ground

if TYPE_CHECKING:
    from journeys.models import JourneyMap

register = template.Library()


@register.simple_tag
def newer_ground_of(row: JourneyMap) -> JourneyMap | None:
    """Give the current map that a future one could stand on instead of an earlier one, or None."""
    return newer_ground(row)
