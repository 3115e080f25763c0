"""A file as a tree of nodes that know where they stand, whatever it is written in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cxm.kernel.cxmap.faults import Fault

DEEPEST = 20
LARGEST_BYTES = 10_000_000
# A file of the largest size may hold millions of items of one sign; nobody's library does.
MOST_NODES = 400_000
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
# The smallest float has 324 places; numbers of thousands take long to read.
LONGEST_NUMBER = 400

type Scalar = str | int | float | bool | None


@dataclass(slots=True)
class Node:
    """A part of a file: *value* is a scalar, a list of nodes, or a list of (key, node) pairs.

    *line* and *column* count from 1. *raw* is what a scalar was written as.
    """

    value: Scalar | list[Node] | dict[str, Node]
    line: int
    column: int
    raw: str = ""


@dataclass(slots=True)
class Budget:
    """How many more nodes a file may have."""

    left: int = MOST_NODES

    def spend(self, line: int, column: int) -> Fault | None:
        """Count one node; give the fault where there are too many."""
        self.left -= 1
        if self.left >= 0:
            return None
        return Fault(line, column, "", f"The file has more than {MOST_NODES:,} entries: split it.")


def number_of(text: str) -> int | float | None:
    """Read a decimal number, as JSON and YAML 1.2 write it; None where *text* is none.

    None too for one that no float holds or that is longer than 400 signs.
    """
    if len(text) > LONGEST_NUMBER or not NUMBER.fullmatch(text):
        return None
    if text.lstrip("-").isdigit():
        return int(text)
    number = float(text)
    return number if abs(number) != float("inf") else None
