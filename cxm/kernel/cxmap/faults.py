"""What is wrong with a file, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Nobody reads on through more; a file of traps alone would have hundreds of thousands.
MOST_FAULTS = 200


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong: *line* and *column* from 1, *path* as `library.personas[0].name`."""

    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f" ({self.path})" if self.path else ""
        return f"Line {self.line}, column {self.column}{where}: {self.message}"


class UnreadableError(Exception):
    """A file cannot be read as a tree at all; *faults* say why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = tuple(faults)
