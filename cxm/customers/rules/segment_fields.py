"""What the builder asks for each kind of test: fields, and how they become JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cxm.customers.rules.segment_kinds import added_kinds
from cxm.customers.rules.segment_reading import MOST_WHERE
from cxm.customers.rules.segment_rule import NEGATIVE, Op
from cxm.customers.rules.segment_words import COMPARED, KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

type Options = tuple[tuple[str, str], ...]
type Values = Mapping[str, str]

OWN_KINDS = {
    "attr": "An attribute",
    "did": "Something that happened",
    "sum": "Amounts added up",
    "in": "Another segment",
}
ATTRIBUTE_OPS = {
    Op.IS: "is",
    Op.IS_NOT: "is not",
    Op.IN: "is one of",
    Op.NOT_IN: "is none of",
    Op.CONTAINS: "contains",
    Op.STARTS: "starts with",
    Op.LESS: "is less than",
    Op.AT_MOST: "is at most",
    Op.MORE: "is more than",
    Op.AT_LEAST: "is at least",
    Op.WITHIN: "lies in the last days",
    Op.BEFORE: "is before",
    Op.AFTER: "is after",
    Op.EXISTS: "is known",
}
_NOT_KNOWN = "unknown"
_WITHOUT = (("", "Leave out who has no value"), ("1", "Take in who has no value"))
_WINDOWS = (("", "ever"), ("days", "in the last days"), ("dates", "between two days"))
# What is meant most often stands first, and so is chosen where nobody chooses.
_COMPARED = tuple(
    (op.value, COMPARED[op]) for op in sorted(COMPARED, key=lambda op: op is not Op.AT_LEAST)
)
_NUMBERS = frozenset({Op.LESS, Op.AT_MOST, Op.MORE, Op.AT_LEAST})
_DATES = frozenset({Op.BEFORE, Op.AFTER})


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be named: pairs of key and title by registry, and the names of events.

    *with_properties* says whether properties of events may be tested.
    """

    registries: Mapping[str, Options] = field(default_factory=dict)
    events: Sequence[str] = ()
    with_properties: bool = True


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field: *kind* is select, text, lines, number, date or check; *suggests* a datalist.

    *starts_row* puts it at the beginning of a row.
    """

    name: str
    label: str
    kind: str = "text"
    options: Options = ()
    suggests: str = ""
    hint: str = ""
    starts_row: bool = False


def kinds_offered() -> dict[str, str]:
    """Give the kinds of tests that can be chosen, with their labels."""
    return OWN_KINDS | {kind.key: kind.label for kind in added_kinds.every()}


def fields_of(kind: str, values: Values, choices: Choices, *, is_company: bool) -> list[FieldSpec]:
    """List the fields of a test; some depend on what others hold."""
    added = added_kinds.find(kind)
    if added:
        return added.fields(choices, values)
    match kind:
        case "did":
            what = _facts_fields(choices, values)
            return [*what, *_times_fields(), *window_fields(values)]
        case "sum":
            amount = FieldSpec("currency", "Currency", hint="Such as EUR; empty for any.")
            what = _facts_fields(choices, values)
            return [*what, amount, *compare_fields(), *window_fields(values)]
        case "in":
            return [FieldSpec("segment", "Segment", "select", named(choices, "segment"))]
        case _:
            return _attribute_fields(values, is_company=is_company)


def said_of(kind: str, values: Values) -> dict[str, Any]:
    """Write what the fields of a test hold as JSON has it, right or wrong."""
    added = added_kinds.find(kind)
    if added:
        return added.said(values)
    return _SAID.get(kind, _attribute_said)(values)


def values_of(said: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Give the kind of a test as JSON has it, and what its fields hold."""
    for kind in added_kinds.every():
        if kind.key in said:
            return kind.key, kind.values(said)
    if "attr" in said:
        return "attr", _attribute_values(said)
    if "did" in said:
        times = said.get("times", {})
        counted = {"op": times.get("op", Op.AT_LEAST.value), "n": str(times.get("n", 1))}
        return "did", {**_facts_values(said["did"]), **counted, **window_values(said)}
    if "sum" in said:
        compared = {"op": said["op"], "value": str(said["value"])}
        return "sum", {**_facts_values(said["of"]), **compared, **window_values(said)}
    return "in", {"segment": said.get("in", "")}


def named(choices: Choices, registry: str, *, empty: str = "Choose") -> Options:
    """Offer a registry, an empty choice first."""
    return (("", empty), *choices.registries.get(registry, ()))


def compare_fields(*, label: str = "Value") -> list[FieldSpec]:
    """Ask for a comparison with a number."""
    return [
        FieldSpec("op", "How much", "select", _COMPARED, starts_row=True),
        FieldSpec("value", label, "number"),
    ]


def window_fields(values: Values) -> list[FieldSpec]:
    """Ask for the days that count."""
    fields = [FieldSpec("window", "When", "select", _WINDOWS)]
    if values.get("window") == "days":
        fields.append(FieldSpec("days", "Days", "number"))
    if values.get("window") == "dates":
        fields += [FieldSpec("from", "First day", "date"), FieldSpec("to", "Last day", "date")]
    return fields


def window_said(values: Values) -> dict[str, Any]:
    """Write the window of some fields as the member `in`; nothing for ever."""
    match values.get("window"):
        case "days":
            return {"in": {"days": whole(values.get("days", ""))}}
        case "dates":
            return {"in": {name: values[name] for name in ("from", "to") if values.get(name)}}
        case _:
            return {}


def window_values(said: Mapping[str, Any]) -> dict[str, str]:
    """Give what the fields of a window hold."""
    window = said.get("in", {})
    if not isinstance(window, Mapping) or not window:
        return {"window": ""}
    kept = {name: str(value) for name, value in window.items()}
    return {"window": "days" if "days" in window else "dates"} | kept


def whole(text: str) -> int | str:
    """Read a whole number; what is none stays as it was typed, to be refused with its place."""
    bare = text.strip()
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 10 else bare  # noqa: PLR2004 - days, times


def _attribute_fields(values: Values, *, is_company: bool) -> list[FieldSpec]:
    listed = "company_attribute" if is_company else "attribute"
    return [FieldSpec("key", "Attribute", suggests=listed), *_comparison_fields(values)]


def _comparison_fields(values: Values, prefix: str = "") -> list[FieldSpec]:
    """Ask how a value is compared; *prefix* tells several comparisons of a line apart."""
    op = values.get(f"{prefix}op", "")
    fields = [FieldSpec("op", "How", "select", _op_options())]
    if op not in {Op.EXISTS.value, _NOT_KNOWN}:
        fields.append(_value_field(op))
    if op in NEGATIVE:
        fields.append(FieldSpec("or_without_value", "Without a value", "select", _WITHOUT))
    return [replace(one, name=f"{prefix}{one.name}") for one in fields]


def _where_fields(values: Values) -> list[FieldSpec]:
    """Ask for properties of events: each that was named with its comparison, and one more."""
    fields = []
    for number in range(1, MOST_WHERE + 1):
        prefix = _where_prefix(number)
        label = "Whose property" if number == 1 else "And property"
        hint = "Such as plan or cart.size; empty for any." if number == 1 else ""
        fields.append(FieldSpec(f"{prefix}prop", label, hint=hint, starts_row=True))
        if not values.get(f"{prefix}prop", "").strip():
            break
        fields += _comparison_fields(values, prefix)
    return fields


def _where_prefix(number: int) -> str:
    return f"where_{number}_"


def _op_options() -> Options:
    known = tuple((op.value, words) for op, words in ATTRIBUTE_OPS.items())
    return (*known, (_NOT_KNOWN, "is not known"))


def _value_field(op: str) -> FieldSpec:
    if op in _NUMBERS:
        return FieldSpec("value", "Number", "number")
    if op == Op.WITHIN:
        return FieldSpec("value", "Days", "number")
    if op in _DATES:
        return FieldSpec("value", "Day", "date")
    if op in {Op.IN, Op.NOT_IN}:
        return FieldSpec("value", "Values", "lines", hint="One a line.")
    return FieldSpec("value", "Value")


def _facts_fields(choices: Choices, values: Values) -> list[FieldSpec]:
    kinds = (("", "Any kind"), *((key, words.capitalize()) for key, words in KINDS.items()))
    return [
        FieldSpec("name", "Name", suggests="event"),
        FieldSpec("kind", "Kind", "select", kinds),
        FieldSpec(
            "touchpoint", "Touchpoint", "select", named(choices, "touchpoint", empty="Anywhere")
        ),
        FieldSpec("channel", "Channel", "select", named(choices, "channel", empty="Any channel")),
        *(_where_fields(values) if choices.with_properties else ()),
    ]


def _times_fields() -> list[FieldSpec]:
    return [
        FieldSpec("op", "How often", "select", _COMPARED, starts_row=True),
        FieldSpec("n", "Times", "number", hint="Empty: 1."),
    ]


def _attribute_said(values: Values) -> dict[str, Any]:
    return {"attr": values.get("key", "").strip()} | _comparison_said(values)


def _comparison_said(values: Values, prefix: str = "") -> dict[str, Any]:
    op = values.get(f"{prefix}op", "") or Op.IS.value
    if op in {Op.EXISTS.value, _NOT_KNOWN}:
        return {"op": Op.EXISTS.value, "value": op == Op.EXISTS.value}
    typed = values.get(f"{prefix}value", "")
    value: Any = typed.strip()
    if op in {Op.IN, Op.NOT_IN}:
        value = [line.strip() for line in typed.splitlines() if line.strip()]
    elif op == Op.WITHIN:
        value = whole(typed)
    said = {"op": op, "value": value}
    is_open = op in NEGATIVE and values.get(f"{prefix}or_without_value") == "1"
    return said | ({"or_without_value": True} if is_open else {})


def _attribute_values(said: Mapping[str, Any]) -> dict[str, str]:
    return {"key": said["attr"]} | _comparison_values(said)


def _comparison_values(said: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    op, value = said["op"], said.get("value", True)
    values = {"op": op, "value": _written(value)}
    if op == Op.EXISTS:
        values = {"op": op if value else _NOT_KNOWN, "value": ""}
    if said.get("or_without_value"):
        values["or_without_value"] = "1"
    return {f"{prefix}{name}": held for name, held in values.items()}


def _written(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(_written(one) for one in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _facts_said(values: Values, *more: str) -> dict[str, Any]:
    names = ("kind", "name", "touchpoint", "channel", *more)
    said: dict[str, Any] = {
        name: found for name in names if (found := values.get(name, "").strip())
    }
    prefixes = [_where_prefix(number) for number in range(1, MOST_WHERE + 1)]
    where = [
        {"prop": path} | _comparison_said(values, prefix)
        for prefix in prefixes
        if (path := values.get(f"{prefix}prop", "").strip())
    ]
    return said | ({"where": where} if where else {})


def _facts_values(said: Mapping[str, Any]) -> dict[str, str]:
    values = {name: text for name, text in said.items() if name != "where"}
    for number, one in enumerate(said.get("where", ()), 1):
        prefix = _where_prefix(number)
        values |= {f"{prefix}prop": one["prop"]} | _comparison_values(one, prefix)
    return values


def _did_said(values: Values) -> dict[str, Any]:
    times = {"op": values.get("op") or Op.AT_LEAST.value, "n": whole(values.get("n", "") or "1")}
    return {"did": _facts_said(values), "times": times} | window_said(values)


def _sum_said(values: Values) -> dict[str, Any]:
    compared = {"op": values.get("op") or Op.AT_LEAST.value, "value": values.get("value", "")}
    said = {"sum": "amount", "of": _facts_said(values, "currency")}
    return said | compared | window_said(values)


_SAID: dict[str, Callable[[Values], dict[str, Any]]] = {
    "attr": _attribute_said,
    "did": _did_said,
    "sum": _sum_said,
    "in": lambda values: {"in": values.get("segment", "")},
}
