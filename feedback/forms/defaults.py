"""What a column most likely means once somebody has said what it is; and columns of one kind."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from feedback.adapters import signs
from feedback.forms.choices import ColumnChoice, Role, strange_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from feedback.adapters.scales import MetricScale

COVERS = 0.8  # of the rows: a code or two beside a scale is usual
_USUAL = ("csat_5", "nps", "ces_2", "csat_3", "csat_2", "nps_1_10")
_WHOLE = re.compile(r"[0-9]{1,3}(?:[.,]0+)?")
KINDS = {"email": "email", "phone": "phone"}
_MOST_ALIKE = 12


def with_role(
    column: Mapping[str, Any], role: Role, scales: Mapping[str, MetricScale]
) -> ColumnChoice:
    """Give *column* a new *role*, with the details that its values speak for."""
    choice = ColumnChoice(column["name"], role, is_new=True)
    if role == Role.SCORE:
        choice.metric = likely_metric(dict(column["values"]), scales)
        choice.touchpoint = signs.readable(column["title"])
        scale = scales.get(choice.metric)
        choice.values = dict.fromkeys(strange_values(dict(column["values"]), scale, {}), "")
    elif role == Role.CUSTOMER:
        choice.kind = KINDS.get(column["kind"], "external")
    elif role == Role.TIME and column["kind"] in {"integer", "number"}:
        choice.time_as = "steps"
    return choice


def likely_metric(values: Mapping[str, int], scales: Mapping[str, MetricScale]) -> str:
    """Choose the metric on whose scale most of *values* are; "" when none comes near."""
    whole = {text: n for text, n in values.items() if _WHOLE.fullmatch(text)}
    total = sum(values.values())
    for key in _USUAL:
        scale = scales.get(key)
        if scale is None or not whole:
            continue
        numbers = {int(re.split("[.,]", text)[0]): n for text, n in whole.items()}
        on_scale = sum(n for number, n in numbers.items() if scale.holds(number))
        if on_scale >= COVERS * total:
            return key
    return ""


def columns_alike(columns: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """Group columns that were most likely asked in one way; give each column's group by number.

    Alike are columns whose names share a beginning such as Q7, and columns with the same few
    values. A column on its own has itself for a group.
    """
    groups: dict[object, list[int]] = defaultdict(list)
    for number, column in enumerate(columns):
        groups[_sort_of(number, column)].append(number)
    return [groups[_sort_of(number, column)] for number, column in enumerate(columns)]


def treated_like(
    model: ColumnChoice,
    choices: Sequence[ColumnChoice],
    columns: Sequence[Mapping[str, Any]],
    scales: Mapping[str, MetricScale],
) -> list[ColumnChoice]:
    """Decide about every column alike as about *model*; touchpoints keep names of their own."""
    place = next(number for number, choice in enumerate(choices) if choice.name == model.name)
    group = set(columns_alike(columns)[place])
    return [
        _like(model, choice, columns[number], scales) if number in group else choice
        for number, choice in enumerate(choices)
    ]


def _like(
    model: ColumnChoice,
    choice: ColumnChoice,
    column: Mapping[str, Any],
    scales: Mapping[str, MetricScale],
) -> ColumnChoice:
    if choice.name == model.name:
        return choice
    own = choice.touchpoint or signs.readable(column["title"])
    values = dict(column["values"])
    declared = {text: meaning for text, meaning in model.values.items() if text in values}
    strange = strange_values(values, scales.get(model.metric), declared)
    return replace(
        model,
        name=choice.name,
        is_id=choice.is_id,
        touchpoint=own if model.touchpoint else "",
        values={text: declared.get(text, "") for text in strange},
    )


def _sort_of(number: int, column: Mapping[str, Any]) -> object:
    if match := signs.FAMILY.match(column["name"]):
        return match[1]
    texts = frozenset(text for text, _ in column["values"])
    if column["is_capped"] or not 2 <= len(texts) <= _MOST_ALIKE:  # noqa: PLR2004 one value says nothing
        return number
    return column["kind"], texts
