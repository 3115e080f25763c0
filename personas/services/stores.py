"""Where the documents of this app lie, and the laws that they keep."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from cxm.collaboration.models import Asset, Evidence
from cxm.customers.models import Segment
from cxm.kernel.operations.documents import Store
from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.references import Reference
from cxm.kernel.operations.rows import Table
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
from personas.services.validating import check_validated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import Element, State

# What of a map its owner alone decides.
_OWNERS_OWN = frozenset({"owner", "visibility"})


def persona_law(state: State, done: Sequence[Operation], tenant: Any) -> None:
    """Refuse what does not fit its section, evidence twice, and *validated* without evidence.

    Raises RefusedError.
    """
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
    check_validated(state, done, tenant)


def map_law(state: State, done: Sequence[Operation], tenant: Any) -> None:
    """Refuse a stakeholder twice, relations of one alone, and rings that are none.

    Only its owner says whose a map is and who sees it. Raises RefusedError. One query where
    somebody else asks for that, none else.
    """
    placements = [e for e in state.values() if e.kind == "placement"]
    placed = Counter(str(e.values["stakeholder"]) for e in placements)
    if any(count > 1 for count in placed.values()):
        message = "This stakeholder was on the map before: bring that entry back."
        raise RefusedError(message, field="stakeholder")
    root = next(e for e in state.values() if e.kind == "map")
    _check_owner(root, done, tenant)
    rings: Any = root.values["rings"]
    sectors: Any = root.values["sectors"]
    for element in placements:
        _check_within(element, "ring", len(rings))
        _check_within(element, "sector", len(sectors))
    for element in _touched(state, done):
        if element.kind == "relation":
            _check_relation(element, placed)


def _check_owner(root: Element, done: Sequence[Operation], tenant: Any) -> None:
    """Refuse to take a map from its owner, or to say who sees it, unless that one has left."""
    own = [o for o in done if o.kind == "map" and o.field in _OWNERS_OWN and o.before != o.after]
    if not own:
        return
    owner: Any = next((o.before for o in own if o.field == "owner"), root.values["owner"])
    asking = own[0].actor.id
    if owner is None or asking is None or str(asking) == owner:
        return
    if Membership.objects.for_tenant(tenant).filter(pk=owner, is_active=True).exists():
        message = "Only the owner of a map says who sees it, and who owns it next."
        raise RefusedError(message, field=own[0].field)


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


_MEMBER = Reference(Membership, "member", {"is_active": True})

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
    references={
        "member": _MEMBER,
        "segment": Reference(Segment, "segment", {"archived_at": None}),
        "asset": Reference(Asset, "file"),
        "evidence": Reference(Evidence, "evidence", {"archived_at": None}),
    },
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
    references={
        "member": _MEMBER,
        "stakeholder": Reference(
            Stakeholder, "stakeholder", {"archived_at": None}, is_live_when_new=True
        ),
    },
    law=map_law,
)
