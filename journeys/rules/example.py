"""The example that a workspace can load: one small journey with all that belongs to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_FOLDER = Path(__file__).parent / "example_files"
CURRENT, FUTURE = "1-current.yaml", "2-future.yaml"
# In the order in which they are told and taken away: each uses some of those behind it.
KINDS = ("journey", "solution", "opportunity", "insight", "persona", "touchpoint")
_USES = {
    "journey": KINDS,
    "solution": ("opportunity", "insight", "persona"),
    "opportunity": ("insight", "persona"),
    "insight": ("persona",),
}


def example_files() -> dict[str, bytes]:
    """Give the files of the example by name, in the order in which they are taken in."""
    return {name: (_FOLDER / name).read_bytes() for name in (CURRENT, FUTURE)}


def kept_kinds(touched: Collection[str]) -> set[str]:
    """Give the kinds of which all stays where some of *touched* kinds are in use by people.

    What stays keeps what it uses: a journey everything, an opportunity its insights.
    """
    return {used for kind in touched for used in _USES.get(kind, ())}
