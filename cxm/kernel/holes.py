"""Places in a lower app's page that higher apps may fill."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

type Filling = Callable[[HttpRequest, object], str]


class Holes:
    """The fillings by name of hole; one per process, filled when the apps are ready."""

    def __init__(self) -> None:
        self._fillings: dict[str, Filling] = {}

    def fill(self, name: str, filling: Filling) -> None:
        """Let *filling* give the markup of hole *name*; it must return escaped (safe) text.

        Raises ValueError when the hole is filled already: two apps would overwrite each other.
        """
        if name in self._fillings:
            message = f"the hole {name} is filled already"
            raise ValueError(message)
        self._fillings[name] = filling

    def content(self, name: str, request: HttpRequest, subject: object) -> str:
        """Give what stands in hole *name* about *subject*; an unfilled hole is blank."""
        filling = self._fillings.get(name)
        return filling(request, subject) if filling else ""

    def names(self) -> frozenset[str]:
        """Give the names of the holes that are filled."""
        return frozenset(self._fillings)


holes = Holes()
