"""What the page of a stakeholder map lets people choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personas.forms.stakeholders import part_choices
from personas.rules.drawing_words import ATTITUDES
from personas.rules.kinds import RELATION_KINDS, Layout, StakeholderKind, Visibility
from personas.rules.map_access import VISIBILITY_WORDS

if TYPE_CHECKING:
    from personas.models import StakeholderMap
    from personas.selectors.map_view import Shown

type Choices = list[tuple[str, str]]

_RELATIONS = [(kind, kind.capitalize()) for kind in RELATION_KINDS]


def editing_choices(of: StakeholderMap) -> dict[str, Choices]:
    """Give the choices of all that is edited on a map, by name."""
    return {
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
    found = [
        ("kind", "Kind of stakeholder", told.kind, kinds),
        ("relation", "Kind of relation", told.relation, relations),
        ("around", "Around whom", told.around, around),
    ]
    steps = [("1", "One step away"), ("2", "Two steps away")]
    return [*found, ("steps", "How far", str(told.steps), steps)] if told.around else found
