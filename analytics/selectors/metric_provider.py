"""The figures of maps in words, for files and rules: the same that the map shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models.functions import Coalesce

from analytics.rules.placing import place_on
from analytics.selectors.bound_figures import bound_item, column_of, sought_of
from analytics.selectors.figures import Viewer
from analytics.selectors.lane_cells import Item
from analytics.selectors.lane_figures import Sought, read_numbers
from analytics.selectors.lane_numbers import lane_numbers
from analytics.selectors.map_outline import read_outline
from analytics.selectors.names import Named
from analytics.selectors.persona_stats import figure_stat
from analytics.selectors.verdicts import standings
from cxm.kernel.metric_values import MetricValue, PromiseStanding
from cxm.touchpoints.models import Touchpoint
from journeys.rules.kinds import LaneKind

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping
    from datetime import datetime
    from uuid import UUID

    from analytics.selectors.names import Measure
    from cxm.tenants.models import Tenant

_MEASURED = (LaneKind.EXPERIENCE, LaneKind.METRIC)
USUAL_LEAST = 30


class MapFigures:
    """Tells the figures of journey maps (MetricProvider)."""

    def lane(
        self, *, journey_map: Any, lane_id: UUID, sees_answers: bool, now: datetime
    ) -> dict[UUID, tuple[MetricValue, ...]] | None:
        """Tell the figures of an experience or a metric lane by step."""
        outline = read_outline(journey_map)
        lane = outline.lane(lane_id)
        if lane is None or lane.kind not in _MEASURED:
            return None
        shown = lane_numbers(Viewer(journey_map.tenant, sees_answers, now), outline, lane)
        return {
            cell.column.step: tuple(
                replace(value_of(one, shown.title), gap=cell.belief.gap if cell.belief else None)
                for one in cell.items
            )
            for cell in shown.cells
        }

    def binding(
        self, *, journey_map: Any, binding: Any, sees_answers: bool, now: datetime
    ) -> MetricValue | None:
        """Tell the figure of a binding; None where it is of a step that the map does not have."""
        outline = read_outline(journey_map)
        column = column_of(outline, binding.step_id)
        if column is None:
            return None
        viewer = Viewer(journey_map.tenant, sees_answers, now)
        numbers = read_numbers(viewer, [sought_of(binding, column)])
        return value_of(bound_item(numbers, binding, column), binding.metric.title)

    def promises(
        self, *, journey_map: Any, sees_answers: bool, now: datetime
    ) -> dict[UUID, PromiseStanding]:
        """Tell how each live target of a map stands. Six queries."""
        viewer = Viewer(journey_map.tenant, sees_answers, now)
        found = standings(viewer, read_outline(journey_map))
        return {
            one.target.pk: PromiseStanding(
                one.item.label or one.target.binding.metric.title,
                one.words,
                one.tone,
                one.is_reached,
                one.is_interim,
                one.is_overdue,
            )
            for one in found
        }

    def pooled[K: Hashable](
        self,
        *,
        tenant: Any,
        places: Mapping[K, Collection[UUID]],
        metric_key: str,
        days: int,
        sees_answers: bool,
        now: datetime,
    ) -> dict[K, MetricValue]:
        """Tell the figure of each group of touchpoints. Three queries."""
        names = places_named(tenant, {pk for ids in places.values() for pk in ids})
        at = {group: [names[pk] for pk in ids if pk in names] for group, ids in places.items()}
        every = {
            group: Sought(metric_key, frozenset(one.id for one in named), days, "none")
            for group, named in at.items()
        }
        numbers = read_numbers(Viewer(tenant, sees_answers, now), every.values())
        if numbers.measure(metric_key) is None:
            return {}
        measure = numbers.measures[metric_key]
        title = measure.metric.title
        told = {}
        # Groups often have the same touchpoints: each figure is made once.
        for sought, named in {sought: at[group] for group, sought in every.items()}.items():
            item = Item("", numbers.reading(sought, named, min_n=USUAL_LEAST))
            value = value_of(item, title)
            told[sought] = replace(value, place=_place(value.value, measure))
        return {group: told[sought] for group, sought in every.items()}


def _place(value: float | None, measure: Measure) -> float | None:
    if value is None:
        return None
    metric, version = measure.metric, measure.version
    ends = (metric.scale_min, metric.scale_max)
    return place_on(value, version.statistic, ends, is_more_better=measure.is_more_better)


def places_named(tenant: Tenant, ids: Collection[UUID]) -> dict[UUID, Named]:
    """Name touchpoints by their ids; merged ones as what they were merged into. One query."""
    rows = Touchpoint.objects.for_tenant(tenant).filter(pk__in=ids)
    told = rows.values_list("pk", Coalesce("merged_into_id", "pk"), "key", "title")
    return {pk: Named(root, key, title, is_archived=False) for pk, root, key, title in told}


def value_of(item: Item, title: str) -> MetricValue:
    """Give a figure of a cell with its words; *title* is for one without a name of its own."""
    label = item.label or title
    if item.reading is None:
        return MetricValue(label, None, 0, None, None, "", 0, item.why)
    figure = item.reading.figure
    stat = figure_stat(replace(figure, title=label))
    return MetricValue(
        title=label,
        value=figure.value,
        n=figure.n,
        low=figure.ci_low,
        high=figure.ci_high,
        unit=figure.unit,
        decimals=figure.decimals,
        words=", ".join(part for part in (stat.value, stat.base) if part),
        is_hollow=item.reading.is_hollow,
        change=item.reading.change.words if item.reading.change else "",
        url="" if figure.suppressed else figure.rows_url,
        start_on=figure.start_on,
        end_on=figure.end_on,
    )
