"""What a set of servers is for: working with the product, or running its tests."""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    """Decides the folder, the usual ports and how much durability is paid for."""

    LOCAL = "local"
    TEST = "test"
