"""What a column of a file of events most likely means once somebody has said what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback.adapters import signs
from feedback.adapters.step_names import step_name, step_touchpoint, subject_of
from feedback.adapters.suggest_values import value_column, value_key
from feedback.forms.defaults import KINDS
from feedback.forms.event_choices import VALUES, WITH_STEPS, EventColumn, EventRole
from feedback.services.previewing import profile_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feedback.adapters.event_mapping import EventMapping


def with_event_role(column: Mapping[str, Any], role: EventRole, base: EventMapping) -> EventColumn:
    """Give *column* a new *role*, with the details that its head and values speak for.

    A further step comes behind those that *base* has.
    """
    name: str = column["name"]
    choice = EventColumn(name, role, is_new=True)
    if role == EventRole.CUSTOMER:
        choice.kind = KINDS.get(column["kind"], "external")
    if role in {EventRole.CUSTOMER, EventRole.COMPANY}:
        choice.namespace = signs.slug(subject_of(name) or name)
    elif role == EventRole.TIME:
        _add_step(choice, column, base)
    elif role in VALUES:
        value = value_column(profile_in(column), value_key(name))
        order = f"-{value.date_order}" if value.date_order else ""
        choice.key, choice.type = value.name, f"{value.type}{order}"
    return choice


def _add_step(choice: EventColumn, column: Mapping[str, Any], base: EventMapping) -> None:
    if column["kind"] in {"integer", "number"}:
        choice.time_as = "steps"
    if base.line in WITH_STEPS:
        choice.place = len(base.events) + 1
        subject = subject_of(base.row_id[0]) if base.row_id else ""
        choice.event = step_name(choice.name, subject)
        choice.touchpoint = step_touchpoint(choice.event)
