"""Which stakeholders and relations a drawing shows: by kind, and by who is near whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from personas.rules.drawing_lines import Link
from personas.rules.drawing_places import Mark
from personas.rules.kinds import RELATION_KINDS, StakeholderKind

# Who stands in no ring, or in no sector.
NOWHERE = "none"


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show: stakeholders of *kind*, relations of the kind *relation*, and around whom.

    *around* is a stakeholder as text; shown are who is at most *steps* relations away. *ring* and
    *sector* are numbers as text, or `none` for who stands in none. Empty filters nothing.
    """

    kind: str = ""
    relation: str = ""
    around: str = ""
    steps: int = 1
    ring: str = ""
    sector: str = ""

    def __bool__(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.kind or self.relation or self.around or self.ring or self.sector)


def read_filter(
    told: Mapping[str, str], people: Collection[str], rings: int = 0, sectors: int = 0
) -> Filter:
    """Read a filter from the texts of an address; what there is not filters nothing.

    *people* are the stakeholders on the map, as text; so many *rings* and *sectors* it has.
    """
    kind, relation, around = (told.get(name, "") for name in ("kind", "relation", "around"))
    return Filter(
        kind if kind in set(StakeholderKind) else "",
        relation if relation in RELATION_KINDS else "",
        around if around in people else "",
        2 if told.get("steps") == "2" else 1,
        _part(told.get("ring", ""), rings),
        _part(told.get("sector", ""), sectors),
    )


def shown(
    marks: Sequence[Mark], links: Sequence[Link], wanted: Filter
) -> tuple[list[Mark], list[Link]]:
    """Give what is left: a relation is shown only with both its ends.

    Steps go along the relations that are shown, whichever way these go.
    """
    named = [link for link in links if wanted.relation in {"", link.kind}]
    near = _near(named, wanted.around, wanted.steps) if wanted.around else None
    left = [
        mark
        for mark in marks
        if (near is None or mark.stakeholder in near)
        and (wanted.kind in {"", mark.kind} or mark.stakeholder == wanted.around)
        and wanted.ring in {"", _told(mark.ring)}
        and wanted.sector in {"", _told(mark.sector)}
    ]
    there = {mark.stakeholder for mark in left}
    return left, [link for link in named if link.start in there and link.end in there]


def _part(told: str, count: int) -> str:
    return told if told in {NOWHERE, *map(str, range(count))} else ""


def _told(place: int | None) -> str:
    return NOWHERE if place is None else str(place)


def _near(links: Sequence[Link], start: str, steps: int) -> set[str]:
    found = {start}
    for _ in range(steps):
        found |= {
            end
            for link in links
            for end in (link.start, link.end)
            if link.start in found or link.end in found
        }
    return found
