"""Taking maps and journeys out as files: one map a file, a journey as a zip of them."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.cxmap.documents import MAJOR
from cxm.kernel.cxmap.own_keys import own_of
from cxm.kernel.cxmap.writing import written, written_json
from cxm.kernel.operations.state import is_there
from cxm.tenants.audit import record
from journeys.errors import RestrictedError
from journeys.models import Journey, JourneyMap, Target
from journeys.rules.cxmap_shapes import BUNDLE_PROFILE, FILE, JOURNEY_FIELDS, LIBRARY_PROFILE
from journeys.rules.cxmap_writing import map_tree
from journeys.rules.kinds import Sensitivity
from journeys.rules.shapes import FILE as OF_THE_FILE
from journeys.selectors.map_files import (
    journey_keys_found,
    keys_of,
    lineage_keys,
    referred_ids,
    scores_shown,
)
from journeys.services.map_library_out import Used, library_part
from journeys.services.stores import MAPS
from personas.services.library_states import states_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from cxm.kernel.operations.state import State
    from cxm.tenants.models import ApiKey, Membership
    from journeys.rules.cxmap_writing import Keys

# Archives say when their files were made; here that would differ each time.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file that was written: what to call it, and its text."""

    name: str
    text: str


@transaction.atomic
def export_map(
    *,
    of: JourneyMap,
    by: Membership | ApiKey | None,
    profile: str = BUNDLE_PROFILE,
    as_json: bool = False,
) -> TextFile:
    """Write a map as a file in its canonical form; who took it out is kept in the audit log.

    As `bundle` it holds every library item that the map uses, as `map` only their keys. It holds
    no ids, times, people or computed numbers, and nothing of journeys that *by* does not find; None
    finds all. The number of queries does not grow with the map.
    """
    tree = file_tree(of, profile, by=by)
    record(tenant=of.tenant, action="map-exported", by=by, about=of, changes={"as": profile})
    text = written_json(tree, FILE) if as_json else written(tree, FILE)
    return TextFile(f"{file_name(of)}.{'json' if as_json else 'yaml'}", text)


@transaction.atomic
def export_journey(
    *,
    journey: Journey,
    maps: Sequence[JourneyMap],
    by: Membership | ApiKey | None,
    may_edit: bool = True,
) -> bytes:
    """Write a journey as a zip: a folder with each of *maps*, and the library that they share.

    The same content gives the same bytes, in whatever order the maps come. Raises RestrictedError
    where the journey is restricted and who asks may not edit.
    """
    check_exportable(journey, may_edit=may_edit)
    record(tenant=journey.tenant, action="journey-exported", by=by, about=journey)
    files = journey_files(journey, sorted(maps, key=lambda one: one.number), by=by)
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in files:
            entry = zipfile.ZipInfo(f"{journey.key}/{one.name}", _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, one.text)
    return made.getvalue()


def check_exportable(journey: Journey, *, may_edit: bool) -> None:
    """Refuse files of a restricted journey to those who may not edit. Raises RestrictedError."""
    if journey.sensitivity == Sensitivity.RESTRICTED and not may_edit:
        raise RestrictedError


def journey_files(
    journey: Journey, maps: Sequence[JourneyMap], *, by: Membership | ApiKey | None = None
) -> list[TextFile]:
    """Write each of *maps* with keys only, and what they use as one library file before them.

    Of journeys that *by* does not find nothing is written; None finds all.
    """
    states = states_by_map(journey, [one.pk for one in maps])
    keys = _keys(journey, states.values(), by)
    trees = [_tree(one, states[one.pk], keys, "map") for one in maps]
    used = _used(journey, states, maps)
    library: dict[str, Any] = {"cxmap": MAJOR, "profile": LIBRARY_PROFILE}
    library["library"] = library_part(used)
    files = [TextFile("library.yaml", written(library, FILE))]
    named = zip(maps, trees, strict=True)
    return files + [TextFile(f"{file_name(one)}.yaml", written(t, FILE)) for one, t in named]


def file_tree(
    of: JourneyMap,
    profile: str = BUNDLE_PROFILE,
    *,
    by: Membership | ApiKey | None = None,
) -> dict[str, Any]:
    """Give a map as the tree of a file, without journeys that *by* does not find.

    None finds all.
    """
    states = states_by_map(of.journey, [of.pk])
    tree = _tree(of, states[of.pk], _keys(of.journey, states.values(), by), profile)
    if profile == BUNDLE_PROFILE:
        tree["library"] = library_part(_used(of.journey, states, [of]))
    return tree


def file_name(of: JourneyMap) -> str:
    """Give what the file of a map is called, without its ending: `3-future`."""
    return f"{of.number}-{of.state}"


def states_by_map(journey: Journey, maps: Collection[UUID]) -> dict[UUID, State]:
    """Read *maps* of a journey, with what was deleted. One query for each kind of element."""
    return states_of(MAPS, journey.tenant, maps)


def _tree(of: JourneyMap, state: State, keys: Keys, profile: str) -> dict[str, Any]:
    journey = of.journey
    return {
        "cxmap": MAJOR,
        "profile": profile,
        "journey": {
            **{name: getattr(journey, name) for name in ("key", *JOURNEY_FIELDS)},
            "parent": keys["journey"].get(str(journey.parent_id)),
            **own_of(journey.extra),
        },
        "map": {
            "state": of.state,
            "name": of.name,
            "label": of.label,
            "baseline": of.baseline.number if of.baseline else None,
            "horizon": of.horizon.isoformat() if of.horizon else None,
            **own_of(of.extra),
        },
        **map_tree(state, keys),
        "targets": [_target(one) for one in _targets([of])],
        **own_of(of.extra, OF_THE_FILE),
    }


def _keys(
    journey: Journey, states: Collection[State] | Any, by: Membership | ApiKey | None
) -> Keys:
    ids = referred_ids(states)
    journeys = ids.pop("journey") | ({str(journey.parent_id)} if journey.parent_id else set())
    named = journey_keys_found(journey.tenant, by, journeys) if journeys else {}
    found = keys_of(journey.tenant, ids)
    return {**found, "journey": named, "lineage": lineage_keys(journey)}


def _used(journey: Journey, states: dict[UUID, State], maps: Sequence[JourneyMap]) -> Used:
    steps = {
        e.id
        for state in states.values()
        for e in state.values()
        if e.kind == "step" and is_there(state, e.id)
    }
    shown = scores_shown(states.values())
    return Used(journey, referred_ids(states.values()), steps, _targets(maps), shown)


def _targets(maps: Sequence[JourneyMap]) -> list[Target]:
    if not maps:
        return []
    rows = Target.objects.for_tenant(maps[0].tenant_id).filter(map__in=maps, removed_at=None)
    rows = rows.select_related("binding__metric", "step", "binding__step")
    return list(rows.order_by("binding__key", "step__key", "pk"))


def _target(one: Target) -> dict[str, Any]:
    return {
        "binding": one.binding.key,
        "step": one.step.key if one.step else None,
        "direction": one.direction,
        "value": one.value,
        "margin": one.margin,
        "due": one.due.isoformat(),
        "note": one.note,
    }
