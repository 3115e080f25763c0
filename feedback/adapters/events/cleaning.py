"""What may be kept of what clients send: bounded, and free of characters that do harm."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from feedback.adapters.events.parsed import ItemError
from feedback.adapters.text import Removed, without_unsafe

if TYPE_CHECKING:
    from cxm.customers.rules.records import JSON

MOST_DEPTH = 8
MOST_PROPERTIES = 200
MOST_NAME = 200
_HIGHEST_AMOUNT = Decimal(10) ** 12
# The bytes that `without_unsafe` would look for, as JSON writes them: escaped or in UTF-8.
_SUSPECT = re.compile(
    rb"\\[bf]|\\u(?:00[01]|007f|00[89]|200[ef]|202[a-e]|206[6-9]|d[89a-f]|feff)"
    rb"|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xbb\xbf"
    rb"|\xed[\xa0-\xbf]",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Cleaner:
    """Cleans the values of one item; does nothing but look where its bytes are harmless."""

    is_suspect: bool

    @classmethod
    def of(cls, raw: bytes, *, is_lenient: bool) -> Cleaner:
        """Look at the bytes of an item; what took the lenient reader is always cleaned."""
        return cls(is_lenient or _SUSPECT.search(raw) is not None)

    def text(self, value: str) -> str:
        """Give *value* without control, direction and surrogate characters, and trimmed."""
        return (without_unsafe(value, Removed()) if self.is_suspect else value).strip()

    def fields(self, value: Any, path: str) -> dict[str, JSON]:
        """Give the object *value* (absent: empty) as it may be stored.

        Numbers that JSON does not have (NaN, infinities) become null. Raises ItemError
        `not_an_object`, `too_many_properties` over 200, and `too_deep` over 8 levels.
        """
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise ItemError("not_an_object", f"`{path}` is not a JSON object.", path)
        if len(value) > MOST_PROPERTIES:
            message = f"`{path}` has {len(value)} entries; at most {MOST_PROPERTIES} are taken."
            raise ItemError("too_many_properties", message, path)
        _check_depth(value, path, MOST_DEPTH)
        return self._clean(value) if self.is_suspect else dict(value)

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return without_unsafe(value, Removed())
        if isinstance(value, dict):
            return {without_unsafe(k, Removed()): self._clean(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._clean(one) for one in value]
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return value


def amount_in(value: JSON) -> Decimal | None:
    """Give *value* as an amount of money with two places; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value)).quantize(Decimal("0.01"))
    except (InvalidOperation, ValueError):
        return None
    return amount if amount.is_finite() and abs(amount) < _HIGHEST_AMOUNT else None


def _check_depth(value: Any, path: str, left: int) -> None:
    named = value.items() if isinstance(value, dict) else enumerate(value)
    for name, child in named:
        if not isinstance(child, dict | list):
            continue
        if left <= 1:
            message = f"The event is nested deeper than {MOST_DEPTH} levels at `{path}`."
            raise ItemError("too_deep", message, path)
        _check_depth(child, f"{path}.{name}"[:MOST_NAME], left - 1)
