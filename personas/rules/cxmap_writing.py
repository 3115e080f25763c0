"""Personas and stakeholder maps as the items of a library file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.state import children
from personas.rules.cxmap_shapes import FULL, PRIVATE, PUBLIC
from personas.rules.kinds import SectionKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cxm.kernel.operations.state import Element, State

# What a kind of section holds beside statements, by the keys of its content.
CONTENT: dict[str, tuple[str, ...]] = {
    SectionKind.TEXT: ("text",),
    SectionKind.QUOTE: ("text", "by"),
    SectionKind.TRAITS: ("traits",),
    SectionKind.LINKS: ("links",),
    SectionKind.IMAGE: ("fit",),
    SectionKind.METRIC: ("metric",),
}
PERSONA_FIELDS = (
    "key",
    "name",
    "tagline",
    "quote",
    "kind",
    "status",
    "category",
    "colour",
    "avatar",
    "reviewed_on",
    "review_every_days",
)
MAP_FIELDS = (
    "key",
    "title",
    "description",
    "layout",
    "rings",
    "ring_colours",
    "sectors",
    "visibility",
)
PLACEMENT_FIELDS = ("ring", "sector", "x", "y", *PRIVATE)
RELATION_FIELDS = ("kind", "direction", "strength", "title", "note")


def persona_item(state: State, persona: UUID, segments: Mapping[str, str]) -> dict[str, Any]:
    """Give a persona as a file has it: without ids, times, people, pictures and evidence.

    *segments* are keys by id.
    """
    root = state[persona]
    item = {name: root.values[name] for name in PERSONA_FIELDS}
    item["segment"] = segments.get(str(root.values["segment"]))
    item["sections"] = [_section(state, one) for one in children(state, persona, "section")]
    return item


def map_item(
    state: State, of: UUID, stakeholders: Mapping[str, str], *, is_private: bool
) -> dict[str, Any]:
    """Give a stakeholder map as a file has it; *stakeholders* are keys by id.

    Without *is_private* power, interest, attitude and notes are left out, and the file says so.
    """
    root = state[of]
    hidden = () if is_private else PRIVATE
    placements = children(state, of, "placement")
    there = {one.values["stakeholder"] for one in placements}
    relations = [
        one
        for one in children(state, of, "relation")
        if {one.values["start"], one.values["end"]} <= there
    ]
    return {
        **{name: root.values[name] for name in MAP_FIELDS},
        "scope": FULL if is_private else PUBLIC,
        "placements": [
            {"stakeholder": stakeholders[str(one.values["stakeholder"])]}
            | {name: one.values[name] for name in PLACEMENT_FIELDS if name not in hidden}
            for one in placements
        ],
        "relations": [
            {
                "from": stakeholders[str(one.values["start"])],
                "to": stakeholders[str(one.values["end"])],
            }
            | {name: one.values[name] for name in RELATION_FIELDS if name not in hidden}
            for one in relations
        ],
    }


def _section(state: State, section: Element) -> dict[str, Any]:
    values: Any = section.values
    content = values["content"]
    return {
        **{name: values[name] for name in ("kind", "title", "width")},
        **{name: content.get(name) for name in CONTENT.get(values["kind"], ())},
        "statements": [_statement(one.values) for one in children(state, section.id, "fact")],
    }


def _statement(values: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: values[name] for name in ("text", "label", "facet")}
    return told | {"grade": values["grade_override"]}
