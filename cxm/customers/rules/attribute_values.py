"""Values of attributes: what they are likely to be, whether they fit a type, how they read."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxm.customers.rules.records import JSON

# Columns of the customer, which need no description of their own.
BUILT_IN = frozenset(
    {"email", "language", "locale", "name", "phone", "time_zone", "timezone"},
)
_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?")
_BOOLS = frozenset({"true", "false", "yes", "no"})
_MOST_CHOICES = 12
_LONGEST_TEXT = 200
_UNLIMITED = frozenset({"unmapped", "text", "choice"})


def fits(kind: str, value: JSON) -> bool:
    """Decide whether *value* is of the type *kind*: unmapped, text, number, date, bool or choice.

    Numbers, dates and yes or no may come as text, as most sources send them: "12.5",
    "2026-11-20", "true". Null fits every type; lists and objects fit none but unmapped.
    """
    if value is None or kind == "unmapped":
        return True
    if isinstance(value, (list, dict)):
        return False
    if kind in _UNLIMITED:
        return True
    if kind == "bool":
        return isinstance(value, bool) or str(value).lower() in _BOOLS
    if kind == "number":
        return not isinstance(value, bool) and _is_number(value)
    return isinstance(value, str) and _is_date(value)


def likely_type(values: Iterable[JSON]) -> str:
    """Guess the type of an attribute from some of its *values*; "text" where none tells more.

    A choice is text that repeats itself: at most 12 different values among at least twice as
    many.
    """
    told = [value for value in values if value is not None]
    for kind in ("bool", "number", "date"):
        if told and all(fits(kind, value) for value in told):
            return kind
    if any(isinstance(value, (list, dict)) for value in told):
        return "text"
    different = {str(value) for value in told}
    is_choice = len(different) <= _MOST_CHOICES and len(told) >= 2 * len(different)
    return "choice" if told and is_choice else "text"


def value_words(value: JSON, kind: str = "") -> str:
    """Write *value* for people, whatever it is, in at most 200 characters.

    A day of the *kind* date is written "18 May 2026"; a moment stays as it was sent.
    """
    if kind == "date" and isinstance(value, str):
        return _day_words(value)
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list) and not any(isinstance(part, (list, dict)) for part in value):
        return _cut(", ".join(value_words(part) for part in value))
    if isinstance(value, (list, dict)):
        return _cut(json.dumps(value, ensure_ascii=False))
    return _cut(str(value))


def _day_words(text: str) -> str:
    try:
        return f"{date.fromisoformat(text.strip()):%-d %b %Y}"
    except ValueError:
        return _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"


def _is_number(value: JSON) -> bool:
    return isinstance(value, (int, float)) or bool(_NUMBER.fullmatch(str(value).strip()))


def _is_date(value: str) -> bool:
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            read(value.strip())
        except ValueError:
            continue
        return True
    return False
