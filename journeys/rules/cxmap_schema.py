"""The JSON Schema of cxmap files: libraries, maps and bundles."""

from __future__ import annotations

from typing import Any

from cxm.kernel.cxmap.schema import json_schema
from journeys.rules.cxmap_shapes import (
    BUNDLE_PROFILE,
    FILE,
    LIBRARY_PROFILE,
    MAP_PROFILE,
    NEEDED_OF_A_MAP,
    OF_A_MAP,
)

TITLE = "A Wayfare file: journeys, maps, personas and the library that they use"


def file_schema() -> dict[str, Any]:
    """Give the schema (draft 2020-12); a copy of it is kept at docs/cxmap-1.schema.json."""
    return {
        **json_schema(FILE, title=TITLE),
        "allOf": [
            _if_profile([MAP_PROFILE, BUNDLE_PROFILE], {"required": list(NEEDED_OF_A_MAP)}),
            _if_profile([LIBRARY_PROFILE], {"properties": dict.fromkeys(OF_A_MAP, False)}),
        ],
    }


def _if_profile(names: list[str], then: dict[str, Any]) -> dict[str, Any]:
    return {"if": {"properties": {"profile": {"enum": names}}}, "then": then}
