"""The JSON Schema (draft 2020-12) of a shape."""

from __future__ import annotations

from typing import Any

from cxm.kernel.cxmap.documents import MAJOR
from cxm.kernel.cxmap.own_keys import MOST, PATTERN
from cxm.kernel.cxmap.shapes import (
    NAMED_PATTERN,
    Choice,
    Date,
    Flag,
    Free,
    Item,
    Many,
    Named,
    Number,
    Shape,
    Text,
)

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(shape: Item, *, title: str) -> dict[str, Any]:
    """Describe files of *shape*; what the schema cannot say, such as keys given once, it leaves.

    Its `$id` is a name, not an address: it holds wherever the schema is served from.
    """
    described = _described(shape)
    properties = described["properties"] | {
        "cxmap": {"const": MAJOR, "description": "The version of the format."}
    }
    return {
        "$schema": DRAFT,
        "$id": f"urn:wayfare:cxmap:{MAJOR}",
        "title": title,
        **described,
        "properties": properties,
        "$defs": {
            "own": {
                "description": "Anybody's own: kept, and written back. "
                f"An item has up to {MOST} such keys."
            }
        },
    }


def _described(shape: Shape) -> dict[str, Any]:
    match shape:
        case Item():
            return _item(shape)
        case Many():
            found = {"type": "array", "items": _described(shape.of), "maxItems": shape.most}
            return found | ({"minItems": shape.least} if shape.least else {})
        case Named():
            return {
                "type": "object",
                "patternProperties": {f"^(?:{NAMED_PATTERN})$": _described(shape.of)},
                "additionalProperties": False,
                "maxProperties": shape.most,
            }
        case Free():
            return {"type": "object"}
        case Text():
            return _text(shape)
        case _:
            return _single(shape)


def _single(shape: Choice | Number | Flag | Date) -> dict[str, Any]:
    match shape:
        case Choice():
            return {"enum": [one for one in shape.of if one]}
        case Number():
            kind = "integer" if shape.is_whole else "number"
            return {"type": kind, "minimum": shape.low, "maximum": shape.high}
        case Flag():
            return {"type": "boolean"}
        case Date():
            return {"type": "string", "format": "date"}


def _text(shape: Text) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "string", "maxLength": shape.most}
    found |= {"minLength": shape.least} if shape.least else {}
    return found | ({"pattern": f"^{shape.pattern}$"} if shape.pattern else {})


def _item(shape: Item) -> dict[str, Any]:
    properties = {}
    for field in shape.fields:
        told = _described(field.shape)
        properties[field.name] = told | (
            {} if field.default is None else {"default": field.default}
        )
    found: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "patternProperties": {f"^{PATTERN}$": {"$ref": "#/$defs/own"}},
        "additionalProperties": False,
    }
    needed = [field.name for field in shape.fields if field.is_needed]
    if needed:
        found["required"] = needed
    # What has nothing but its short field may be written as that alone.
    if shape.short and set(needed) <= {shape.short}:
        return {"anyOf": [properties[shape.short], found]}
    return found
