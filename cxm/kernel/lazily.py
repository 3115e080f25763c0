"""Heavy libraries, loaded by the process that first works with them: pages never do."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Lazy:
    """A module that is imported when something of it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        """Load the module, and keep what was asked for."""
        found = getattr(import_module(self._name), name)
        setattr(self, name, found)
        return found


def lazily(name: str) -> Any:
    """Give the module *name*, not loaded yet.

    Type checkers read the import beside it, which is under TYPE_CHECKING.
    """
    return Lazy(name)
