"""The fields of an element of a map, as controls that save themselves or as facts to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

import msgspec

from cxm.kernel.operations.typed import read_duration
from cxm.tenants.models import Membership
from cxm.touchpoints.models import Channel
from journeys.models import Goal, Insight, Opportunity, Solution
from journeys.rules.durations import duration_words
from journeys.rules.fields import OWN
from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import RULES
from journeys.rules.look import Look
from journeys.rules.shapes import COLOUR_WORDS, GRADES, ZONES
from journeys.rules.shapes import MAP as SHAPE
from journeys.rules.tags import tags_written
from journeys.selectors.grid_columns import columns_of
from journeys.selectors.tagged import tags_offered
from personas.models import Persona

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cxm.kernel.operations.shapes import FieldShape
    from journeys.models import JourneyMap
    from journeys.selectors.map_elements import MapElement

type Choices = list[tuple[str, str]]
# A line is a text so short that it needs no more room.
LONGEST_LINE = 200
MOST_OFFERED = 300
_NUMBERS = {
    "importance_customer": ("1", "5", "1"),
    "importance_org": ("1", "5", "1"),
    "planned_share": ("0", "1", "0.01"),
    "colour": ("1", "8", "1"),
    "dash": ("1", "4", "1"),
}
_TAGS = "refund, legal"
_HINTS = {"expected_duration": "3 days, or 2 hours 30 minutes", "url": "https://…"}
# What the panel leaves to other places: files are added there, settings have a form of their own.
_ELSEWHERE = frozenset({"asset", "config", "touchpoint", "stakeholder", "journey", "kind", OWN})


@dataclass(frozen=True, slots=True)
class Control:
    """One field to edit: *control* is line, text, choice, number or tags.

    Of tags *choices* are those that others have, to be offered.
    """

    name: str
    label: str
    control: str
    value: Any
    column: str
    choices: Choices = ()  # type: ignore[assignment]
    hint: str = ""
    most: int = 0
    bounds: tuple[str, str, str] = ("", "", "")


class Offers:
    """What can be chosen on a map; each list is read once, and only where it is asked for."""

    def __init__(self, row: JourneyMap) -> None:
        self._row = row
        self._kept: dict[str, Choices] = {}

    def of(self, name: str) -> Choices:
        """List what a reference to *name*, such as "member" or "step", can be; none if unknown."""
        if name not in self._kept:
            self._kept[name] = _REFERRED[name](self._row) if name in _REFERRED else []
        return self._kept[name]


def fields_of(
    row: JourneyMap,
    element: MapElement,
    offers: Offers | None = None,
    *,
    is_own_only: bool = False,
) -> list[Control]:
    """List the fields of an element that can be edited, in the order of its shape.

    With the same *offers* for many elements, what can be chosen is read once. With *is_own_only*
    fields are left out that offer what lies beyond the map: people, personas, the library.
    """
    offers = offers or Offers(row)
    fields = [one for one in _shown(element) if not (is_own_only and one.refers_to)]
    return [_control(offers, element, field) for field in fields]


def facts_of(row: JourneyMap, element: MapElement) -> list[tuple[str, str]]:
    """List what an element says, as pairs of label and words, without what is empty."""
    found, offers = [], Offers(row)
    for field in _shown(element):
        control = _control(offers, element, field)
        told = dict(control.choices).get(str(control.value), control.value)
        if isinstance(getattr(element.row, control.column), timedelta):
            told = duration_words(getattr(element.row, control.column))
        if told not in {None, "", "None", "No", "Nobody"}:
            found.append((field.label, str(told)))
    return found


def _shown(element: MapElement) -> list[FieldShape]:
    fields = [f for f in SHAPE.element(element.kind).fields if f.name not in _ELSEWHERE]
    if element.kind == "flow":
        return [field for field in SHAPE.element("flow").fields if field.name != OWN]
    if element.kind != "card" or element.lane_kind is None:
        return fields
    wanted = {*RULES[element.lane_kind].fields, "step_from", "step_to", "tags"}
    if element.lane_kind is LaneKind.EMOTION:
        wanted -= {"step_to"}
    return [field for field in fields if field.name in wanted]


def _control(offers: Offers, element: MapElement, field: FieldShape) -> Control:
    column = f"{field.name}_id" if hasattr(element.row, f"{field.name}_id") else field.name
    value = getattr(element.row, column)
    if field.name == "tags":
        offered = offers.of("tag")
        return Control("tags", field.label, "tags", tags_written(value), column, offered, _TAGS)
    plain = _lasting(value) if isinstance(value, timedelta) else value
    if choices := _choices(offers, element, field):
        told = str(value).lower() if isinstance(value, bool) else value
        return Control(field.name, field.label, "choice", told, column, choices)
    if bounds := _bounds(element, field):
        return Control(field.name, field.label, "number", value, column, bounds=bounds)
    most = _longest(field)
    kind = "text" if field.is_text and most > LONGEST_LINE else "line"
    return Control(
        field.name, field.label, kind, plain, column, hint=_HINTS.get(field.name, ""), most=most
    )


def _lasting(value: timedelta) -> str:
    """Write a duration in words where these say all of it, else by ISO 8601."""
    words = duration_words(value)
    if value and read_duration(words) == value:
        return words
    told: str = msgspec.to_builtins(value)
    return told


def _bounds(element: MapElement, field: FieldShape) -> tuple[str, str, str] | None:
    if field.name != "value":
        return _NUMBERS.get(field.name)
    if element.lane_kind is LaneKind.EMOTION:
        return "-2", "2", "0.1"
    config = element.within.config
    return str(config.get("min", 1)), str(config.get("max", 5)), str(config.get("step", 1))


def _longest(field: FieldShape) -> int:
    told = next((m for m in getattr(field.type, "__metadata__", ()) if m.max_length), None)
    return told.max_length if told else 0


def _choices(offers: Offers, element: MapElement, field: FieldShape) -> Choices:
    if field.refers_to:
        return offers.of(field.refers_to)
    if field.name in _STEPS:
        return offers.of("step")
    if field.name in _WORDS and element.kind != "cast":
        return _WORDS[field.name]
    if field.type is bool:
        return [("false", "No"), ("true", "Yes")]
    is_named = isinstance(field.type, type) and issubclass(field.type, Enum)
    return [(one.value, one.words) for one in field.type] if is_named else []


_STEPS = frozenset({"step_from", "step_to", "from_step", "to_step"})
_WORDS: dict[str, Choices] = {
    "zone": [(one, one.capitalize() or "None") for one in ZONES],
    "grade_override": [(one, one.capitalize() or "By its evidence") for one in GRADES],
    "colour": list(COLOUR_WORDS.items()),
}


def _offered(rows: Iterable[Any], none: str, words: Callable[[Any], str] = str) -> Choices:
    return [("", none), *((str(row.pk), words(row)) for row in rows)]


def _people(row: JourneyMap) -> Choices:
    rows = Membership.objects.for_tenant(row.tenant_id).filter(is_active=True)
    shown = rows.select_related("user").order_by("user__email")[:MOST_OFFERED]
    return _offered(shown, "Nobody", lambda one: one.user.get_full_name())


def _steps(row: JourneyMap) -> Choices:
    steps = columns_of(row, Look()).steps
    return [(str(s.lineage), f"{n}. {s.title}") for n, s in enumerate(steps, start=1)]


def _listed(model: Any, order: str, none: str) -> Callable[[JourneyMap], Choices]:
    def offered(row: JourneyMap) -> Choices:
        rows = model.objects.for_tenant(row.tenant_id).filter(archived_at=None)
        return _offered(rows.order_by(order, "pk")[:MOST_OFFERED], none)

    return offered


def _tags(row: JourneyMap) -> Choices:
    return [(tag, tag) for tag in tags_offered(row)]


_REFERRED: dict[str, Callable[[JourneyMap], Choices]] = {
    "member": _people,
    "step": _steps,
    "tag": _tags,
    "persona": _listed(Persona, "name", "Everybody"),
    "channel": _listed(Channel, "title", "None"),
    "insight": _listed(Insight, "title", "None"),
    "opportunity": _listed(Opportunity, "title", "None"),
    "solution": _listed(Solution, "title", "None"),
    "goal": _listed(Goal, "title", "None"),
}
