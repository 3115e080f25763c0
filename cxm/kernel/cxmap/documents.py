"""A whole file: its version, what it says, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxm.kernel.cxmap.checking import Checker
from cxm.kernel.cxmap.faults import MOST_FAULTS, Fault, UnreadableError
from cxm.kernel.cxmap.reading import read

if TYPE_CHECKING:
    from cxm.kernel.cxmap.nodes import Node
    from cxm.kernel.cxmap.shapes import Item

MAJOR, MINOR = 1, 0


@dataclass(slots=True)
class Document:
    """A file that was read: *tree* is what it says, as far as it could be understood.

    Only without *faults* may it be used. *notices* are what is passed over, or is not as the
    writer may think.
    """

    tree: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def complain(self, path: str, message: str) -> None:
        """Add a fault at *path*, or at what holds it where it is not written itself."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(self._at(path, message))

    def remark(self, path: str, message: str) -> None:
        """Add a notice at *path*."""
        if len(self.notices) < MOST_FAULTS:
            self.notices.append(self._at(path, message))

    def _at(self, path: str, message: str) -> Fault:
        place = path
        while place and place not in self.places:
            place = re.sub(r"(^|\.)[^.\[\]]*$|\[\d+\]$", "", place)
        line, column = self.places.get(place, (1, 1))
        return Fault(line, column, path, message)


def read_document(content: bytes, shape: Item) -> Document:
    """Read a file as *shape* has it; faults are collected, nothing is raised.

    A file of a newer minor version is read with notices for what is new in it; one of a newer
    major version not at all.
    """
    try:
        root = read(content)
    except UnreadableError as error:
        return Document(faults=sorted(error.faults))
    checker = Checker()
    found = Document(faults=checker.faults, notices=checker.notices, places=checker.places)
    version = _version(root, checker)
    if version is None or version[0] > MAJOR:
        return found
    if version > (MAJOR, MINOR):
        checker.is_newer = True
        words = f"This file is of version {version[0]}.{version[1]}, newer than {MAJOR}.{MINOR}."
        line, column = _place(root)
        checker.notices.append(Fault(line, column, "cxmap", words))
    found.tree = checker.value(root, shape) or {}
    checker.faults.sort()
    return found


def _version(root: Node, checker: Checker) -> tuple[int, int] | None:
    """Read the number of the format, and make it text; complain where it is none of ours."""
    held = root.value
    node = held.get("cxmap") if isinstance(held, dict) else None
    if node is None:
        checker.complain(root, "cxmap", "A cxmap file begins with “cxmap: 1”.")
        return None
    found = re.fullmatch(r"([0-9]{1,4})(?:\.([0-9]{1,4}))?", node.raw)
    if found is None or int(found[1]) < 1:
        checker.complain(node, "cxmap", "Write the version of the format: “cxmap: 1”.")
        return None
    version = int(found[1]), int(found[2] or 0)
    node.value = node.raw
    if version[0] > MAJOR:
        words = f"This file is of version {node.raw}. Only version {MAJOR} can be read here."
        checker.complain(node, "cxmap", words)
    return version


def _place(root: Node) -> tuple[int, int]:
    held = root.value
    node = held["cxmap"] if isinstance(held, dict) else root
    return node.line, node.column
