"""How much is set at once."""

from __future__ import annotations

MOST_PIXELS = 40_000_000
