"""A tree to its one canonical text: YAML that versions 1.1 and 1.2 read alike."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from cxm.kernel.cxmap.own_keys import own_parts, tidied
from cxm.kernel.cxmap.shapes import Free, Item, Many, Named, Shape

STEP = 2
MANY = 2
_INDICATORS = ",[]{}#&*!|>'\"%@`"
# What YAML 1.1 or 1.2 would take for something else than text.
_WORDS = re.compile(
    r"~|=|<<|null|Null|NULL|true|True|TRUE|false|False|FALSE"
    r"|y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF"
)
_NUMBERS = re.compile(
    r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+"
    r"|[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"
    r"|[0-9_]*\.[0-9_.]*(?:[eE][-+]?[0-9]+)?"
    r"|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)"
)
_DATES = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?")
# Printable in both versions, without what 1.1 takes for a line break and without half signs.
_PRINTABLE = re.compile(
    "[ -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*"
)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def written(tree: dict[str, Any], shape: Item) -> str:
    """Give the canonical YAML of *tree*, which fits *shape*; it ends with one line end."""
    return "".join(f"{line}\n" for line in _mapping(canonical(tree, shape), 0))


def written_json(tree: dict[str, Any], shape: Item) -> str:
    """Give the same tree as JSON, two blanks a level."""
    return json.dumps(canonical(tree, shape), ensure_ascii=False, indent=STEP) + "\n"


def canonical(value: Any, shape: Shape) -> Any:
    """Put *value* into the one form of its content.

    Keys in the order of *shape*, lists that have no order of their own by key, without defaults,
    nulls and empty lists, and what is only its key (or its text) as that alone.
    """
    if isinstance(shape, Many):
        parts = [canonical(one, shape.of) for one in value]
        return sorted(parts, key=lambda one: _name(one, shape.by)) if shape.by else parts
    if isinstance(shape, Named):
        told = {name: canonical(one, shape.of) for name, one in value.items()}
        return {name: one for name, one in told.items() if one not in (None, [], {})}
    if isinstance(shape, Free):
        return tidied(value) or {}
    return _canonical_item(value, shape) if isinstance(shape, Item) else value


def _canonical_item(value: Any, shape: Item) -> Any:
    kept: dict[str, Any] = {}
    for field in shape.fields:
        part = value.get(field.name)
        if part is None or part == field.default:
            continue
        part = canonical(part, field.shape)
        if part not in ([], {}) or field.is_needed:
            kept[field.name] = part
    # Block style cannot write what is empty.
    kept |= own_parts(value)
    return kept[shape.short] if shape.short and set(kept) == {shape.short} else kept


def _name(one: Any, by: str) -> str:
    return str(one[by] if isinstance(one, dict) else one)


def _mapping(value: dict[str, Any], depth: int) -> list[str]:
    lines: list[str] = []
    for name, part in value.items():
        key = f"{' ' * depth}{_text(name)}:"
        if isinstance(part, dict | list):
            lines += [key, *_nested(part, depth + STEP)]
        else:
            first, *rest = _scalar(part, depth + STEP)
            lines += [f"{key} {first}", *rest]
    return lines


def _list(value: list[Any], depth: int) -> list[str]:
    lines: list[str] = []
    blanks = " " * depth
    for part in value:
        if isinstance(part, dict | list):
            first, *rest = _nested(part, depth + STEP)
        else:
            first, *rest = _scalar(part, depth + STEP)
        lines += [f"{blanks}- {first.lstrip(' ')}", *rest]
    return lines


def _nested(value: dict[str, Any] | list[Any], depth: int) -> list[str]:
    return _mapping(value, depth) if isinstance(value, dict) else _list(value, depth)


def _scalar(value: Any, depth: int) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, int | float):
        return [decimal(value)]
    lines = value.split("\n")
    if _is_block(lines):
        return ["|-", *(f"{' ' * depth}{line}" if line else "" for line in lines)]
    return [_text(value)]


def decimal(value: float) -> str:
    """Give the shortest decimal that reads as *value*, without an exponent."""
    if isinstance(value, int):
        return str(value)
    text = f"{Decimal(repr(value)):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _is_block(lines: list[str]) -> bool:
    """Whether several lines can stand as they are: with nothing that a reader would take away."""
    if len(lines) < MANY or not lines[0] or not lines[-1] or lines[0].startswith(" "):
        return False
    return all(not line.endswith(" ") and _PRINTABLE.fullmatch(line) for line in lines)


def _text(value: str) -> str:
    return value if is_plain(value) else f'"{"".join(_escaped(sign) for sign in value)}"'


def is_plain(value: str) -> bool:
    """Whether *value* may stand without quotes: YAML 1.1 and 1.2 both read it as this text."""
    if not value or value != value.strip(" ") or not _PRINTABLE.fullmatch(value):
        return False
    if value[0] in _INDICATORS or value.startswith(("---", "...")):
        return False
    if value[0] in "-?:" and (len(value) == 1 or value[1] == " "):
        return False
    if ": " in value or value.endswith(":") or " #" in value:
        return False
    return not any(one.fullmatch(value) for one in (_WORDS, _NUMBERS, _DATES))


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    return sign if _PRINTABLE.fullmatch(sign) else f"\\u{ord(sign):04x}"
