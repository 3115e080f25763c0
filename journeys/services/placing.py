"""Putting a step of a map elsewhere between two axes: its importance, and what somebody feels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Asked, Deed, RefusedError, UnknownElementError
from journeys.rules.step_matrix import IMPORTANCE_FIELDS, AxisSort, sort_of
from journeys.services.editing import change_map

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cxm.kernel.operations.documents import Request
    from journeys.selectors.step_matrix import StepAxes


def place_step(
    *, request: Request, axes: StepAxes, step: UUID, values: Mapping[str, float]
) -> None:
    """Set what the axes say of a step, by their keys, as one batch; what stays is left alone.

    A feeling that is not drawn yet becomes a card in the first lane of feelings that is open and
    fits. Raises RefusedError for a value that the axis does not take, UnknownElementError for a
    step or an axis that the map does not have, and what `change_map` raises.
    """
    if step not in axes.steps or not set(values) <= set(dict(axes.choices)):
        raise UnknownElementError
    batch = new_id()
    asked: list[Asked] = []
    for key, value in values.items():
        axis, now = axes.axis(key)
        if axis.fixed:
            raise RefusedError(f"{axis.label}: {axis.fixed}", field="value")
        if not axis.takes(value):
            raise RefusedError(axis.limits, field="value")
        if now[step].value != value:
            asked.append(_one(axes, step, key, value, batch))
    if asked:
        change_map(request, asked)


def _one(axes: StepAxes, step: UUID, key: str, value: float, batch: UUID) -> Asked:
    if sort_of(key) is AxisSort.IMPORTANCE:
        return Asked(
            id=new_id(),
            batch=batch,
            op=Deed.SET,
            lineage=step,
            field=IMPORTANCE_FIELDS[key],
            value=round(value),
        )
    persona = axes.persona(key)
    card, tenths = axes.feelings.get((persona, step)), round(value, 1)
    if card is not None:
        return Asked(
            id=new_id(),
            batch=batch,
            op=Deed.SET,
            lineage=card.lineage,
            field="value",
            value=tenths,
        )
    lane = axes.lane_of(persona, step)
    if lane is None:
        message = "No lane of feelings is open for this persona: add one on the map."
        raise RefusedError(message, field="value")
    told = {
        "step_from": str(step),
        "step_to": str(step),
        "value": tenths,
        "persona": str(persona) if persona else None,
    }
    made = {"values": told, "parent": str(lane.lineage)}
    return Asked(
        id=new_id(), batch=batch, op=Deed.CREATE, lineage=new_id(), kind="card", value=made
    )
