"""Where the documents of this app lie, and the laws that they keep."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from cxm.collaboration.models import Asset, Evidence
from cxm.customers.models import Segment
from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.rows import Table
from cxm.kernel.operations.store import Store
from cxm.tenants.models import Membership
from personas.models import (
    Persona,
    PersonaFact,
    PersonaFactEvidence,
    PersonaFile,
    PersonaOp,
    PersonaSection,
    Stakeholder,
    StakeholderMap,
    StakeholderMapOp,
    StakeholderPlacement,
    StakeholderRelation,
)
from personas.rules.contents import checked
from personas.rules.kinds import HOLDS_FILES, STATED, SectionKind
from personas.rules.shapes import PERSONA, STAKEHOLDER_MAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import Element, State


def persona_law(state: State, done: Sequence[Operation]) -> None:
    """Refuse what does not fit its section, and evidence twice. Raises RefusedError."""
    cited = Counter(
        (e.parent, str(e.values["evidence"])) for e in state.values() if e.kind == "citation"
    )
    if any(count > 1 for count in cited.values()):
        message = "This evidence was with the statement before: bring that entry back."
        raise RefusedError(message, field="evidence")
    for element in _touched(state, done):
        if element.kind == "section":
            _check_content(element)
        elif element.kind == "fact":
            _check_statement(element, state)
        elif element.kind == "file":
            _check_file(element, state)


def map_law(state: State, done: Sequence[Operation]) -> None:
    """Refuse a stakeholder twice, relations of one alone, and rings that are none.

    Raises RefusedError.
    """
    placements = [e for e in state.values() if e.kind == "placement"]
    placed = Counter(str(e.values["stakeholder"]) for e in placements)
    if any(count > 1 for count in placed.values()):
        message = "This stakeholder was on the map before: bring that entry back."
        raise RefusedError(message, field="stakeholder")
    root = next(e for e in state.values() if e.kind == "map")
    rings: Any = root.values["rings"]
    sectors: Any = root.values["sectors"]
    for element in placements:
        _check_within(element, "ring", len(rings))
        _check_within(element, "sector", len(sectors))
    for element in _touched(state, done):
        if element.kind == "relation":
            _check_relation(element, placed)


def _touched(state: State, done: Sequence[Operation]) -> list[Element]:
    lineages = {o.lineage for o in done}
    return [state[pk] for pk in lineages if not state[pk].is_deleted]


def _check_content(section: Element) -> None:
    kind = SectionKind(str(section.values["kind"]))
    try:
        checked(kind, section.values["content"])
    except msgspec.ValidationError as error:
        message = f"{kind.words}: {error}."
        raise RefusedError(message, field="content") from error


def _check_statement(fact: Element, state: State) -> None:
    section = state[fact.parent] if fact.parent else None
    kind = str(section.values["kind"]) if section else ""
    if kind not in STATED:
        message = "This kind of section holds no statements."
        raise RefusedError(message, field="parent")
    if fact.values["facet"] and kind != SectionKind.JOBS:
        message = "Only jobs are functional, emotional or social."
        raise RefusedError(message, field="facet")


def _check_file(file: Element, state: State) -> None:
    section = state[file.parent] if file.parent else None
    if section is None or section.values["kind"] not in HOLDS_FILES:
        message = "Only sections for pictures and for files and links hold files."
        raise RefusedError(message, field="parent")


def _check_within(placement: Element, name: str, count: int) -> None:
    place: Any = placement.values[name]
    if place is not None and place >= count and not placement.is_deleted:
        message = f"There is no {name} {place + 1} on this map; move who stands there first."
        raise RefusedError(message, field=name)


def _check_relation(relation: Element, placed: Counter[str]) -> None:
    ends = [str(relation.values[name]) for name in ("start", "end")]
    if ends[0] == ends[1]:
        message = "A relation is between two different stakeholders."
        raise RefusedError(message, field="end")
    for name, end in zip(("start", "end"), ends, strict=True):
        if end not in placed:
            message = "Both stakeholders must be on the map."
            raise RefusedError(message, field=name)


def _fields(shape: Any, kind: str) -> tuple[str, ...]:
    return tuple(field.name for field in shape.element(kind).fields)


PERSONAS = Store(
    shape=PERSONA,
    tables={
        "persona": Table(
            Persona,
            stream="id",
            columns={
                "owner": "owner_id",
                "segment": "segment_id",
                "picture": "picture_id",
                "cover": "cover_id",
            },
            fields=_fields(PERSONA, "persona"),
        ),
        "section": Table(PersonaSection, stream="persona_id", fields=_fields(PERSONA, "section")),
        "fact": Table(
            PersonaFact,
            stream="persona_id",
            parent="section_id",
            fields=_fields(PERSONA, "fact"),
        ),
        "citation": Table(
            PersonaFactEvidence,
            stream="persona_id",
            parent="fact_id",
            columns={"evidence": "evidence_id"},
            fields=_fields(PERSONA, "citation"),
        ),
        "file": Table(
            PersonaFile,
            stream="persona_id",
            parent="section_id",
            columns={"asset": "asset_id"},
            fields=_fields(PERSONA, "file"),
        ),
    },
    log=PersonaOp,
    stream="persona",
    references={"member": Membership, "segment": Segment, "asset": Asset, "evidence": Evidence},
    law=persona_law,
)

MAPS = Store(
    shape=STAKEHOLDER_MAP,
    tables={
        "map": Table(
            StakeholderMap,
            stream="id",
            columns={"owner": "owner_id"},
            fields=_fields(STAKEHOLDER_MAP, "map"),
        ),
        "placement": Table(
            StakeholderPlacement,
            stream="map_id",
            columns={"stakeholder": "stakeholder_id"},
            fields=_fields(STAKEHOLDER_MAP, "placement"),
        ),
        "relation": Table(
            StakeholderRelation,
            stream="map_id",
            columns={"start": "start_id", "end": "end_id"},
            fields=_fields(STAKEHOLDER_MAP, "relation"),
        ),
    },
    log=StakeholderMapOp,
    stream="map",
    references={"member": Membership, "stakeholder": Stakeholder},
    law=map_law,
)
