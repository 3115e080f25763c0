"""What is left of a person in raw text is found however it is spelled, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.customers.rules.traces import traces_of

if TYPE_CHECKING:
    from cxm.customers.rules.records import JSON

MAYA = traces_of(
    [
        ("email", "maya.lindt@example.com"),
        ("phone", "+491715552323"),
        ("external", "C-77001"),
        ("external", "42"),
    ],
    ["Maya Lindt", "I waited for an hour"],
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"userId": "C-77001"}', id="a-number-of-ours"),
        pytest.param("mail to MAYA.LINDT@example.com, please", id="another-case"),
        pytest.param(r'{"email": "maya.lindt\u0040example.com"}', id="an-escape-of-json"),
        pytest.param("call +49 171 555-2323", id="a-phone-in-groups"),
        pytest.param("0049 (171) 5552323", id="a-phone-with-zeros"),
        pytest.param("r1,C-77001,9", id="a-line-of-a-file"),
        pytest.param('{"userId":"42"}', id="a-short-one-quoted"),
        pytest.param('{"user_id": 42, "a": 1}', id="a-short-one-as-a-number"),
        pytest.param(" 42 ", id="a-short-one-alone"),
    ],
)
def test_a_trace_is_found(text: str) -> None:
    assert MAYA.are_in(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("amaya.lindt@example.com", id="an-address-that-ends-alike"),
        pytest.param("maya.lindt@example.community", id="an-address-that-begins-alike"),
        pytest.param("C-770011", id="a-longer-number"),
        pytest.param('{"total": 42}', id="a-price"),
        pytest.param('{"id": 420}', id="a-longer-short-one"),
        pytest.param("mayaXlindt@example.com", id="a-dot-is-a-dot"),
        pytest.param("14917155523234", id="a-phone-inside-a-longer-one"),
        pytest.param("Maya Lindt", id="what-was-said-is-no-identifier"),
    ],
)
def test_what_only_looks_alike_is_left(text: str) -> None:
    assert not MAYA.are_in(text)


def test_nobody_leaves_no_trace() -> None:
    assert not traces_of([("email", " ")]).are_in("anything at all")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(["r1", "C-77001", 9], ["", "", 9], id="a-row-goes-whole"),
        pytest.param(["r1", "C-1"], ["r1", "C-1"], id="a-row-of-others-stays"),
        pytest.param({"C-77001": 3, "a": 1}, {"[erased]": 3, "a": 1}, id="a-key"),
        pytest.param(
            {"rows": [{"cells": ["x", "C-77001"], "line": 2}]},
            {"rows": [{"cells": ["", ""], "line": 2}]},
            id="deep-inside",
        ),
        pytest.param(
            [["MAYA Lindt", 2], ["dear Maya Lindt", 1]],
            [["[erased]", 2], ["dear Maya Lindt", 1]],
            id="what-was-said-and-nothing-more",
        ),
        pytest.param(["I waited for…", 1], ["[erased]", 1], id="what-was-said-cut"),
        pytest.param("see C-77001", "[erased]", id="a-text"),
        pytest.param(7, 7, id="a-number"),
    ],
)
def test_traces_go_and_the_shape_stays(value: JSON, expected: JSON) -> None:
    assert MAYA.removed_from(value) == expected
