"""What people type into plain forms, as the types of fields read it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Asked, Deed, RefusedError
from cxm.kernel.operations.shapes import DocumentShape, ElementShape, FieldShape
from cxm.kernel.operations.state import Element, State
from cxm.kernel.operations.typed import Typed, as_meant, can_be_typed, read_typed

if TYPE_CHECKING:
    from cxm.kernel.operations.typed import Texts

ID = "01890a5d-ac96-774b-bcce-b302099a8057"


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Rank(IntEnum):
    LOW = 0
    HIGH = 1


class Trait(msgspec.Struct, forbid_unknown_fields=True):
    low: str
    value: Annotated[int, Meta(ge=0, le=100)] = 50


def _field(type_: Any, **more: Any) -> FieldShape:
    return FieldShape("it", type_, "It", **more)


@pytest.mark.parametrize(
    ("type_", "told", "meant"),
    [
        pytest.param(str, " as it is ", " as it is ", id="text"),
        pytest.param(str, "", "", id="empty text"),
        pytest.param(str, "7", "7", id="text of digits"),
        pytest.param(int, " -2 ", -2, id="whole number"),
        pytest.param(int, "3.0", 3, id="whole number with a point"),
        pytest.param(int | None, " ", None, id="no number"),
        pytest.param(float, "0.25", 0.25, id="number"),
        pytest.param(float, ".5", 0.5, id="number that begins with a point"),
        pytest.param(float, "1e-3", 0.001, id="number as sliders send it"),
        pytest.param(float | None, "", None, id="no share"),
        pytest.param(bool, "on", True, id="ticked"),
        pytest.param(bool, "True", True, id="yes as Python writes it"),
        pytest.param(bool, "false", False, id="no"),
        pytest.param(bool, "", False, id="not ticked"),
        pytest.param(date, "2026-11-30", "2026-11-30", id="day"),
        pytest.param(date | None, "", None, id="no day"),
        pytest.param(datetime, "2026-11-30T09:30Z", "2026-11-30T09:30:00+00:00", id="moment"),
        pytest.param(timedelta | None, "p3d", "P3D", id="duration"),
        pytest.param(timedelta | None, "PT36H", "P1DT43200S", id="duration of hours"),
        pytest.param(timedelta, " 1 Day  4 hours", "P1DT14400S", id="duration in words"),
        pytest.param(timedelta, "2.5 hours", "PT9000S", id="duration in a part of hours"),
        pytest.param(timedelta | None, "", None, id="no duration"),
        pytest.param(UUID, ID.upper(), ID, id="id"),
        pytest.param(UUID | None, "", None, id="nobody"),
        pytest.param(Size, "large", "large", id="choice"),
        pytest.param(Rank, "1", 1, id="choice by number"),
        pytest.param(Literal["cover", "contain"], "cover", "cover", id="one of two"),
        pytest.param(list[str], "Near\n\n Far \n", ["Near", "Far"], id="a line each"),
        pytest.param(list[str], {"1": "Far", "0": "Near", "2": ""}, ["Near", "Far"], id="items"),
        pytest.param(list[int], {"10": "2", "9": "1"}, [1, 2], id="items in the order of numbers"),
        pytest.param(dict[str, Any], '{"unit": "days"}', {"unit": "days"}, id="object as JSON"),
        pytest.param(dict[str, Any], "", {}, id="empty object"),
        pytest.param(dict[str, Any], {"unit": "7"}, {"unit": "7"}, id="object by parts"),
        pytest.param(dict[str, int], {"days": "7"}, {"days": 7}, id="object of numbers"),
        pytest.param(Trait, {"low": "1", "value": "80"}, {"low": "1", "value": 80}, id="structure"),
        pytest.param(
            list[Trait],
            {"0": {"low": "Calm", "value": "8"}, "1": {"low": "", "value": "50"}},
            [{"low": "Calm", "value": 8}],
            id="a slider alone is no item",
        ),
        pytest.param(int, {"a": {"0": "x"}}, {"a": ["x"]}, id="parts of what has none"),
        pytest.param(Trait, {"depth": "7"}, {"depth": "7"}, id="part that there is not"),
    ],
)
def test_a_text_is_read_as_the_type_says(type_: Any, told: Texts, meant: Any) -> None:
    assert read_typed(_field(type_), told) == meant


@pytest.mark.parametrize(
    ("type_", "told", "words"),
    [
        (int, "", "It: write a whole number."),
        (int, "1.5", "It: write a whole number."),
        (int, "1" * 5_000, "It: write a whole number."),
        (int | None, "٣", "It: write a whole number."),
        (float, "nan", "It: write a number, such as 2.5."),
        (float, "1e999", "It: write a number, such as 2.5."),
        (float, "1_0", "It: write a number, such as 2.5."),
        (bool, "perhaps", "It: choose yes or no."),
        (date | None, "30.11.2026", "It: write a date, such as 2026-11-30."),
        (datetime, "now", "It: write a moment with its offset, such as 2026-11-30T09:30:00Z."),
        (
            timedelta | None,
            "three days",
            "It: write a duration, such as 3 days or 2 hours 30 minutes.",
        ),
        (timedelta, "1 day" * 9, "It: write a duration, such as 3 days or 2 hours 30 minutes."),
        (UUID | None, "somebody", "It: choose one of the list."),
        (Size, "huge", "It: choose one of small, large."),
        (dict[str, Any], "[1]", 'It: write an object in JSON, such as {"unit": "days"}.'),
        (dict[str, Any], "{" * 100_000, 'It: write an object in JSON, such as {"unit": "days"}.'),
        (list[int], "1\nx", "It (at 1): write a whole number."),
        (list[Trait], {"0": {"low": "a", "value": "b"}}, "It (at 0.value): write a whole number."),
    ],
)
def test_a_text_of_another_type_is_refused_with_the_label(
    type_: Any, told: Texts, words: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        read_typed(_field(type_), told)

    assert (str(refused.value), refused.value.field) == (words, "it")


def test_parts_of_an_object_have_the_types_that_are_named() -> None:
    content = _field(dict[str, Any], parts={"traits": list[Trait], "text": str})
    told: Texts = {"traits": {"0": {"low": "Calm", "value": "80"}}, "text": "7", "more": "8"}

    assert read_typed(content, told) == {
        "traits": [{"low": "Calm", "value": 80}],
        "text": "7",
        "more": "8",
    }


@pytest.mark.parametrize(
    ("type_", "is_known"),
    [
        (Annotated[int, Meta(ge=1)] | None, True),
        (list[Trait], True),
        (dict[str, Size], True),
        (bytes, False),
        (int | str, False),
        (list[bytes], False),
        (dict[str, bytes], False),
    ],
)
def test_types_that_nothing_reads_are_told(type_: Any, is_known: bool) -> None:
    assert can_be_typed(type_) is is_known


SHAPE = DocumentShape(
    "plan",
    {
        "plan": ElementShape("plan", "plan", (FieldShape("colour", str, "Colour"),)),
        "line": ElementShape(
            "line", "line", (FieldShape("colour", int, "Colour"),), parents=("plan",)
        ),
    },
)


def _asked(op: Deed, lineage: UUID, **more: Any) -> Asked:
    return Asked(id=new_id(), batch=new_id(), op=op, lineage=lineage, **more)


def test_one_name_means_another_type_in_another_kind() -> None:
    plan, line, new = new_id(), new_id(), new_id()
    state = State(
        [Element(plan, "plan", {"colour": ""}), Element(line, "line", {"colour": 1}, plan)]
    )
    made = {"values": {"colour": Typed("4")}, "parent": str(plan)}
    asked = [
        _asked(Deed.CREATE, new, kind="line", value=made),
        *(_asked(Deed.SET, pk, field="colour", value=Typed("5")) for pk in (plan, line, new)),
        _asked(Deed.SET, line, field="colour", value=6),
    ]

    found = as_meant(asked, SHAPE, state)

    assert [one.value for one in found] == [
        {"values": {"colour": 4}, "parent": str(plan)},
        "5",
        5,
        5,
        6,
    ]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"op": Deed.CREATE, "kind": "line", "value": {"values": {"size": Typed("1")}}}, "size"),
        ({"op": Deed.CREATE, "kind": "dot", "value": {"values": {"colour": Typed("1")}}}, "kind"),
    ],
)
def test_fields_and_kinds_that_there_are_not_are_refused(more: dict[str, Any], field: str) -> None:
    with pytest.raises(RefusedError) as refused:
        as_meant([_asked(lineage=new_id(), **more)], SHAPE, State())

    assert refused.value.field == field
