"""The figures that are bound to the steps of a journey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.selectors.lane_cells import NO_TOUCHPOINT, Item
from analytics.selectors.lane_figures import Members, Sought
from analytics.selectors.map_outline import Column
from analytics.selectors.names import Named
from journeys.models import MetricBinding
from journeys.selectors.successions import follow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from analytics.selectors.lane_figures import Numbers
    from analytics.selectors.map_outline import Outline

NOT_TOLD = "Figures of chosen answers are not told on maps: remove the filter from the file."


def bindings_of(outline: Outline) -> list[MetricBinding]:
    """List the live bindings to steps of the journey that the map is of, by key.

    One of a step that was joined to another stands there. One query, and one where a step is gone.
    """
    rows = MetricBinding.objects.for_tenant(outline.map.tenant_id)
    live = rows.filter(journey=outline.map.journey_id, step__isnull=False, archived_at=None)
    found = list(
        live.select_related("metric", "touchpoint", "persona__segment").order_by("key", "pk")
    )
    follow(outline.map, {column.step for column in outline.columns}, found)
    return found


def column_of(outline: Outline, step_id: UUID | None) -> Column | None:
    """Give the column of a step; of None all touchpoints that the steps of the map happen at.

    None where the map does not have the step.
    """
    if step_id is None:
        everywhere = {one.id: one for column in outline.columns for one in column.touchpoints}
        return Column(outline.map.pk, "", tuple(everywhere.values()))
    return next((column for column in outline.columns if column.step == step_id), None)


def sought_of(binding: MetricBinding, column: Column, compare: str = "none") -> Sought:
    """Give the figure that *binding* names at its step, compared with what."""
    at = frozenset(one.id for one in counted_at(binding, column))
    return Sought(binding.metric.key, at, binding.window_days, compare, _members(binding))


def _members(binding: MetricBinding) -> Members | None:
    """Give the segment of the persona whose answers alone *binding* counts."""
    segment = binding.persona.segment if binding.persona else None
    return Members(segment.pk, segment.key) if segment else None


def counted_at(binding: MetricBinding, column: Column) -> Sequence[Named]:
    """Give the touchpoints that *binding* counts answers at: its own, or those of its step."""
    own = binding.touchpoint
    if own is None:
        return column.touchpoints
    return [Named(own.merged_into_id or own.pk, own.key, own.title, is_archived=False)]


def bound_item(
    numbers: Numbers, binding: MetricBinding, column: Column, compare: str = "none"
) -> Item:
    """Give the figure of *binding* at its step, with its name, or why there is none."""
    own = binding.touchpoint
    parts = (binding.metric.title, own and own.title, binding.persona and binding.persona.name)
    label = ", ".join(part for part in parts if part)
    if why := _why_not(binding, numbers, column):
        return Item(label, None, why)
    sought, at = sought_of(binding, column, compare), counted_at(binding, column)
    return Item(label, numbers.reading(sought, at, min_n=binding.min_n))


def _why_not(binding: MetricBinding, numbers: Numbers, column: Column) -> str:
    if numbers.measure(binding.metric.key) is None:
        return f"Broken: the metric “{binding.metric.title}” is archived. Bind another one."
    if binding.filter:
        return NOT_TOLD
    if binding.persona and binding.persona.segment is None:
        return f"The persona “{binding.persona.name}” has no segment: choose one for it."
    return "" if counted_at(binding, column) else NO_TOUCHPOINT
