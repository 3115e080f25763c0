"""What people put into files under keys of their own, which begin with `x-`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BEGINNING = "x-"
PATTERN = r"x-[A-Za-z0-9._-]{1,61}"
# Of one item: its keys, and of what stands under each the levels and the characters as JSON.
MOST, DEEPEST, LARGEST = 20, 6, 4_000
# Whatever reads a file reads numbers up to this one alike.
LARGEST_NUMBER = 1e15


def own_parts(item: Mapping[str, Any], part: str = "") -> dict[str, Any]:
    """Give what *item* says under keys of its writer's own, in the one form of its content.

    Of an item that is kept with the one it is a *part* of, the keys are `part/x-…`.
    """
    told = {name: tidied(item[name]) for name in sorted(item) if name.startswith(BEGINNING)}
    before = f"{part}/" if part else ""
    return {f"{before}{name}": value for name, value in told.items() if value is not None}


def own_of(kept: Mapping[str, Any], part: str = "") -> dict[str, Any]:
    """Give of what is *kept* the keys of the item itself, or those of a *part* of it."""
    named = ((name.rpartition("/"), value) for name, value in kept.items())
    return {name: value for (before, _, name), value in named if before == part}


def tidied(value: Any) -> Any:
    """Give *value* with its keys sorted, without nulls and what is empty; None where nothing is."""
    if isinstance(value, dict):
        parts = {str(name): kept for name in value if (kept := tidied(value[name])) is not None}
        return {name: parts[name] for name in sorted(parts)} or None
    if isinstance(value, list):
        return [kept for one in value if (kept := tidied(one)) is not None] or None
    return value


def own_fault(name: str, value: Any) -> str:
    """Say why what stands under the key *name* cannot be kept; nothing where it can."""
    if not re.fullmatch(PATTERN, name):
        said = "is no key of your own: write “x-” and 1 to 61 letters, digits, dots or hyphens."
    elif _is_deeper(value, DEEPEST):
        said = f"is nested deeper than {DEEPEST} levels."
    elif (length := len(json.dumps(value, ensure_ascii=False))) > LARGEST:
        said = f"holds {length:,} characters as JSON; up to {LARGEST:,} are kept."
    else:
        said = _odd(value)
    return said and f"“{name[:60]}” {said}"


def kept_own(*inside: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Give what cleans the keys of somebody's own for keeping, for the `clean` of a FieldShape.

    *inside* are parts of the item that have such keys, too. Raises ValueError with words that name
    the key.
    """
    parts = ("", *inside)

    def kept(told: dict[str, Any]) -> dict[str, Any]:
        for name, value in told.items():
            part, _, key = name.rpartition("/")
            if fault := own_fault(key if part in parts else name, value):
                raise ValueError(fault)
        own = {part: own_of(told, part) for part in parts}
        for found in own.values():
            for name in [*found][MOST:]:
                message = f"there are up to {MOST} of them in one place; “{name}” is more."
                raise ValueError(message)
        return {name: value for part in parts for name, value in own_parts(own[part], part).items()}

    return kept


def _is_deeper(value: Any, levels: int) -> bool:
    """Say whether lists and mappings stand in more than *levels* others; nothing below is read."""
    if not isinstance(value, dict | list):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in parts)


def _odd(value: Any) -> str:
    """Say what no database keeps as it is."""
    if isinstance(value, dict):
        return next(filter(None, (_odd(one) for pair in value.items() for one in pair)), "")
    if isinstance(value, list):
        return next(filter(None, map(_odd, value)), "")
    if isinstance(value, str):
        return "holds a sign that cannot be stored: U+0000." if "\0" in value else ""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and not abs(value) < LARGEST_NUMBER:
        return "holds a number of more than 15 digits: write it as text."
    return ""
