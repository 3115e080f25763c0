"""What files of maps need to know of a workspace: keys by id, and ids by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.collaboration.models import Asset
from cxm.kernel.operations.state import is_there
from cxm.tenants.models import ApiKey
from cxm.touchpoints.models import Channel, Touchpoint
from journeys.models import (
    Card,
    Goal,
    Insight,
    Journey,
    JourneyMap,
    Lane,
    Lineage,
    MapPersona,
    MetricBinding,
    Opportunity,
    Solution,
    StepJourney,
    StepRole,
    StepTouchpoint,
)
from journeys.rules.cxmap_reading import twin_of
from journeys.rules.kinds import LaneKind, LineageKind
from journeys.rules.shapes import MAP
from journeys.selectors.access import OPEN_TO_ALL, opened_to
from personas.models import Persona, Stakeholder
from personas.rules.kinds import Visibility

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping
    from uuid import UUID

    from cxm.kernel.operations.state import State
    from cxm.tenants.models import Membership, Tenant

# What a map may refer to, and the column that files know it by.
MODELS: dict[str, tuple[Any, str]] = {
    "persona": (Persona, "key"),
    "stakeholder": (Stakeholder, "key"),
    "touchpoint": (Touchpoint, "key"),
    "channel": (Channel, "key"),
    "journey": (Journey, "key"),
    "asset": (Asset, "sha256"),
    "insight": (Insight, "key"),
    "opportunity": (Opportunity, "key"),
    "solution": (Solution, "key"),
    "goal": (Goal, "key"),
}
_TWINS: dict[str, tuple[Any, str | None]] = {
    "contact": (StepTouchpoint, "step"),
    "role": (StepRole, "step"),
    "nested": (StepJourney, "step"),
    "cast": (MapPersona, None),
}


def referred_ids(states: Iterable[State]) -> dict[str, set[str]]:
    """List the ids that what is on maps refers to, by what it is."""
    found: dict[str, set[str]] = {what: set() for what in MODELS}
    fields = {kind: [f for f in e.fields if f.refers_to] for kind, e in MAP.elements.items()}
    for state in states:
        for element in state.values():
            for one in fields[element.kind]:
                value = element.values[one.name]
                if value and one.refers_to in found and is_there(state, element.id):
                    found[one.refers_to].add(str(value))
    return found


def scores_shown(states: Iterable[State]) -> dict[str, set[str]]:
    """List the keys of scores that lanes of maps show, by what is scored."""
    found: dict[str, set[str]] = {}
    for state in states:
        for lane in state.values():
            config: Any = lane.values.get("config") or {}
            shown = config.get("show_scores") if lane.kind == "lane" else None
            if shown and is_there(state, lane.id):
                found.setdefault(str(lane.values["kind"]), set()).update(shown)
    return found


def keys_of(tenant: Tenant, ids: Mapping[str, Collection[str]]) -> dict[str, dict[str, str]]:
    """Give keys by id of what *ids* name, by what it is. One query for each kind."""
    found: dict[str, dict[str, str]] = {}
    for what, wanted in ids.items():
        model, column = MODELS[what]
        rows = model.objects.for_tenant(tenant).filter(pk__in=wanted)
        told = rows.values_list("pk", column) if wanted else ()
        found[what] = {str(pk): key for pk, key in told}
    return found


def journey_keys_found(
    tenant: Tenant, by: Membership | ApiKey | None, ids: Collection[str]
) -> dict[str, str]:
    """Give keys by id of the journeys of *ids* that *by* finds, archived ones too; None finds all.

    One query.
    """
    rows = Journey.objects.for_tenant(tenant).filter(pk__in=ids)
    if by is not None:
        reader = None if isinstance(by, ApiKey) else by
        rows = rows.filter(opened_to(tenant, reader, [Visibility.LISTED, *OPEN_TO_ALL]))
    return {str(pk): key for pk, key in rows.values_list("pk", "key")}


def ids_of(tenant: Tenant, keys: Mapping[str, Collection[str]]) -> dict[str, dict[str, str]]:
    """Give ids by key of what *keys* name, by what it is, archived rows too."""
    found: dict[str, dict[str, str]] = {}
    for what, wanted in keys.items():
        model, column = MODELS[what]
        rows = model.objects.for_tenant(tenant)
        told = rows.filter(**{f"{column}__in": wanted}).values_list(column, "pk") if wanted else ()
        found[what] = {key: str(pk) for key, pk in told}
    return found


def titles_of(tenant: Tenant, keys: Mapping[str, Collection[str]]) -> dict[str, dict[str, str]]:
    """Give what people call what *keys* name, by key and by what it is; files have no titles."""
    found: dict[str, dict[str, str]] = {}
    for what, wanted in keys.items():
        model, column = MODELS[what]
        if what == "asset" or not wanted:
            continue
        title = "name" if what in {"persona", "stakeholder"} else "title"
        rows = model.objects.for_tenant(tenant).filter(**{f"{column}__in": wanted})
        found[what] = dict(rows.values_list(column, title))
    return found


def lineage_keys(journey: Journey) -> dict[str, str]:
    """Give the keys of a journey's elements by their ids. One query."""
    rows = Lineage.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    return {str(pk): key for pk, key in rows.values_list("pk", "key")}


def step_keys(tenant: Tenant, journey: Journey) -> dict[str, str]:
    """Give the ids of a journey's steps by their keys. One query."""
    rows = Lineage.objects.for_tenant(tenant).filter(journey=journey, kind=LineageKind.STEP)
    return {key: str(pk) for key, pk in rows.values_list("key", "pk")}


def bindings_of(journey: Journey) -> dict[str, MetricBinding]:
    """Give the figures of a journey by key, with what they are bound to. One query."""
    rows = MetricBinding.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    rows = rows.select_related("metric", "step", "touchpoint", "persona")
    return {one.key: one for one in rows.order_by("key")}


def twins_in(journey: Journey, first: JourneyMap | None) -> dict[Hashable, UUID]:
    """Give the ids of elements without keys on any map of *journey*, by what tells them apart.

    Those of the map *first* go before those of others, and what is there before what was deleted.
    Six queries at most.
    """
    found: dict[Hashable, UUID] = {}
    for kind, (model, parent) in _TWINS.items():
        for row in _ranked(model, journey, first):
            lies_in = getattr(row, parent) if parent else None
            found[twin_of(kind, lies_in, _values(kind, row))] = row.lineage
    lanes = Lane.objects.for_tenant(journey.tenant_id).filter(map__journey=journey)
    curves = lanes.filter(kind=LaneKind.EMOTION).values_list("lineage", flat=True)
    for card in _ranked(Card, journey, first, lane__in=list(curves)):
        values = {"step_from": card.step_from, "persona": card.persona_id}
        found[twin_of("card", card.lane, values)] = card.lineage
    return found


def curve_points(of: JourneyMap, nobody: str) -> dict[str, tuple[str, str, str]]:
    """Give the points of a map's curves by key: the keys of their lane, persona and step.

    Where nobody in particular is meant the persona is *nobody*. Three queries.
    """
    lanes = Lane.objects.for_tenant(of.tenant_id).filter(map=of, kind=LaneKind.EMOTION)
    cards = Card.objects.for_tenant(of.tenant_id).filter(map=of, deleted_at=None)
    cards = cards.filter(lane__in=lanes.values("lineage")).select_related("persona")
    keys = lineage_keys(of.journey)
    return {
        keys[str(card.lineage)]: (
            keys[str(card.lane)],
            card.persona.key if card.persona else nobody,
            keys[str(card.step_from)],
        )
        for card in cards
    }


def _ranked(model: Any, journey: Journey, first: JourneyMap | None, **only: Any) -> list[Any]:
    """List rows of all maps of a journey, the ones that count most at the end."""
    rows = model.objects.for_tenant(journey.tenant_id).filter(map__journey=journey, **only)
    wanted = first.pk if first else None
    return sorted(rows, key=lambda r: (r.map_id == wanted, r.deleted_at is None, r.map_id))


def _values(kind: str, row: Any) -> dict[str, Any]:
    shape = MAP.element(kind)
    return {f.name: getattr(row, f"{f.name}_id" if f.refers_to else f.name) for f in shape.fields}
