"""The OpenAPI description turned into what its reference page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.api_schema import operations

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "/api/v1/"


@dataclass(frozen=True, slots=True)
class Line:
    """One parameter or field: its name (dotted inside others), type, and what is known of it."""

    name: str
    kind: str
    words: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address; *key* is its place on the page."""

    key: str
    method: str
    path: str
    summary: str
    words: str
    right: str
    parameters: list[Line]
    body: list[Line]
    answers: list[tuple[str, list[Line]]]


@dataclass(frozen=True, slots=True)
class Section:
    """The operations on one kind of thing."""

    key: str
    title: str
    operations: list[Operation]


def reference(schema: dict[str, Any]) -> list[Section]:
    """Give the sections of the reference, by address; refused answers are told elsewhere."""
    sections: dict[str, Section] = {}
    for path, method, operation in operations(schema):
        key = path.removeprefix(PREFIX).split("/")[0]
        title = key.replace("-", " ").replace("_", " ").capitalize()
        section = sections.setdefault(key, Section(key, title, []))
        section.operations.append(_operation(schema, path, method, operation))
    return list(sections.values())


def _operation(
    schema: dict[str, Any], path: str, method: str, operation: dict[str, Any]
) -> Operation:
    return Operation(
        key=operation["operationId"].replace("_", "-"),
        method=method,
        path=path,
        summary=operation.get("summary", ""),
        words=operation.get("description", ""),
        right=operation.get("x-right", ""),
        parameters=[
            _line(schema, p["name"], p["schema"], p.get("description", ""), p.get("required"))
            for p in operation.get("parameters", [])
        ],
        body=_fields(schema, _json(operation.get("requestBody", {}))),
        answers=[
            (status, _fields(schema, _json(answer)))
            for status, answer in operation["responses"].items()
            if status.startswith("2")
        ],
    )


def _json(part: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = part.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _fields(schema: dict[str, Any], described: dict[str, Any], prefix: str = "") -> list[Line]:
    """List the fields of an object and of the objects inside it, outer ones first."""
    thing = _resolved(schema, described)
    lines: list[Line] = []
    for name, field in thing.get("properties", {}).items():
        is_required = name in thing.get("required", [])
        words = field.get("description", "")
        lines.append(_line(schema, f"{prefix}{name}", field, words, is_required))
        inside = _resolved(schema, field)
        if inside.get("type") == "array":
            inside = _resolved(schema, inside["items"])
        lines += _fields(schema, inside, f"{prefix}{name}.")
    return lines


def _line(
    schema: dict[str, Any], name: str, field: dict[str, Any], words: str, is_required: object
) -> Line:
    return Line(name, _kind(schema, field), words, bool(is_required))


def _kind(schema: dict[str, Any], field: dict[str, Any]) -> str:
    thing = _resolved(schema, field)
    if choices := thing.get("enum"):
        return " | ".join(str(choice) for choice in choices if choice != "")
    if thing.get("type") == "array":
        return f"list of {_kind(schema, thing['items'])}"
    kind = str(thing.get("format") or thing.get("type") or "any")
    return f"{kind} or null" if thing.get("nullable") or field.get("nullable") else kind


def _resolved(schema: dict[str, Any], field: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference to its component; an `allOf` or `oneOf` counts as its first part."""
    for word in ("allOf", "oneOf"):
        if field.get(word):
            field = field[word][0]
    name = field.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = schema["components"]["schemas"][name] if name else field
    return found
