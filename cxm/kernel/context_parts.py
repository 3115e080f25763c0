"""What higher apps know of a customer: one reading feeds the agent's page, the panel and JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a summary: its words, and the address of the row it is made from."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ContextPart:
    """What one app knows of a customer.

    *read* gets the subject of the page and gives what a hole of the same name shows; *as_json*
    writes that as JSON has it; *line*, if there is one, tells it in one line of the summary, or
    None where there is nothing to tell.
    """

    key: str
    read: Callable[[Any], Any]
    as_json: Callable[[Any], Mapping[str, Any] | list[Any]]
    line: Callable[[Any], Line | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class ToldScore:
    """One score in a timeline: its value, its tone (favourable, neutral …), its metric."""

    value: int
    tone: str
    metric: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a higher app tells of one interaction: scores, words, where it shows more."""

    scores: list[ToldScore] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    url: str = ""


type Teller = Callable[[Any, "list[UUID]"], "dict[UUID, Told]"]


class ContextParts:
    """All parts by key; one per process, filled when the apps are ready."""

    def __init__(self) -> None:
        self._parts: dict[str, ContextPart] = {}
        self._tellers: dict[str, Teller] = {}

    def register(self, part: ContextPart) -> None:
        """Add *part*; raises ValueError when its key is taken already."""
        if part.key in self._parts:
            message = f"the part {part.key} is registered already"
            raise ValueError(message)
        self._parts[part.key] = part

    def tell(self, kind: str, teller: Teller) -> None:
        """Let *teller* tell more of interactions of *kind*: of the subject's, by their ids.

        It answers with at most one query. Raises ValueError when somebody tells of them already.
        """
        if kind in self._tellers:
            message = f"somebody tells of interactions of kind {kind} already"
            raise ValueError(message)
        self._tellers[kind] = teller

    def told(self, subject: Any, ids_by_kind: Mapping[str, list[UUID]]) -> dict[UUID, Told]:
        """Give what is told of interactions, by id; those of which nothing is told are absent."""
        found: dict[UUID, Told] = {}
        for kind, ids in ids_by_kind.items():
            if kind in self._tellers:
                found |= self._tellers[kind](subject, ids)
        return found

    def all(self) -> list[ContextPart]:
        """List the parts in the order they were registered."""
        return list(self._parts.values())


context_parts = ContextParts()
