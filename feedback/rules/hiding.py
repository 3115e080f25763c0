"""The JSON of an event for people: in lines, and for some readers without its values."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from cxm.customers.rules.masking import redacted

# What says how an event was sent, never about whom, when it stands at the top of the item.
_WORDS = frozenset({"channel", "event", "type"})
_TIMES = frozenset({"at", "originalTimestamp", "sentAt", "timestamp"})
_TIME = re.compile(r"[0-9][0-9T:.+\-]*Z?")
_DEEPEST = 40


def hidden_values(value: Any) -> Any:
    """Give decoded JSON with every value hidden that may tell who it is about.

    Keys, booleans and nulls stay; of a text its length is told. Plain are the item's own type,
    name and times, and the library that sent it.
    """
    return _hidden(value, (), 0)


def hidden_json(text: str) -> str:
    """Give JSON *text* with its values hidden; empty where it is none, or was cut off."""
    try:
        return json.dumps(hidden_values(json.loads(text)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""


def readable_json(text: str) -> str:
    """Give JSON *text* with a line for each value; any other text as it is."""
    try:
        # Rewrites blanks only: numbers keep every digit, as they came.
        return msgspec.json.format(text, indent=2)
    except (ValueError, RecursionError):
        return text


def _hidden(value: Any, path: tuple[str, ...], depth: int) -> Any:
    if depth > _DEEPEST:
        return "(hidden)"
    if isinstance(value, dict):
        return {key: _hidden(part, (*path, key), depth + 1) for key, part in value.items()}
    if isinstance(value, list):
        return [_hidden(part, path, depth + 1) for part in value]
    if value is None or isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return "(hidden number)"
    is_time = len(path) == 1 and path[0] in _TIMES and _TIME.fullmatch(value)
    return value if is_time else _hidden_text(value, path)


def _hidden_text(text: str, path: tuple[str, ...]) -> str:
    """Hide *text* unless the names that lead to it are of things that tell nothing of a person."""
    match path:
        case (name,) if name in _WORDS:
            return redacted(text)
        case ("context", "library", "name" | "version") | ("properties", "$lib" | "$lib_version"):
            return redacted(text)
        case _:
            return f"(hidden, {len(text)} characters)"
