"""What a search through maps finds, by kind, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass

SHORTEST, LONGEST = 2, 200
MOST_OF_A_KIND = 20
_LONGEST_WORDS = 160


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of what is found: its *name*, what several are called, and an icon."""

    name: str
    plural: str
    icon: str


# In the order in which they are listed.
KINDS = {
    kind.name: kind
    for kind in (
        Kind("journey", "Journeys", "route"),
        Kind("map", "Maps", "map"),
        Kind("stage", "Stages", "columns-3"),
        Kind("step", "Steps", "footprints"),
        Kind("card", "Cards", "message-square-text"),
        Kind("lane", "Lanes", "list"),
        Kind("insight", "Insights", "lightbulb"),
        Kind("opportunity", "Opportunities", "target"),
        Kind("solution", "Solutions", "package"),
        Kind("goal", "Goals", "flag"),
        Kind("persona", "Personas", "user"),
        Kind("comment", "Comments", "message-circle"),
    )
}
ON_MAPS = ("stage", "step", "card", "lane")
LIBRARY = ("insight", "opportunity", "solution", "goal")


def shortened(text: str) -> str:
    """Give *text* as one line of up to 160 signs."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_WORDS else f"{line[: _LONGEST_WORDS - 1]}…"
