"""Where the documents of this app lie: journeys, and their maps."""

from __future__ import annotations

from typing import Any

from cxm.collaboration.models import Asset
from cxm.kernel.operations.documents import Store
from cxm.kernel.operations.records import ArchivedDocumentError
from cxm.kernel.operations.references import Reference
from cxm.kernel.operations.rows import Table
from cxm.tenants.models import Membership
from cxm.touchpoints.models import Channel, Touchpoint
from journeys.errors import ReadOnlyMapError
from journeys.models import (
    Card,
    Flow,
    Journey,
    JourneyMap,
    JourneyOp,
    Lane,
    MapOp,
    MapPersona,
    Stage,
    Step,
    StepJourney,
    StepRole,
    StepTouchpoint,
)
from journeys.rules.kinds import MapStatus
from journeys.rules.laws import map_law
from journeys.rules.shapes import JOURNEY, MAP
from journeys.services.homes import journey_law
from journeys.services.lineages import make_lineages
from personas.models import Persona, Stakeholder

_NOT_ARCHIVED = {"archived_at": None}
_MEMBER = Reference(Membership, "member", {"is_active": True})
_JOURNEY = Reference(Journey, "journey", _NOT_ARCHIVED)


def only_drafts(row: JourneyMap) -> None:
    """Refuse to change a map that is no draft, or is locked, or whose journey is archived.

    Raises ReadOnlyMapError and ArchivedDocumentError.
    """
    if row.journey.archived_at:
        label = "journey"
        raise ArchivedDocumentError(label)
    if row.status != MapStatus.DRAFT:
        raise ReadOnlyMapError(MapStatus(row.status).words.lower())
    if row.is_locked:
        words = "locked"
        raise ReadOnlyMapError(words)


def _table(kind: str, model: Any, *, parent: str = "", **columns: str) -> Table:
    fields = tuple(field.name for field in MAP.element(kind).fields)
    return Table(
        model, stream="map_id", parent=parent, columns=columns, fields=fields, key="lineage"
    )


JOURNEYS = Store(
    shape=JOURNEY,
    tables={
        "journey": Table(
            Journey,
            stream="id",
            columns={"parent": "parent_id", "owner": "owner_id"},
            fields=tuple(field.name for field in JOURNEY.element("journey").fields),
        ),
    },
    log=JourneyOp,
    stream="journey",
    references={"member": _MEMBER, "journey": _JOURNEY},
    law=journey_law,
)

MAPS = Store(
    shape=MAP,
    tables={
        "map": Table(
            JourneyMap,
            stream="id",
            columns={"journey": "journey_id"},
            fields=tuple(field.name for field in MAP.element("map").fields),
        ),
        "stage": _table("stage", Stage),
        "step": _table("step", Step, parent="stage", owner="owner_id"),
        "lane": _table("lane", Lane, persona="persona_id"),
        "card": _table(
            "card",
            Card,
            parent="lane",
            asset="asset_id",
            persona="persona_id",
            channel="channel_id",
        ),
        "flow": _table("flow", Flow),
        "contact": _table("contact", StepTouchpoint, parent="step", touchpoint="touchpoint_id"),
        "nested": _table("nested", StepJourney, parent="step", journey="journey_id"),
        "role": _table("role", StepRole, parent="step", stakeholder="stakeholder_id"),
        "cast": _table("cast", MapPersona, persona="persona_id"),
    },
    log=MapOp,
    stream="map",
    references={
        "member": _MEMBER,
        "journey": _JOURNEY,
        "persona": Reference(Persona, "persona", _NOT_ARCHIVED),
        "stakeholder": Reference(Stakeholder, "stakeholder", _NOT_ARCHIVED),
        "touchpoint": Reference(Touchpoint, "touchpoint", _NOT_ARCHIVED),
        "channel": Reference(Channel, "channel", _NOT_ARCHIVED),
        "asset": Reference(Asset, "file"),
    },
    law=map_law,
    guard=only_drafts,
    prepare=make_lineages,
)
