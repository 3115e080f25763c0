"""Maps of files as elements with ids, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.cxmap.own_keys import own_parts
from cxm.kernel.cxmap.shapes import NOBODY
from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.state import State
from journeys.rules.cxmap_plans import Placed
from journeys.rules.cxmap_shapes import REFERENCES
from journeys.rules.cxmap_writing import (
    CONTACT_FIELDS,
    FLOW_FIELDS,
    LANE_FIELDS,
    POINT_FIELDS,
    ROLE_FIELDS,
    STAGE_FIELDS,
    STEP_FIELDS,
    usual_colour,
    usual_dash,
)
from journeys.rules.fields import OWN
from journeys.rules.kinds import CARDED, LaneKind
from journeys.rules.lane_kinds import config_of
from journeys.rules.shapes import IMPORTANCE, MAP

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from cxm.kernel.cxmap.documents import Document

_WORDS = {"nested": "journey", "asset": "file"}


@dataclass(frozen=True, slots=True)
class Known:
    """What a file may refer to.

    *ids* by key, of what it is: `persona`, `touchpoint`, `channel`, `stakeholder`, `journey`,
    `asset`, `insight`, `opportunity`, `solution`, `goal`. *lineages* of the journey by kind and
    key, former keys among them. *twins* are the ids of elements without keys, in any map of the
    journey, by what tells them apart, as `twin_of` gives it. *state* is the map as it is; empty
    where a new one is made.
    """

    ids: Mapping[str, Mapping[str, str]]
    lineages: Mapping[tuple[str, str], UUID] = field(default_factory=dict)
    twins: Mapping[Hashable, UUID] = field(default_factory=dict)
    state: State = field(default_factory=State)


@dataclass(slots=True)
class WantedMap:
    """A map as a file has it: its elements, what others lie in before these.

    *keys* are those of elements that are to be known by a key, as kind and key.
    """

    elements: list[Placed] = field(default_factory=list)
    keys: dict[UUID, tuple[str, str]] = field(default_factory=dict)


def twin_of(kind: str, parent: Any, values: Mapping[str, Any]) -> Hashable:
    """Give what tells an element without a key from others of its kind, in a journey."""
    names = {
        "contact": ("touchpoint",),
        "role": ("stakeholder", "role"),
        "nested": ("journey",),
        "cast": ("persona",),
        "card": ("step_from", "persona"),
    }[kind]
    told = tuple(str(values[name]) if values[name] else None for name in names)
    # The persona of a map is the same one on all maps.
    return kind, None if kind == "cast" else str(parent), told


def wanted_map(
    tree: Mapping[str, Any], map_id: UUID, document: Document, known: Known
) -> WantedMap:
    """Give what a map shall hold; complain to *document* of what cannot be.

    *tree* is a whole file that fits its shape. Every fault is told, not the first.
    """
    reader = _Reader(map_id, document, known)
    reader.read(tree)
    return reader.found


class _Reader:
    """One map on its way out of a file."""

    def __init__(self, map_id: UUID, document: Document, known: Known) -> None:
        self.map_id, self.document, self.known = map_id, document, known
        self.found = WantedMap()
        self.steps: dict[str, UUID] = {}
        self.places: dict[str, int] = {}
        self.told: dict[tuple[str, str], str] = {}

    def read(self, tree: Mapping[str, Any]) -> None:
        """Read all parts, and what is said of each."""
        for place, item in enumerate(tree.get("personas", ())):
            self._cast(item, place)
        for number, item in enumerate(tree.get("stages", ())):
            self._stage(item, f"stages[{number}]")
        for number, item in enumerate(tree.get("flows", ())):
            self._flow(item, f"flows[{number}]")
        for number, item in enumerate(tree.get("lanes", ())):
            self._lane(item, f"lanes[{number}]")

    def _cast(self, item: Mapping[str, Any], place: int) -> None:
        path = f"personas[{place}]"
        told = {
            "colour": item.get("colour", usual_colour(place)),
            "dash": item.get("dash", usual_dash(place)),
            "persona": self._named("persona", item["key"], path),
            "is_main": place == 0,
            OWN: own_parts(item),
        }
        values = self._kept("cast", told, path)
        # Wherever the main one lies among the others, it comes first in files.
        self._place("cast", self.map_id, values, group=place == 0)

    def _stage(self, item: Mapping[str, Any], path: str) -> None:
        values = self._kept("stage", _spoken(item, STAGE_FIELDS), path)
        stage = self._keyed("stage", item, path, self.map_id, values)
        for number, step in enumerate(item.get("steps", ())):
            self._step(step, f"{path}.steps[{number}]", stage)

    def _step(self, item: Mapping[str, Any], path: str, stage: UUID) -> None:
        importance = item.get("importance") or {}
        told = {
            **_spoken(item, STEP_FIELDS),
            "importance_customer": importance.get("customer"),
            "importance_org": importance.get("organisation"),
            OWN: own_parts(item) | own_parts(importance, IMPORTANCE),
        }
        values = self._kept("step", told, path)
        step = self._keyed("step", item, path, stage, values)
        self.places.setdefault(item["key"], len(self.steps))
        self.steps.setdefault(item["key"], step)
        for number, one in enumerate(item.get("touchpoints", ())):
            where = f"{path}.touchpoints[{number}]"
            touchpoint = self._named("touchpoint", one["key"], where)
            told = {**_spoken(one, CONTACT_FIELDS), "touchpoint": touchpoint}
            self._place("contact", step, self._kept("contact", told, where))
        for number, one in enumerate(item.get("roles", ())):
            where = f"{path}.roles[{number}]"
            stakeholder = self._named("stakeholder", one["key"], where)
            told = {**_spoken(one, ROLE_FIELDS), "stakeholder": stakeholder}
            self._place("role", step, self._kept("role", told, where))
        for number, one in enumerate(item.get("journeys", ())):
            where = f"{path}.journeys[{number}]"
            told = {"journey": self._named("journey", one["key"], where), OWN: own_parts(one)}
            self._place("nested", step, self._kept("nested", told, where))

    def _flow(self, item: Mapping[str, Any], path: str) -> None:
        ends = {
            "from_step": self._step_called(item["from"], f"{path}.from"),
            "to_step": self._step_called(item["to"], f"{path}.to"),
        }
        values = self._kept("flow", {**_spoken(item, FLOW_FIELDS), **ends}, path)
        self._keyed("flow", item, path, self.map_id, values)

    def _lane(self, item: Mapping[str, Any], path: str) -> None:
        kind = LaneKind(item["kind"])
        told = _spoken(item, LANE_FIELDS)
        told["persona"] = self._named("persona", item.get("persona"), f"{path}.persona")
        lane = self._keyed("lane", item, path, self.map_id, self._kept("lane", told, path))
        self._check_kind(lane, kind, path)
        self._check_config(item, kind, path)
        is_curve = kind is LaneKind.EMOTION
        if item.get("values") and not is_curve:
            words = "Only lanes of kind “emotion” have values: list cards instead."
            self.document.complain(f"{path}.values", words)
        if item.get("cards") and (is_curve or kind not in CARDED):
            hint = "Write its values, by persona and step." if is_curve else "It holds no cards."
            self.document.complain(f"{path}.cards", f"This lane is of kind “{kind}”. {hint}")
            return
        self._points(item.get("values", {}) if is_curve else {}, lane, item["key"], path)
        for number, card in enumerate(item.get("cards", ())):
            self._card(card, f"{path}.cards[{number}]", lane)

    def _check_kind(self, lane: UUID, kind: LaneKind, path: str) -> None:
        there = self.known.state.get(lane)
        if there is not None and there.values["kind"] != kind:
            words = f"This lane is of kind “{there.values['kind']}” here: give it another key."
            self.document.complain(f"{path}.kind", words)

    def _check_config(self, item: Mapping[str, Any], kind: LaneKind, path: str) -> None:
        try:
            config_of(kind, item.get("config", {}))
        except RefusedError as error:
            self.document.complain(f"{path}.{error.field}", str(error))

    def _points(
        self, told: Mapping[str, Mapping[str, Any]], lane: UUID, key: str, path: str
    ) -> None:
        for who, points in told.items():
            where = f"{path}.values.{who}"
            persona = None if who == NOBODY else self._named("persona", who, where)
            for step_key in sorted(points, key=lambda name: self.places.get(name, 0)):
                step = self._step_called(step_key, f"{where}.{step_key}")
                values = self._shown(points[step_key], f"{where}.{step_key}")
                values |= {"step_from": step, "step_to": step, "persona": persona}
                # Points of one step have no order among each other.
                card = self._place("card", lane, values, group=(step, persona))
                usual = f"{key[:24]}-{step_key[:24]}-{'all' if who == NOBODY else who}"[:63]
                self.found.keys[card] = ("card", usual)

    def _card(self, item: Mapping[str, Any], path: str, lane: UUID) -> None:
        first = self._step_called(item["step"], f"{path}.step")
        last = self._step_called(item["to"], f"{path}.to") if "to" in item else first
        values = self._shown(item, path)
        persona = self._named("persona", item.get("persona"), f"{path}.persona")
        values |= {"step_from": first, "step_to": last, "persona": persona}
        told = [name for name in REFERENCES if item.get(name)]
        if len(told) > 1:
            words = f"A card refers to one thing, not to {' and '.join(told)}."
            self.document.complain(f"{path}.{told[1]}", words)
        for name in REFERENCES:
            values[name] = self._named(name, item.get(name), f"{path}.{name}")
        self._keyed("card", item, path, lane, values, group=first)

    def _shown(self, item: Mapping[str, Any], path: str) -> dict[str, Any]:
        """Give what a card shows, without where it lies and what it refers to."""
        values = self._kept("card", _spoken(item, POINT_FIELDS), path)
        asset = item.get("asset")
        if asset and asset not in self.known.ids.get("asset", {}):
            words = "This file is not here: upload it again. What is here stays as it is."
            self.document.remark(f"{path}.asset", words)
        else:
            values["asset"] = self.known.ids["asset"][asset] if asset else None
        return values

    def _named(self, what: str, key: str | None, path: str) -> str | None:
        """Give the id of what is called *key*; complain where there is none."""
        if key is None:
            return None
        found = self.known.ids.get(what, {}).get(key)
        if found is None:
            words = f"There is no {what} “{key}”, neither in this file nor here."
            self.document.complain(path, words)
        return found

    def _step_called(self, key: str, path: str) -> str | None:
        found = self.steps.get(key)
        if found is None:
            self.document.complain(path, f"There is no step “{key}” on this map.")
        return str(found) if found else None

    def _keyed(
        self,
        kind: str,
        item: Mapping[str, Any],
        path: str,
        parent: UUID,
        values: dict[str, Any],
        *,
        group: Hashable = None,
    ) -> UUID:
        """Place an element that is known by its key; of two with one key complain."""
        key = item["key"]
        if (kind, key) in self.told:
            words = f"“{key}” is a {kind} already, at {self.told[kind, key]}."
            self.document.complain(f"{path}.key", words)
        self.told.setdefault((kind, key), path)
        lineage = self.known.lineages.get((kind, key)) or new_id()
        if lineage in self.found.keys and self.found.keys[lineage] != (kind, key):
            words = (
                f"“{key}” is the former key of “{self.found.keys[lineage][1]}”: use one of them."
            )
            self.document.complain(f"{path}.key", words)
        self.found.keys[lineage] = (kind, key)
        self.found.elements.append(Placed(lineage, kind, values, parent, group))
        return lineage

    def _place(
        self, kind: str, parent: UUID, values: dict[str, Any], *, group: Hashable = None
    ) -> UUID:
        """Place an element that has no key, under the id that it has on any map of the journey."""
        try:
            twin = twin_of(kind, parent, values)
        except KeyError:
            # Something is wrong with it, and was complained of.
            twin = None
        found = self.known.twins.get(twin)
        there = self.known.state.get(found) if found else None
        if there is not None and twin_of(kind, there.parent, there.values) != twin:
            found = None
        pk = found or new_id()
        self.found.elements.append(Placed(pk, kind, values, parent, group))
        return pk

    def _kept(self, kind: str, told: Mapping[str, Any], path: str) -> dict[str, Any]:
        """Give values as they are kept, what is not said as its default."""
        shape = MAP.element(kind)
        kept: dict[str, Any] = {}
        for name, value in told.items():
            known = shape.field(name)
            if value is None and known.refers_to:
                kept[name] = None
                continue
            try:
                kept[name] = known.kept(known.default if value is None else value)
            except RefusedError as error:
                self.document.complain(f"{path}.{_SAID.get(name, name)}", str(error))
        return kept


def _spoken(item: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    return {name: item.get(key) for key, name in fields.items()} | {OWN: own_parts(item)}


def _reversed(*fields: Sequence[tuple[str, str]] | Mapping[str, str]) -> dict[str, str]:
    return {name: key for one in fields for key, name in dict(one).items()}


_SAID = _reversed(STAGE_FIELDS, STEP_FIELDS, LANE_FIELDS, FLOW_FIELDS, POINT_FIELDS) | {
    "importance_customer": "importance",
    "importance_org": "importance",
    "presenter_note": "note",
}
