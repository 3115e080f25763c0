"""Models of scores as items of a file, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.kernel.cxmap.shapes import Choice, Field, Flag, Item, Many, Number, Text, keyed
from journeys.rules.formulas import LONGEST
from journeys.rules.library import ScoreSubject
from journeys.rules.scoring import (
    LONGEST_KEY,
    LONGEST_LABEL,
    MOST_FORMULAS,
    MOST_INPUTS,
    Expression,
    Input,
    Scoring,
    Source,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_BOUND = Number(-1e12, 1e12)
_SCORE_KEY = Text(LONGEST_KEY, 1)
_SCORE_NAMES = (
    Field("key", _SCORE_KEY, is_needed=True),
    Field("label", Text(LONGEST_LABEL, 1), is_needed=True),
)
SCORE_MODEL_ITEM = keyed(
    Field("title", Text(120, 1), is_needed=True),
    Field("subject", Choice(tuple(one.value for one in ScoreSubject)), is_needed=True),
    Field(
        "inputs",
        Many(
            Item(
                (
                    *_SCORE_NAMES,
                    Field("min", _BOUND),
                    Field("max", _BOUND),
                    Field("auto", Choice(tuple(one.value for one in Source)), default=""),
                    Field("is_cost", Flag(), default=False),
                )
            ),
            MOST_INPUTS,
            least=1,
        ),
        is_needed=True,
    ),
    Field(
        "formulas",
        Many(
            Item((*_SCORE_NAMES, Field("expr", Text(LONGEST, 1), is_needed=True))),
            MOST_FORMULAS,
            least=1,
        ),
        is_needed=True,
    ),
    Field("x", _SCORE_KEY, is_needed=True),
    Field("y", _SCORE_KEY, is_needed=True),
    Field("size", Text(LONGEST_KEY), default=""),
)


def scoring_in(item: Mapping[str, Any]) -> Scoring:
    """Read inputs and formulas of an *item* that fits its shape, without checking formulas."""
    return Scoring(
        tuple(
            Input(
                one["key"],
                one["label"],
                _number(one.get("min")),
                _number(one.get("max")),
                one.get("auto", ""),
                is_cost=one.get("is_cost", False),
            )
            for one in item["inputs"]
        ),
        tuple(Expression(one["key"], one["label"], one["expr"]) for one in item["formulas"]),
    )


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
