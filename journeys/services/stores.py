"""Where the documents of this app lie: journeys, and their maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.collaboration.models import Asset
from cxm.kernel.operations.documents import Store
from cxm.kernel.operations.records import ArchivedDocumentError
from cxm.kernel.operations.references import Reference
from cxm.kernel.operations.rows import Table
from cxm.tenants.models import Membership
from cxm.touchpoints.models import Channel, Touchpoint
from journeys.errors import InReviewError, ReadOnlyMapError
from journeys.models import (
    Card,
    Flow,
    Goal,
    Insight,
    Journey,
    JourneyMap,
    JourneyOp,
    Lane,
    MapOp,
    MapPersona,
    Opportunity,
    Solution,
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
from journeys.services.nesting import check_nested, give_homes
from journeys.services.news import tell_of_changes, with_listening
from journeys.services.snapshots import ask_for_snapshot
from journeys.services.template_locks import check_locked
from personas.models import Persona, Stakeholder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.operations.documents import Request
    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import Element, State

_NOT_ARCHIVED = {"archived_at": None}
_MEMBER = Reference(Membership, "member", {"is_active": True})
_JOURNEY = Reference(Journey, "journey", _NOT_ARCHIVED)


def only_drafts(row: JourneyMap) -> None:
    """Refuse to change a map that is no draft, or is locked, or whose journey is archived.

    Raises ReadOnlyMapError, InReviewError and ArchivedDocumentError.
    """
    if row.journey.archived_at:
        label = "journey"
        raise ArchivedDocumentError(label)
    if row.status == MapStatus.IN_REVIEW:
        raise InReviewError
    if row.status != MapStatus.DRAFT:
        raise ReadOnlyMapError(MapStatus(row.status).words.lower())
    if row.is_locked:
        words = "locked"
        raise ReadOnlyMapError(words)


def _table(
    kind: str, model: Any, *, parent: str = "", is_crowded: bool = False, **columns: str
) -> Table:
    fields = tuple(field.name for field in MAP.element(kind).fields)
    return Table(
        model,
        stream="map_id",
        parent=parent,
        columns=columns,
        fields=fields,
        key="lineage",
        is_crowded=is_crowded,
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


def _map_law(state: State, done: Sequence[Operation], tenant: Any) -> None:
    """Refuse what no map may be, a journey in itself by one, and what its template has locked."""
    map_law(state, done, tenant)
    check_nested(state, done, tenant)
    check_locked(state, done, tenant)


def _prepare(request: Request, new: Sequence[Element], state: State) -> None:
    """Give new elements their lineages, and journeys that came into steps a home."""
    make_lineages(request, new, state)
    give_homes(JOURNEYS, request, new, state)


def _follow(request: Request, done: Sequence[Operation], before: JourneyMap | None) -> None:
    """Promise a snapshot where one is due, and tell other systems that listen."""
    ask_for_snapshot(request, done[0].seq - 1, done[-1].seq)
    tell_of_changes(request, done, before)


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
            is_crowded=True,
            asset="asset_id",
            persona="persona_id",
            channel="channel_id",
            insight="insight_id",
            opportunity="opportunity_id",
            solution="solution_id",
            goal="goal_id",
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
        "insight": Reference(Insight, "insight", _NOT_ARCHIVED),
        "opportunity": Reference(Opportunity, "opportunity", _NOT_ARCHIVED),
        "solution": Reference(Solution, "solution", _NOT_ARCHIVED),
        "goal": Reference(Goal, "goal", _NOT_ARCHIVED),
    },
    law=_map_law,
    guard=only_drafts,
    prepare=_prepare,
    afterwards=_follow,
    with_root=("journey",),
    beside_root=with_listening,
)
