"""The test "rated" of segments: what people answered about a metric, perhaps at a touchpoint."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cxm.customers.rules.segment_fields import (
    FieldSpec,
    compare_fields,
    named,
    window_fields,
    window_said,
    window_values,
)
from cxm.customers.rules.segment_rule import Op, Window, number_json, window_json
from cxm.customers.rules.segment_words import COMPARED, number_words, window_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.customers.rules.segment_fields import Choices
    from cxm.customers.rules.segment_reading import Said

KEY = "rated"
HOWS = {
    "last": "the last answer is",
    "mean": "the mean of the answers is",
    "worst": "the worst answer is",
    "never": "no answer ever was",
}


@dataclass(frozen=True, slots=True)
class Rated:
    """The last, mean or worst answer to *metric* compares so, or no answer ever does.

    Who never answered has no last, mean or worst answer, and has never given any.
    """

    metric: str
    how: str
    op: Op
    value: Decimal
    touchpoint: str = ""
    window: Window | None = None


def read(said: Said) -> Rated:
    """Read `{"rated": metric, "at": touchpoint, "last": {"op", "value"}, "in": window}`."""
    said.only(KEY, "at", *HOWS, "in")
    metric = said.text(KEY, longest=60)
    if not metric:
        said.fault(KEY, "Name a metric by its key.")
    hows = [how for how in HOWS if how in said.members]
    if len(hows) != 1:
        said.fault("", f"Use exactly one of {', '.join(HOWS)}.")
    how = hows[0] if hows else "last"
    compared = said.inside(how)
    compared.only("op", "value")
    return Rated(
        metric,
        how,
        compared.op("op"),
        compared.number("value"),
        said.text("at", longest=60),
        said.window(),
    )


def write(test: Rated) -> dict[str, Any]:
    """Write the test as JSON has it."""
    at = {"at": test.touchpoint} if test.touchpoint else {}
    compared = {test.how: {"op": test.op.value, "value": number_json(test.value)}}
    return {KEY: test.metric} | at | compared | window_json(test.window)


def words(test: Rated, titles: Mapping[str, Mapping[str, str]]) -> str:
    """Say the test so that "Customers" can stand before it."""
    metric = titles.get("metric", {}).get(test.metric) or test.metric
    at = ""
    if test.touchpoint:
        at = f" at {titles.get('touchpoint', {}).get(test.touchpoint) or test.touchpoint}"
    when = window_words(test.window)
    compared = f"{COMPARED[test.op]} {number_words(test.value)}{f' {when}' if when else ''}"
    if test.how == "never":
        return f"who never rated {metric}{at} {compared}"
    return f"whose {test.how} {metric}{at} is {compared}"


def names(test: Rated) -> list[tuple[str, str, str]]:
    """List what the test names: member of the JSON, registry, key."""
    found = [(KEY, "metric", test.metric)]
    return [*found, ("at", "touchpoint", test.touchpoint)] if test.touchpoint else found


def fields(choices: Choices, values: Mapping[str, str]) -> list[FieldSpec]:
    """List the fields that ask for the test in the builder."""
    return [
        FieldSpec("metric", "Metric", "select", named(choices, "metric")),
        FieldSpec(
            "touchpoint", "Touchpoint", "select", named(choices, "touchpoint", empty="Anywhere")
        ),
        FieldSpec("how", "Which", "select", tuple(HOWS.items())),
        *compare_fields(label="Score"),
        *window_fields(values),
    ]


def said(values: Mapping[str, str]) -> dict[str, Any]:
    """Write what the fields hold as JSON has it, right or wrong."""
    at = {"at": values["touchpoint"]} if values.get("touchpoint") else {}
    compared = {"op": values.get("op") or Op.IS.value, "value": values.get("value", "").strip()}
    how = values.get("how") or "last"
    return {KEY: values.get("metric", "")} | at | {how: compared} | window_said(values)


def values_of(test: Mapping[str, Any]) -> dict[str, str]:
    """Give what the fields hold for a test as JSON has it."""
    how = next(how for how in HOWS if how in test)
    return {
        "metric": test[KEY],
        "touchpoint": test.get("at", ""),
        "how": how,
        "op": test[how]["op"],
        "value": str(test[how]["value"]),
        **window_values(test),
    }
