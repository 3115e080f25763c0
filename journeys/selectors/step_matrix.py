"""The steps of a map between two axes: what people set, what is drawn, and what is measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse

from cxm.kernel.drawing.scatter import Axis, Scatter, Spot, scatter
from cxm.kernel.metric_values import MetricValue, metric_values
from journeys.models import Step
from journeys.rules import step_matrix as rules
from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import kept_config
from journeys.rules.step_matrix import IMPORTANCE_FIELDS, AxisSort
from journeys.selectors import grid_rows as rows
from journeys.selectors.grid_columns import Columns, columns_of
from journeys.selectors.grid_names import cast_in_order
from journeys.selectors.map_table import step_fits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.drawing.scatter import Interval
    from journeys.models import JourneyMap
    from journeys.rules.look import Look
    from journeys.selectors.grid_names import Name
    from journeys.selectors.grid_rows import CardRow, LaneRow

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class At:
    """What an axis says of one step."""

    value: float | None
    interval: Interval | None = None
    words: str = ""
    is_hollow: bool = False


@dataclass(slots=True)
class StepAxes:
    """The axes that a map offers, and what they say of its steps.

    *personas* names whose feelings there are by the end of the axis' key; None is nobody in
    particular. *feelings* are the cards of all emotion lanes by persona and step.
    """

    row: JourneyMap
    columns: Columns
    steps: Mapping[UUID, Step]
    lanes: Sequence[LaneRow]
    personas: dict[str, tuple[UUID | None, str]]
    feelings: dict[tuple[UUID | None, UUID], CardRow]
    sees_answers: bool
    now: datetime
    _measured: dict[UUID, Mapping[UUID, tuple[MetricValue, ...]]] = field(default_factory=dict)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """List the axes as pairs of key and words."""
        found = [(key, rules.importance_axis(key).label) for key in IMPORTANCE_FIELDS]
        if self.felt:
            found += [(f"feeling-{key}", words) for key, (_, words) in self.personas.items()]
        for lane in self.lanes_measured:
            title = lane.title or "Measured experience"
            found.append((f"measured-{lane.lineage}", title))
            config = kept_config(LaneKind.EXPERIENCE, lane.config)
            if config.mapping != "none":
                found.append((f"gap-{lane.lineage}", f"{title}: belief gap"))
        return found

    @property
    def felt(self) -> list[LaneRow]:
        """List the lanes of drawn feelings, in order."""
        return [lane for lane in self.lanes if lane.kind == LaneKind.EMOTION]

    @property
    def lanes_measured(self) -> list[LaneRow]:
        """List the lanes that say one measured thing of each step, in order."""
        found = [lane for lane in self.lanes if lane.kind == LaneKind.EXPERIENCE]
        return [one for one in found if kept_config(LaneKind.EXPERIENCE, one.config).by == "step"]

    def chosen(self, key: str, otherwise: str) -> str:
        """Give *key* where the map has such an axis, else *otherwise*."""
        return key if key in dict(self.choices) else otherwise

    def persona(self, key: str) -> UUID | None:
        """Say whose feelings the axis *key* tells."""
        return self.personas[key.partition("-")[2]][0]

    def lane_of(self, persona: UUID | None, step: UUID) -> LaneRow | None:
        """Give the lane that holds somebody's feeling at a step, or would; None for none."""
        card = self.feelings.get((persona, step))
        if card is not None:
            return next((lane for lane in self.felt if lane.lineage == card.lane), None)
        fits = (lane for lane in self.felt if lane.persona in {None, persona})
        return next((lane for lane in fits if not lane.is_locked), None)

    def axis(self, key: str) -> tuple[Axis, dict[UUID, At]]:
        """Give an axis and what it says of each step; one of numbers may ask for them."""
        sort, label = rules.sort_of(key), dict(self.choices)[key]
        if sort is AxisSort.IMPORTANCE:
            name = IMPORTANCE_FIELDS[key]
            told = {pk: At(getattr(step, name)) for pk, step in self.steps.items()}
            return rules.importance_axis(key), told
        if sort is AxisSort.FEELING:
            return self._feeling(key, label)
        lane = next(o for o in self.lanes_measured if str(o.lineage) == key.partition("-")[2])
        return (
            self._gaps(key, label, lane) if sort is AxisSort.GAP else self._read(key, label, lane)
        )

    def _feeling(self, key: str, label: str) -> tuple[Axis, dict[UUID, At]]:
        persona = self.persona(key)
        cards = {pk: self.feelings.get((persona, pk)) for pk in self.steps}
        told = {
            pk: At(float(card.value) if card and card.value is not None else None)
            for pk, card in cards.items()
        }
        is_open = any(not lane.is_locked for lane in self.felt)
        return rules.feeling_axis(key, label, "" if is_open else "Its lane is locked."), told

    def _read(self, key: str, label: str, lane: LaneRow) -> tuple[Axis, dict[UUID, At]]:
        told = {pk: _at(self._value(lane, pk)) for pk in self.steps}
        ends = [end for at in told.values() for end in (at.value, *(at.interval or ()))]
        there = [end for end in ends if end is not None]
        values = (self._value(lane, pk) for pk in self.steps)
        unit = next((one.unit for one in values if one and one.unit), "")
        return rules.measured_axis(key, label, there, unit=unit), told

    def _gaps(self, key: str, label: str, lane: LaneRow) -> tuple[Axis, dict[UUID, At]]:
        values = {pk: self._value(lane, pk) for pk in self.steps}
        told = {
            pk: At(one.gap if one else None, words="" if one and one.gap is not None else _UNSAID)
            for pk, one in values.items()
        }
        there = [at.value for at in told.values() if at.value is not None]
        return rules.gap_axis(key, label, there), told

    def _value(self, lane: LaneRow, step: UUID) -> MetricValue | None:
        if lane.lineage not in self._measured:
            asked = metric_values.lane(
                journey_map=self.row,
                lane_id=lane.lineage,
                sees_answers=self.sees_answers,
                now=self.now,
            )
            self._measured[lane.lineage] = asked or {}
        return next(iter(self._measured[lane.lineage].get(step, ())), None)


_UNSAID = "Nothing can be said: it needs a drawn feeling and ten answers."


def step_axes(
    row: JourneyMap, look: Look, *, names: Sequence[Name], sees_answers: bool, now: datetime
) -> StepAxes:
    """Read what the axes of a map need besides its numbers. Four queries.

    *names* are those of `names_of`, *sees_answers* is whether the reader may read single answers.
    """
    columns, lanes = columns_of(row, look), rows.lanes_of(row)
    found = Step.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    steps = {step.lineage: step for step in found}
    felt = [lane.lineage for lane in lanes if lane.kind == LaneKind.EMOTION]
    order = {pk: place for place, pk in enumerate(felt)}
    cards = sorted(rows.cards_of(row, felt), key=lambda card: order[card.lane])
    feelings: dict[tuple[UUID | None, UUID], CardRow] = {}
    for card in cards:
        feelings.setdefault((card.persona, card.step_from), card)
    cast = cast_in_order(names)
    personas: dict[str, tuple[UUID | None, str]] = {
        str(one.id): (one.id, f"Feeling of {one.title}") for one in cast
    }
    if not cast or any(persona is None for persona, _ in feelings):
        personas[NOBODY] = (None, "Feeling drawn")
    in_order = {step.lineage: steps[step.lineage] for step in columns.steps}
    return StepAxes(row, columns, in_order, lanes, personas, feelings, sees_answers, now)


def step_matrix(axes: StepAxes, look: Look, x: str, y: str) -> Scatter:
    """Lay out the steps that are looked at between the axes *x* and *y*."""
    (across, xs), (up, ys) = axes.axis(x), axes.axis(y)
    shown = [
        (number, step)
        for number, step in enumerate(axes.steps.values(), start=1)
        if step_fits(step, look, axes.columns, axes.now)
    ]
    spots = [
        _spot(axes.row, number, step, xs[step.lineage], ys[step.lineage]) for number, step in shown
    ]
    return scatter(across, up, spots, zones=rules.zones_of(x, y), noun="step")


def _at(value: MetricValue | None) -> At:
    if value is None:
        return At(None, words="Nothing is measured here.")
    interval = (value.low, value.high) if value.low is not None and value.high is not None else None
    return At(value.value, interval, value.words, value.is_hollow)


def _spot(row: JourneyMap, number: int, step: Step, x: At, y: At) -> Spot:
    page = reverse("journeys:map-page", args=[row.tenant.slug, row.pk])
    return Spot(
        key=str(step.lineage),
        label=f"{number}. {step.title}",
        x=x.value,
        y=y.value,
        href=f"{page}?of={step.lineage}",
        x_interval=x.interval,
        y_interval=y.interval,
        x_words=x.words,
        y_words=y.words,
        mark=str(number),
        is_hollow=x.is_hollow or y.is_hollow,
    )
