"""What may be chosen about the parts of a file with maps, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from personas.rules.cxmap_import import Becomes, Choice

if TYPE_CHECKING:
    from personas.rules.cxmap_import import Part, Preview

_ONE_OF_A_KEY = frozenset({"stakeholder", "channel", "touchpoint", "binding"})
_KINDS = {"binding": "figure", "map": "stakeholder map", "journey-map": "map"}


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part of a file as a page shows it, with what may be chosen: value and words."""

    part: Part
    choices: tuple[tuple[str, str], ...]

    @property
    def kind_words(self) -> str:
        """Give what people call the kind of it."""
        return _KINDS.get(self.part.kind, self.part.kind).capitalize()


def part_lines(preview: Preview, *, most: int) -> list[PartLine]:
    """Give the parts of a preview that can be shown, the map and its journey first."""
    first = {"journey": 0, "journey-map": 1}
    parts = sorted(preview.parts, key=lambda part: first.get(part.kind, 2))
    return [PartLine(part, _choices(part)) for part in parts[:most]]


def _choices(part: Part) -> tuple[tuple[str, str], ...]:
    is_new = part.becomes is Becomes.NEW and part.choice is not Choice.COPY
    if part.kind == "journey":
        here = "Take what the file says of it", "As a new journey", "Leave it as it is"
        new = "Make it", "", ""
    elif part.kind == "journey-map":
        here = "Change this map", "As a new map", "Leave it as it is"
        new = "Make it", "", "Leave out"
    else:
        here = "Overwrite it with the file", "Add it as another one", "Use it as it is here"
        new = "Add it", "", "Leave out"
    words = new if is_new else here
    told = zip((Choice.TAKE.value, Choice.COPY.value, Choice.LEAVE.value), words, strict=True)
    copies = part.kind not in _ONE_OF_A_KEY
    return tuple((value, said) for value, said in told if said and (value != "copy" or copies))
