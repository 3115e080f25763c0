"""Which tiles of a dashboard people outside may see, and what is said instead of the others."""

from __future__ import annotations

from analytics.rules.tile_kinds import TileKind

SHOWN = tuple(kind for kind in TileKind if not kind.outside)
KINDS = tuple((kind.value, kind.label) for kind in SHOWN)
NOT_CHOSEN = "This link does not show it."


def why_hidden(kind: TileKind, chosen: list[str]) -> str:
    """Say why a link that shows the *chosen* kinds does not show a tile; "" where it does."""
    return kind.outside or ("" if kind.value in chosen else NOT_CHOSEN)
