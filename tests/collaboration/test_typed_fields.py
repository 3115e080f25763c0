"""Every field of every document can be changed through a plain form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import inspect

from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.typed import can_be_typed, read_typed
from journeys.rules.shapes import JOURNEY
from journeys.rules.shapes import MAP as JOURNEY_MAP
from personas.rules.shapes import PERSONA, STAKEHOLDER_MAP

if TYPE_CHECKING:
    from cxm.kernel.operations.shapes import DocumentShape, FieldShape

SHAPES: dict[str, DocumentShape] = {
    "persona": PERSONA,
    "stakeholder map": STAKEHOLDER_MAP,
    "journey": JOURNEY,
    "journey map": JOURNEY_MAP,
}
FIELDS = {
    f"{name}: {element.kind}.{field.name}": field
    for name, shape in SHAPES.items()
    for element in shape.elements.values()
    for field in element.fields
}
ID = "01890a5d-ac96-774b-bcce-b302099a8057"
# By type: what is typed, what is kept of it, and what is not of that type.
# Keys of somebody's own, where not all that is JSON is taken.
OWN_KEYS = '{"x-a": {"b": 1}}', {"x-a": {"b": 1}}, ""
EXAMPLES: dict[type[inspect.Type], tuple[str, Any, str]] = {
    inspect.BoolType: ("on", True, "perhaps"),
    inspect.DateTimeType: ("2026-11-30T09:30:00Z", "2026-11-30T09:30:00Z", "today"),
    inspect.DateType: ("2026-11-30", "2026-11-30", "30.11.2026"),
    inspect.DictType: ('{"a": {"b": 1}}', {"a": {"b": 1}}, "a: b"),
    inspect.TimeDeltaType: ("P3D", "P3D", "three days"),
    inspect.UUIDType: (ID, ID, "somebody"),
}


def _without_none(field: FieldShape) -> tuple[Any, bool]:
    kind = inspect.type_info(field.type)
    if isinstance(kind, inspect.UnionType):
        return next(o for o in kind.types if not isinstance(o, inspect.NoneType)), True
    return kind, False


def _example(kind: Any) -> tuple[str, Any, str]:
    """Give a text that fits *kind* with its limits, what it means, and one that fits no such."""
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        least = 1 if kind.ge is None else kind.ge
        return str(least), least, "some"
    if isinstance(kind, inspect.EnumType):
        first: Any = next(iter(kind.cls))
        return str(first.value), first.value, "none of them"
    return EXAMPLES[type(kind)]


def test_there_is_no_field_that_plain_forms_cannot_change() -> None:
    unknown = [name for name, field in FIELDS.items() if not can_be_typed(field.type)]
    inside = [
        f"{name}.{part}"
        for name, field in FIELDS.items()
        for part, type_ in field.parts.items()
        if not can_be_typed(type_)
    ]

    assert (unknown, inside) == ([], [])


def _is_plain(field: FieldShape) -> bool:
    plain = inspect.StrType | inspect.ListType | inspect.StructType
    return not isinstance(_without_none(field)[0], plain)


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if _is_plain(field)])
def test_what_is_typed_is_kept_as_the_type_of_the_field(name: str) -> None:
    field = FIELDS[name]
    kind, may_be_none = _without_none(field)
    told, kept, _ = OWN_KEYS if field.name == "extra" else _example(kind)

    assert field.kept(read_typed(field, told)) == kept
    if may_be_none:
        assert field.kept(read_typed(field, "")) is None


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if _is_plain(field)])
def test_what_is_not_of_the_type_is_refused_by_the_label(name: str) -> None:
    field = FIELDS[name]
    _, _, wrong = _example(_without_none(field)[0])

    with pytest.raises(RefusedError, match=f"^{re.escape(field.label)}: "):
        read_typed(field, wrong)


@pytest.mark.parametrize(
    ("name", "told", "kept"),
    [
        pytest.param(
            "persona: persona.avatar",
            {"face": "3", "hair": "2", "skin": "1", "alt": "7", "is_decorative": "on"},
            {"face": 3, "hair": 2, "skin": 1, "alt": "7", "is_decorative": True},
            id="a picture",
        ),
        pytest.param(
            "persona: section.content",
            {"traits": {"0": {"low": "Calm", "high": "Restless", "value": "80"}}},
            {"traits": [{"low": "Calm", "high": "Restless", "value": 80}]},
            id="traits",
        ),
        pytest.param(
            "persona: section.content",
            {"links": {"0": {"title": "1", "url": "https://a.example"}, "1": {"title": ""}}},
            {"links": [{"title": "1", "url": "https://a.example"}]},
            id="links",
        ),
        pytest.param("stakeholder map: map.rings", "Near\nFar", ["Near", "Far"], id="rings"),
    ],
)
def test_fields_of_parts_are_kept_as_their_parts_say(name: str, told: Any, kept: Any) -> None:
    assert FIELDS[name].kept(read_typed(FIELDS[name], told)) == kept


def test_texts_stay_as_they_are() -> None:
    texts = [f for f in FIELDS.values() if isinstance(_without_none(f)[0], inspect.StrType)]

    assert texts
    assert {read_typed(field, " 7 ") for field in texts} == {" 7 "}
