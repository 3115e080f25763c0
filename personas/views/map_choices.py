"""What the page of a stakeholder map lets people choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.kernel.queries import query_text
from cxm.tenants.selectors import member_choices
from personas.forms.stakeholders import part_choices
from personas.rules.drawing_filter import NOWHERE
from personas.rules.drawing_words import ATTITUDES
from personas.rules.kinds import RELATION_KINDS, Layout, StakeholderKind, Visibility
from personas.rules.map_access import VISIBILITY_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from cxm.tenants.models import Membership
    from personas.models import StakeholderMap
    from personas.selectors.map_table import Column
    from personas.selectors.map_view import Shown

type Choices = list[tuple[str, str]]

_RELATIONS = [(kind, kind.capitalize()) for kind in RELATION_KINDS]


@dataclass(frozen=True, slots=True)
class Head:
    """A head of the table that sorts by its column: where to, and how it is sorted now."""

    label: str
    url: str
    direction: str
    is_number: bool


def heads(query: QueryDict, columns: Sequence[Column]) -> list[Head]:
    """List the heads of *columns*; a column that is sorted by is sorted from its end next."""
    asked = query_text(query, "sort")
    found = []
    for one in columns:
        direction = {one.name: "ascending", f"-{one.name}": "descending"}.get(asked, "")
        again = query.copy()
        again["sort"] = f"-{one.name}" if direction == "ascending" else one.name
        url = f"?{again.urlencode()}#people-words"
        found.append(Head(one.label, url, direction, one.is_number))
    return found


def editing_choices(of: StakeholderMap, reader: Membership) -> dict[str, Choices]:
    """Give the choices of all that *reader* edits on a map, by name."""
    return {
        "owners": member_choices(of.owner, reader),
        "rings": part_choices(of.rings),
        "sectors": part_choices(of.sectors),
        "attitudes": [("", "Not said"), *((str(k), words) for k, words in ATTITUDES.items())],
        "relation_kinds": _RELATIONS,
        "directions": [("one", "One way"), ("both", "Both ways")],
        "strengths": [("1", "1, weak"), ("2", "2, usual"), ("3", "3, strong")],
        "layouts": Layout.choices(),
        "visibilities": [(one.value, VISIBILITY_WORDS[one]) for one in Visibility],
    }


def filter_choices(shown: Shown) -> list[tuple[str, str, str, Choices]]:
    """List the filters: name, label, what is chosen, choices."""
    people = sorted((one.stakeholder.name, str(one.stakeholder_id)) for one in shown.placements)
    around = [("", "Around everybody"), *((key, f"Around {name}") for name, key in people)]
    kinds = [("", "All kinds"), *StakeholderKind.choices()]
    relations = [("", "All relations"), *_RELATIONS]
    told = shown.filter
    ground = shown.ground
    found = [
        ("kind", "Kind of stakeholder", told.kind, kinds),
        ("relation", "Kind of relation", told.relation, relations),
        ("around", "Around whom", told.around, around),
    ]
    if told.around:
        steps = [("1", "One step away"), ("2", "Two steps away")]
        found.append(("steps", "How far", str(told.steps), steps))
    found.append(("ring", "Ring", told.ring, _parts("ring", ground.rings)))
    if ground.sectors:
        found.append(("sector", "Sector", told.sector, _parts("sector", ground.sectors)))
    return found


def _parts(noun: str, names: Sequence[str]) -> Choices:
    places = [(str(place), name) for place, name in enumerate(names)]
    return [("", f"All {noun}s"), *places, (NOWHERE, f"In no {noun}")]
