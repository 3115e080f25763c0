"""What traits tell of a person: names and addresses stand apart from other attributes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.customers.rules.records import JSON

LONGEST_KEY = 120
MOST_ATTRIBUTES = 200
# The column of the customer that a trait fills, with the room it has there.
_COLUMNS = {
    "name": ("display_name", 200),
    "email": ("email", 254),
    "phone": ("phone", 40),
    "language": ("language", 12),
    "locale": ("language", 12),
    "timezone": ("time_zone", 60),
    "time_zone": ("time_zone", 60),
}
_GIVEN = ("first_name", "firstName", "firstname")
_FAMILY = ("last_name", "lastName", "lastname")


@dataclass(slots=True)
class Profile:
    """What is shown of one customer, and its changes."""

    columns: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, JSON] = field(default_factory=dict)

    def tell(self, key: str, value: JSON) -> None:
        """Take in that *key* is *value* now; null takes an attribute away."""
        if key in _COLUMNS:
            column, room = _COLUMNS[key]
            self.columns[column] = str(value)[:room] if value is not None else ""
        elif value is None:
            self.attributes.pop(key, None)
        elif key in self.attributes or len(self.attributes) < MOST_ATTRIBUTES:
            self.attributes[key] = value

    def name_from_parts(self) -> None:
        """Put the name together from first and last name, where nobody gave it whole."""
        if self.columns.get("display_name"):
            return
        parts = [_first(self.attributes, keys) for keys in (_GIVEN, _FAMILY)]
        self.columns["display_name"] = " ".join(part for part in parts if part)[:200]


def _first(attributes: Mapping[str, JSON], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = attributes.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def is_key(key: str) -> bool:
    """Whether an attribute can be called *key*."""
    return 0 < len(key) <= LONGEST_KEY and key.isprintable()
