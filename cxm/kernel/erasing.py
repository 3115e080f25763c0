"""What every app does when a person is erased; each one adds its part when it is ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Leaving:
    """A person who is being erased: all rows of theirs, and what they can be recognised by.

    *identifiers* are pairs of kind ("email", "phone", "external", …) and folded value; *said* are
    other texts that are known of the person: names, values of attributes. Both are there until
    the last part is done. *at* is the moment of the step.
    """

    tenant_id: UUID
    customer_ids: tuple[UUID, ...]
    at: datetime
    identifiers: tuple[tuple[str, str], ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Erased:
    """What one step did: *counts* by table, and where the next one goes on.

    *cursor* is None when the part is done. *kept* counts what had to stay, by name.
    """

    counts: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a person reads before an erasure: lines such as "3 comments", that go and that stay."""

    goes: list[str] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)


type Eraser = Callable[[Leaving, str], Erased]
type Preview = Callable[[Leaving], Foreseen]


class Erasers:
    """The parts of an erasure by name; one per process, filled when the apps are ready."""

    def __init__(self) -> None:
        self._erasers: dict[str, Eraser] = {}
        self._previews: list[Preview] = []

    def add(self, name: str, eraser: Eraser, *, preview: Preview | None = None) -> None:
        """Let *eraser* take part under *name*, after those added before it.

        It is called with the person and a cursor ("" at first), once a transaction, until it
        gives no cursor: a step removes some thousands of rows at most. It must bear being called
        again. *preview* tells beforehand what goes and what stays. Raises ValueError when the
        name is taken.
        """
        if name in self._erasers:
            message = f"an eraser is called {name} already"
            raise ValueError(message)
        self._erasers[name] = eraser
        if preview:
            self._previews.append(preview)

    def names(self) -> list[str]:
        """List the parts in their order."""
        return list(self._erasers)

    def erase(self, name: str, person: Leaving, cursor: str) -> Erased:
        """Do one step of the part called *name*; raises KeyError for an unknown one."""
        return self._erasers[name](person, cursor)

    def foreseen(self, person: Leaving) -> Foreseen:
        """Ask all parts what would go and what would stay."""
        found = [preview(person) for preview in self._previews]
        return Foreseen(
            goes=[line for part in found for line in part.goes],
            stays=[line for part in found for line in part.stays],
        )


erasers = Erasers()
