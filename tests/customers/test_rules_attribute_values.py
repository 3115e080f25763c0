"""Values of attributes: whether they fit a type, what they are likely to be, how they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.customers.rules.attribute_values import fits, likely_type, value_words

if TYPE_CHECKING:
    from cxm.customers.rules.records import JSON

TYPES = ["unmapped", "text", "choice", "number", "date", "bool"]


@pytest.mark.parametrize(
    ("value", "fitting"),
    [
        (None, {*TYPES}),
        ("pro", {"unmapped", "text", "choice"}),
        ("", {"unmapped", "text", "choice"}),
        (12, {"unmapped", "text", "choice", "number"}),
        (1.5, {"unmapped", "text", "choice", "number"}),
        ("-12.50", {"unmapped", "text", "choice", "number"}),
        ("12,5", {"unmapped", "text", "choice"}),
        ("1e5", {"unmapped", "text", "choice"}),
        ("9" * 5000, {"unmapped", "text", "choice"}),
        (True, {"unmapped", "text", "choice", "bool"}),
        ("Yes", {"unmapped", "text", "choice", "bool"}),
        ("2026-11-20", {"unmapped", "text", "choice", "date"}),
        ("2026-11-20T12:00:00Z", {"unmapped", "text", "choice", "date"}),
        ("20.11.2026", {"unmapped", "text", "choice"}),
        (["a", "b"], {"unmapped"}),
        ({"a": 1}, {"unmapped"}),
    ],
)
def test_a_value_fits_a_type(value: JSON, fitting: set[str]) -> None:
    assert {kind for kind in TYPES if fits(kind, value)} == fitting


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([True, False, None], "bool"),
        (["yes", "no"], "bool"),
        ([1, "2", 3.5], "number"),
        (["2026-11-20", "2026-11-21T08:00:00+00:00"], "date"),
        (["pro", "free", "pro", "free"], "choice"),
        (["pro", "free", "team"], "text"),
        ([1, "many"], "text"),
        ([["a"], ["a"]], "text"),
        ([None], "text"),
        ([], "text"),
    ],
)
def test_the_type_is_guessed_from_values(values: list[JSON], kind: str) -> None:
    assert likely_type(values) == kind


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        (True, "Yes"),
        (False, "No"),
        (0, "0"),
        ("pro", "pro"),
        (["a", 1, None], "a, 1, –"),
        ({"city": "Köln"}, '{"city": "Köln"}'),
        ([{"a": 1}], '[{"a": 1}]'),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_a_value_is_written_for_people(value: JSON, words: str) -> None:
    assert value_words(value) == words
