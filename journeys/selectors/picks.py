"""What can be put on a map: what its lanes take from the registries and the library, by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from cxm.touchpoints.models import Medium
from cxm.touchpoints.selectors import channels_listed, touchpoints_listed
from journeys.models import (
    Goal,
    Insight,
    JourneyMap,
    Lane,
    MapPersona,
    Opportunity,
    Solution,
    StepJourney,
    StepRole,
    StepTouchpoint,
)
from journeys.rules.kinds import ContactRole, LaneKind, StepRoleKind
from journeys.rules.lane_kinds import PRESETS, RULES, kept_config
from journeys.rules.shapes import COLOUR_WORDS
from journeys.selectors.journeys import journeys_found, sight_of
from personas.models import Persona
from personas.rules.kinds import StakeholderKind
from personas.rules.map_access import Sight
from personas.selectors.stakeholders import stakeholders_listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON
    from cxm.tenants.models import Membership
    from journeys.models import Journey

MOST = 30
LANES, CAST, COLOUR = "lane", "persona", "colour"
# What is chosen on a map and lies in no registry or library: guests find it, too.
OWN = frozenset({LANES, COLOUR, LaneKind.ICON})
_LIBRARY: Mapping[str, Any] = {
    LaneKind.INSIGHT: Insight,
    LaneKind.OPPORTUNITY: Opportunity,
    LaneKind.SOLUTION: Solution,
    LaneKind.GOAL: Goal,
}
# What can be added to its registry or to the library by nothing but a name.
NAMEABLE = frozenset({LaneKind.TOUCHPOINT, LaneKind.CHANNEL, LaneKind.ACTOR, *_LIBRARY})


@dataclass(frozen=True, slots=True)
class Pick:
    """One thing to choose: its *label*, a *hint* that tells it apart, and what the element gets."""

    label: str
    hint: str = ""
    values: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something would go: the map, the lane and the step, as far as they are told."""

    map: JourneyMap
    reader: Membership
    lane: Lane | None = None
    step: UUID | None = None

    def config(self, kind: LaneKind) -> Any:
        """Give the settings of the lane, or those that a lane of *kind* has by default."""
        return kept_config(kind, self.lane.config if self.lane else {})


def picks(place: Place, kind: str, q: str) -> list[Pick]:
    """List what of *kind* has *q* in its name, up to 30.

    *kind* is a LaneKind, `lane`, `persona` or `colour`. Of what stands at the step already nothing
    is offered. Unknown kinds, and lanes whose cells take nothing by name, have nothing. At most two
    queries.
    """
    found = _SOURCES.get(kind)
    return found(place, q) if found else []


def _lanes(_place: Place, q: str) -> list[Pick]:
    named = [
        Pick(one.title, RULES[one.kind].words, _lane(one.kind, one.title, one.config, one.zone))
        for one in PRESETS
    ]
    plain = [
        Pick(rule.words, f"Cells hold {rule.about}", _lane(rule.kind, rule.words, {}, None))
        for rule in RULES.values()
    ]
    return [one for one in (*named, *plain) if q.casefold() in f"{one.label} {one.hint}".casefold()]


def _lane(kind: LaneKind, title: str, config: Any, zone: Any) -> dict[str, JSON]:
    zone_told = zone.value if zone else ""
    return {"kind": kind.value, "title": title, "config": dict(config), "zone": zone_told}


def _colours(_place: Place, q: str) -> list[Pick]:
    numbered = enumerate(COLOUR_WORDS.items())
    return [
        Pick(words, str(number or ""), {"colour": colour})
        for number, (colour, words) in numbered
        if q.casefold() in f"{number or ''} {words}".casefold()
    ]


def role_of_next(place: Place) -> ContactRole:
    """Give the role of the next touchpoint of a step: primary where none is yet. One query."""
    return _role_beside(part for (part,) in _at_step(place, StepTouchpoint, "role"))


def _role_beside(there: Iterable[str]) -> ContactRole:
    return ContactRole.SECONDARY if ContactRole.PRIMARY in there else ContactRole.PRIMARY


def _touchpoints(place: Place, q: str) -> list[Pick]:
    there = _at_step(place, StepTouchpoint, "touchpoint_id", "role")
    role = _role_beside(part for _, part in there)
    rows = touchpoints_listed(place.map.tenant, q=q).exclude(pk__in=[pk for pk, _ in there])
    return [
        Pick(
            row.title,
            row.channel.title if row.channel else "",
            {"touchpoint": str(row.pk), "role": role.value},
        )
        for row in rows[:MOST]
    ]


def _stakeholders(place: Place, q: str) -> list[Pick]:
    config = place.config(LaneKind.ACTOR)
    there = _at_step(place, StepRole, "stakeholder_id", "role")
    part = next(iter(config.roles), StepRoleKind.RESPONSIBLE)
    rows = stakeholders_listed(place.map.tenant, q=q).exclude(
        pk__in=[pk for pk, role in there if role == part]
    )
    rows = rows.filter(kind__in=config.kinds or set(StakeholderKind) - {StakeholderKind.SYSTEM})
    told: dict[str, JSON] = {"role": part.value}
    if config.zone:
        told["zone"] = config.zone.value
    return [
        Pick(row.name, row.get_kind_display(), {"stakeholder": str(row.pk), **told})
        for row in rows[:MOST]
    ]


def _journeys(place: Place, q: str) -> list[Pick]:
    there = [pk for pk, _ in _at_step(place, StepJourney, "journey_id", "ord")]
    rows = journeys_found(place.map.tenant, place.reader, q=q)
    rows = rows.exclude(pk__in=[place.map.journey_id, *there])
    return [Pick(row.title, _goal(row, place), {"journey": str(row.pk)}) for row in rows[:MOST]]


def _goal(row: Journey, place: Place) -> str:
    is_open = sight_of(row, place.reader, may_edit=False) >= Sight.CONTENT
    return row.goal[:60] if is_open else ""


def _channels(place: Place, q: str) -> list[Pick]:
    rows = channels_listed(place.map.tenant, q=q)
    return [
        Pick(row.title, Medium(row.medium).label, {"channel": str(row.pk)}) for row in rows[:MOST]
    ]


def _items(kind: LaneKind) -> Callable[[Place, str], list[Pick]]:
    def found(place: Place, q: str) -> list[Pick]:
        rows = _LIBRARY[kind].objects.for_tenant(place.map.tenant).filter(archived_at=None)
        rows = rows.filter(Q(title__icontains=q) | Q(key__icontains=q))
        config = place.config(kind)
        if kind is LaneKind.INSIGHT and config.types:
            rows = rows.filter(kind__in=config.types)
        elif kind is not LaneKind.INSIGHT and config.statuses:
            rows = rows.filter(status__in=config.statuses)
        return [
            Pick(row.title, row.get_status_display(), {kind.value: str(row.pk)})
            for row in rows.order_by("title", "pk")[:MOST]
        ]

    return found


def _icons(place: Place, q: str) -> list[Pick]:
    names: Iterable[str] = ICONS.get(place.config(LaneKind.ICON).set) or _all_icons()
    words = {name: name.replace("-", " ") for name in names}
    return [
        Pick(said.capitalize(), "", {"icon": name})
        for name, said in sorted(words.items())
        if q.casefold() in said
    ][:MOST]


def _all_icons() -> set[str]:
    return {name for names in ICONS.values() for name in names}


# Icons by what they are good for, as the settings of a lane offer them.
ICONS: Mapping[str, tuple[str, ...]] = {
    "feelings": ("smile", "star", "heart-handshake", "sparkles", "triangle-alert", "circle"),
    "things": ("package", "mail", "file-text", "image", "map-pin", "building-2", "link", "tag"),
    "actions": ("search", "phone", "send", "upload", "download", "clock", "flag", "wrench"),
}


def personas_beside(row: JourneyMap, q: str = "", most: int | None = None) -> list[Pick]:
    """List the personas of the workspace that a map does not show yet, by name; two queries.

    The first one of a map is its main one; each next has another colour and line.
    """
    cast = MapPersona.objects.for_tenant(row.tenant).filter(map=row, deleted_at=None)
    there = list(cast.values_list("persona_id", flat=True))
    rows = Persona.objects.for_tenant(row.tenant).filter(deleted_at=None, archived_at=None)
    rows = rows.filter(name__icontains=q).exclude(pk__in=there).order_by("name", "pk")
    look = look_of_next(len(there))
    return [
        Pick(row.name, row.tagline[:60], {"persona": str(row.pk), **look}) for row in rows[:most]
    ]


def look_of_next(there: int) -> dict[str, JSON]:
    """Give what the next persona of a map with *there* personas gets: colour, line, main or not."""
    number = there + 1
    return {"is_main": not there, "colour": min(number, 8), "dash": (number - 1) % 4 + 1}


def _at_step(place: Place, model: Any, *columns: str) -> list[Any]:
    if place.step is None:
        return []
    rows = model.objects.for_tenant(place.map.tenant)
    rows = rows.filter(map=place.map, step=place.step, deleted_at=None)
    return list(rows.values_list(*columns))


_SOURCES: Mapping[str, Callable[[Place, str], list[Pick]]] = {
    LANES: _lanes,
    COLOUR: _colours,
    CAST: lambda place, q: personas_beside(place.map, q, MOST),
    LaneKind.TOUCHPOINT: _touchpoints,
    LaneKind.ACTOR: _stakeholders,
    LaneKind.NESTED: _journeys,
    LaneKind.CHANNEL: _channels,
    LaneKind.ICON: _icons,
    **{kind: _items(LaneKind(kind)) for kind in _LIBRARY},
}
