"""Copying a map into another journey: a map of its own, not a pair of the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.copying import begin_as_copy
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Source
from cxm.kernel.operations.state import State, is_there
from cxm.kernel.operations.store import read_state
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from cxm.touchpoints.rules.keys import free_key
from journeys.errors import NotNowError
from journeys.models import EvidenceLink, Lineage, MapThread, MetricBinding, Target
from journeys.rules.copying import with_figures
from journeys.rules.matching import renamed
from journeys.services.bindings import MOST_AT_A_STEP
from journeys.services.map_lineages import name_lineages
from journeys.services.maps import check_horizon, first_values, with_columns
from journeys.services.stores import MAPS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime
    from uuid import UUID

    from cxm.tenants.models import Membership
    from journeys.models import Journey, JourneyMap
    from journeys.rules.kinds import MapState


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """How much of a map did not come along: promises, threads, links to evidence, and figures."""

    targets: int
    threads: int
    evidence: int
    figures: int


@dataclass(frozen=True, slots=True)
class Copied:
    """The new map, and what of the first one did not come along."""

    map: JourneyMap
    left: LeftBehind


@transaction.atomic
def copy_map(
    *,
    of: JourneyMap,
    into: Journey,
    name: str,
    state: MapState,
    by: Membership | ApiKey | None,
    now: datetime,
    horizon: date | None = None,
    source: Source = Source.UI,
) -> Copied:
    """Make a draft in the journey *into* with everything that is on *of*, under ids of its own.

    Keys stay where they are free. Figures of its steps come along where their touchpoint, metric
    and persona are in use; those of a map as a whole where the journey does not show them yet. What
    the template of *of* has locked is not locked there. Raises TitleNeededError, TooManyError,
    NotNowError, RefusedError, ArchivedDocumentError, and CircleError where *into* lies on the map.
    """
    check_horizon(state, horizon)
    if into.pk == of.journey_id:
        message = "Choose another journey: in its own one, a map is forked."
        raise NotNowError(message, field="journey")
    map_id = new_id()
    values = first_values(into, name, state) | {"archived_at": None}
    begun = read_state(MAPS, Request(of.tenant, of.pk, actor_of(by), now))
    root = of.pk
    there = State(e for e in begun.values() if is_there(begun, e.id))
    ids = {pk: new_id() for pk in there if pk != root}
    _name(of, into, ids)
    figures = _figures(of, ids)
    keys = _bind(figures, into, ids, by, now)
    lost = frozenset(one.key for one in figures) - keys.keys()
    drawn = with_figures(renamed(there, ids), keys, lost)
    begin_as_copy(
        MAPS, Request(of.tenant, map_id, actor_of(by), now, source), of=drawn, values=values
    )
    made = with_columns(into, map_id, state=state, horizon=horizon)
    left = _left_behind(of, ids, len(lost))
    changes = {"from_map": str(of.pk), "journey": str(of.journey_id)}
    record(tenant=of.tenant, action="map-copied", by=by, about=made, changes=changes)
    return Copied(made, left)


def _name(of: JourneyMap, into: Journey, ids: Mapping[UUID, UUID]) -> None:
    """Make the lineages of the copy, with the keys that the elements have now."""
    rows = Lineage.objects.for_tenant(of.tenant_id).filter(journey=of.journey_id, pk__in=list(ids))
    told = rows.order_by("pk").values_list("pk", "kind", "key")
    name_lineages(into, {ids[pk]: (kind, key) for pk, kind, key in told})


def _figures(of: JourneyMap, there: Collection[UUID]) -> list[MetricBinding]:
    """List the figures that the map shows: those of its journey, at its steps or as a whole."""
    rows = MetricBinding.objects.for_tenant(of.tenant_id).filter(journey=of.journey_id)
    rows = rows.filter(archived_at=None).select_related("metric", "touchpoint", "persona")
    return [one for one in rows.order_by("key") if not one.step_id or one.step_id in there]


def _bind(
    figures: list[MetricBinding],
    into: Journey,
    ids: Mapping[UUID, UUID],
    by: Membership | ApiKey | None,
    now: datetime,
) -> dict[str, str]:
    """Bind *figures* to the copied steps; give the keys that they have there by those here."""
    rows = MetricBinding.objects.for_tenant(into.tenant_id).filter(journey=into)
    taken = set(rows.values_list("key", flat=True))
    shown = {_shows(one): one.key for one in rows.filter(step=None, archived_at=None)}
    told = {"created_at": now, "by": None if isinstance(by, ApiKey) else by}
    keys: dict[str, str] = {}
    made = []
    for one in figures:
        if one.step_id is None and _shows(one) in shown:
            keys[one.key] = shown[_shows(one)]
        elif _has_room(one, ids, len(shown)):
            keys[one.key] = free_key(one.key, taken)
            taken.add(keys[one.key])
            made.append(_binding(one, into, keys[one.key], ids, told))
            if one.step_id is None:
                shown[_shows(one)] = keys[one.key]
    MetricBinding.objects.bulk_create(made)
    return keys


def _has_room(one: MetricBinding, ids: Mapping[UUID, UUID], shown: int) -> bool:
    """Whether a figure can be bound: what it counts is in use, and there is a place for it."""
    there = one.step_id in ids if one.step_id else shown < MOST_AT_A_STEP
    parts: tuple[Any, ...] = (one.metric, one.touchpoint, one.persona)
    return there and all(part is None or part.archived_at is None for part in parts)


def _binding(
    one: MetricBinding,
    into: Journey,
    key: str,
    ids: Mapping[UUID, UUID],
    told: Mapping[str, Any],
) -> MetricBinding:
    return MetricBinding(
        tenant_id=into.tenant_id,
        journey=into,
        key=key,
        step_id=ids[one.step_id] if one.step_id else None,
        touchpoint_id=one.touchpoint_id,
        persona_id=one.persona_id,
        metric_id=one.metric_id,
        window_days=one.window_days,
        min_n=one.min_n,
        filter=one.filter,
        **told,
    )


def _shows(one: MetricBinding) -> tuple[UUID, UUID | None, UUID | None]:
    """Say what tells a figure of a map as a whole from others."""
    return (one.metric_id, one.touchpoint_id, one.persona_id)


def _left_behind(of: JourneyMap, ids: Mapping[UUID, UUID], figures: int) -> LeftBehind:
    tenant, elements = of.tenant_id, list(ids)
    links = EvidenceLink.objects.for_tenant(tenant)
    return LeftBehind(
        targets=Target.objects.for_tenant(tenant).filter(map=of, removed_at=None).count(),
        threads=MapThread.objects.for_tenant(tenant).filter(map=of).count(),
        evidence=(links.filter(card__in=elements) | links.filter(step__in=elements)).count(),
        figures=figures,
    )
