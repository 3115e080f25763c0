"""Files of maps as they come: single ones in YAML or JSON, and journeys as a zip of them."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from cxm.kernel.archives import UNREADABLE_ZIP
from cxm.kernel.cxmap.documents import Document, read_document
from cxm.kernel.cxmap.faults import Fault
from cxm.kernel.cxmap.nodes import LARGEST_BYTES
from journeys.rules.cxmap_shapes import FILE, LIBRARY_PROFILE, NEEDED_OF_A_MAP, OF_A_MAP

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_FILES = 501
# What all files of a zip may hold together, and how many times its own size that may be.
LARGEST_UNPACKED = 50_000_000
_ENDINGS = (".yaml", ".yml", ".json")
_NUMBERED = re.compile(r"(?:.*/)?([0-9]{1,6})-[a-z]+\.[a-z]+")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that came in: what it says, and what it is called; empty for text.

    *number* is that of its map in the journey, where its name tells it.
    """

    document: Document
    name: str = ""
    number: int | None = None


def read_files(content: bytes, name: str = "") -> list[Incoming]:
    """Read a file of a map or a library, or a zip of them; faults are in the documents.

    Of a zip the library comes first, then the maps by number. What is no such file in it is
    passed over. Never raises.
    """
    if not zipfile.is_zipfile(BytesIO(content)):
        return [Incoming(read_document(content, FILE), name, _number(name))]
    try:
        return _unpacked(content)
    except UNREADABLE_ZIP as error:
        return [_refused(name, f"This zip cannot be read: {error}.")]


def in_order(files: Iterable[Incoming]) -> list[Incoming]:
    """Put the files of a journey in order: the library first, then the maps by number."""
    return sorted(files, key=lambda one: (one.number or 0, one.name))


def checked(document: Document) -> Document:
    """Complain of what a file of its profile must say, or does not say."""
    tree = document.tree
    if document.faults:
        return document
    is_library = tree.get("profile") == LIBRARY_PROFILE
    for name in OF_A_MAP if is_library else ():
        if name in tree:
            words = f"A file of profile “library” has no “{name}”: write “profile: bundle”."
            document.complain(name, words)
    for name in () if is_library else NEEDED_OF_A_MAP:
        if not tree.get(name):
            document.complain(name, f"“{name}” is missing.")
    return document


def _unpacked(content: bytes) -> list[Incoming]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        entries = [one for one in archive.infolist() if _is_wanted(one)]
        if not entries:
            return [_refused("", "This zip holds no file that ends in .yaml or .json.")]
        if len(entries) > MOST_FILES:
            return [_refused("", f"A zip holds up to {MOST_FILES} files, not {len(entries):,}.")]
        # What the directory says is checked while reading: it may be untrue.
        left = LARGEST_UNPACKED
        found: list[Incoming] = []
        for entry in entries:
            with archive.open(entry) as packed:
                text = packed.read(min(left, LARGEST_BYTES) + 1)
            left -= len(text)
            if left < 0:
                words = f"Unpacked this is larger than {LARGEST_UNPACKED // 1_000_000} MB."
                return [_refused(entry.filename, words)]
            name = entry.filename
            found.append(Incoming(read_document(text, FILE), name, _number(name)))
        return in_order(found)


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.split("/")
    is_hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return not entry.is_dir() and not is_hidden and parts[-1].endswith(_ENDINGS)


def _number(name: str) -> int | None:
    found = _NUMBERED.fullmatch(name)
    return int(found[1]) or None if found else None


def _refused(name: str, words: str) -> Incoming:
    return Incoming(Document(faults=[Fault(1, 1, "", words)]), name)
