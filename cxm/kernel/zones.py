"""Time zones that can be chosen: IANA names that Python and PostgreSQL read alike."""

from __future__ import annotations

import zoneinfo
from functools import cache

# Files beside the zones: one is whatever this machine is set to (PostgreSQL does not know it),
# the other says that nobody has set the machine.
_NO_PLACES = frozenset({"Factory", "localtime"})


@cache
def zone_names() -> tuple[str, ...]:
    """List the names, such as Europe/Berlin and UTC, in the order of letters."""
    return tuple(sorted(zoneinfo.available_timezones() - _NO_PLACES))


def is_zone(name: str) -> bool:
    """Tell whether *name* is one of them, letter by letter."""
    return name in zone_names()
