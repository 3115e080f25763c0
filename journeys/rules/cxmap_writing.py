"""Maps as the parts of a file: keys instead of ids, and nothing that is as usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.kernel.cxmap.own_keys import own_of
from cxm.kernel.cxmap.shapes import NOBODY
from cxm.kernel.operations.state import children_by_parent
from journeys.rules.cxmap_shapes import REFERENCES
from journeys.rules.fields import OWN
from journeys.rules.kinds import LaneKind
from journeys.rules.laws import steps_in_order
from journeys.rules.shapes import IMPORTANCE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from cxm.kernel.operations.state import Element, State

# Keys by id, of everything that a map may refer to, by what it is: `lineage`, `persona`, …
type Keys = Mapping[str, Mapping[str, str]]

COLOURS, DASHES = 8, 4
# What keys in a file are called in a map, where the words differ.
STEP_FIELDS = {
    "title": "title",
    "description": "description",
    "moment_of_truth": "moment_of_truth",
    "duration": "expected_duration",
    "optional": "optional",
    "repeatable": "repeatable",
    "note": "presenter_note",
    "tags": "tags",
}
STAGE_FIELDS = {
    "title": "title",
    "description": "description",
    "colour": "colour",
    "collapsed": "is_collapsed",
}
LANE_FIELDS = {
    "kind": "kind",
    "title": "title",
    "zone": "zone",
    "collapsed": "is_collapsed",
    "hidden": "is_hidden",
    "locked": "is_locked",
    "config": "config",
}
FLOW_FIELDS = {"kind": "kind", "condition": "condition", "share": "planned_share"}
CONTACT_FIELDS = {"role": "role", "share": "planned_share"}
ROLE_FIELDS = {"role": "role", "zone": "zone", "note": "note"}
POINT_FIELDS = {
    "value": "value",
    "text": "text",
    "icon": "icon",
    "colour": "colour",
    "url": "url",
    "alt": "alt",
    "decorative": "is_decorative",
    "grade": "grade_override",
    "grade_reason": "grade_reason",
    "tags": "tags",
}


def usual_colour(place: int) -> int:
    """Give the colour of the persona at *place*, counted from 0, where nobody chose one."""
    return place % COLOURS + 1


def usual_dash(place: int) -> int:
    """Give the dash of the curve of the persona at *place*, counted from 0, likewise."""
    return place % DASHES + 1


def map_tree(state: State, keys: Keys) -> dict[str, Any]:
    """Give what lies on a map as a file has it: personas, stages, flows and lanes, in order."""
    return _Writer(state, keys).tree()


def cast_in_order(state: State) -> list[Element]:
    """List the personas of a map, the main one first."""
    root = next(e for e in state.values() if e.parent is None)
    found = children_by_parent(state).get((root.id, "cast"), [])
    return sorted(found, key=lambda one: not one.values["is_main"])


class _Writer:
    """One map on its way into a file."""

    def __init__(self, state: State, keys: Keys) -> None:
        self.root = next(e for e in state.values() if e.parent is None)
        self.keys = keys
        self.inside = children_by_parent(state)
        self.cast = cast_in_order(state)
        self.places = {str(step.id): n for n, step in enumerate(steps_in_order(state))}

    def tree(self) -> dict[str, Any]:
        """Give all parts."""
        return {
            "personas": [self._cast(one, place) for place, one in enumerate(self.cast)],
            "stages": [self._stage(one) for one in self._within(self.root, "stage")],
            "flows": [self._flow(one) for one in self._within(self.root, "flow")],
            "lanes": [self._lane(one) for one in self._within(self.root, "lane")],
        }

    def _within(self, parent: Element, kind: str) -> list[Element]:
        return self.inside.get((parent.id, kind), [])

    def _key(self, kind: str, value: Any) -> str | None:
        return self.keys.get(kind, {}).get(str(value)) if value else None

    def _own(self, element: Element) -> str | None:
        return self._key("lineage", element.id)

    def _cast(self, one: Element, place: int) -> dict[str, Any]:
        colour, dash = one.values["colour"], one.values["dash"]
        return {
            "key": self._key("persona", one.values["persona"]),
            "colour": None if colour == usual_colour(place) else colour,
            "dash": None if dash == usual_dash(place) else dash,
            **_own(one),
        }

    def _stage(self, stage: Element) -> dict[str, Any]:
        steps = [self._step(step) for step in self._within(stage, "step")]
        return {"key": self._own(stage), **_told(stage, STAGE_FIELDS), "steps": steps}

    def _step(self, step: Element) -> dict[str, Any]:
        importance = {
            "customer": step.values["importance_customer"],
            "organisation": step.values["importance_org"],
            **_own(step, IMPORTANCE),
        }
        return {
            "key": self._own(step),
            **_told(step, STEP_FIELDS),
            "importance": importance if any(importance.values()) else None,
            "touchpoints": [
                {
                    "key": self._key("touchpoint", one.values["touchpoint"]),
                    **_told(one, CONTACT_FIELDS),
                }
                for one in self._within(step, "contact")
            ],
            "roles": [
                {
                    "key": self._key("stakeholder", one.values["stakeholder"]),
                    **_told(one, ROLE_FIELDS),
                }
                for one in self._within(step, "role")
            ],
            "journeys": [
                {"key": key, **_own(one)}
                for one in self._within(step, "nested")
                # Of a journey that is not for who asks nothing is written.
                if (key := self._key("journey", one.values["journey"]))
            ],
        }

    def _flow(self, flow: Element) -> dict[str, Any]:
        ends = {
            "from": self._key("lineage", flow.values["from_step"]),
            "to": self._key("lineage", flow.values["to_step"]),
        }
        return {"key": self._own(flow), **ends, **_told(flow, FLOW_FIELDS)}

    def _lane(self, lane: Element) -> dict[str, Any]:
        cards = self._within(lane, "card")
        cards = sorted(cards, key=lambda card: self.places.get(str(card.values["step_from"]), 0))
        is_curve = lane.values["kind"] == LaneKind.EMOTION
        return {
            "key": self._own(lane),
            **_told(lane, LANE_FIELDS),
            "persona": self._key("persona", lane.values["persona"]),
            "values": self._points(cards) if is_curve else None,
            "cards": [] if is_curve else [self._card(card) for card in cards],
        }

    def _points(self, cards: Sequence[Element]) -> dict[str, Any]:
        """Give a curve: by persona, in the order of the map's, the values of its steps."""
        told: dict[str, dict[str, Any]] = {}
        for card in cards:
            persona = self._key("persona", card.values["persona"]) or NOBODY
            step = self._key("lineage", card.values["step_from"])
            told.setdefault(persona, {})[str(step)] = self._point(card)
        order = [self._key("persona", one.values["persona"]) for one in self.cast]
        places = {key: place for place, key in enumerate(order)}
        last = len(places)
        return {key: told[key] for key in sorted(told, key=lambda k: (places.get(k, last), k))}

    def _point(self, card: Element) -> dict[str, Any]:
        asset = self._key("asset", card.values["asset"])
        return {**_told(card, POINT_FIELDS), "asset": asset}

    def _card(self, card: Element) -> dict[str, Any]:
        ends = [self._key("lineage", card.values[name]) for name in ("step_from", "step_to")]
        return {
            "key": self._own(card),
            "step": ends[0],
            "to": ends[1] if ends[1] != ends[0] else None,
            **self._point(card),
            "persona": self._key("persona", card.values["persona"]),
            **{name: self._key(name, card.values[name]) for name in REFERENCES},
        }


def _told(element: Element, fields: Mapping[str, str]) -> dict[str, Any]:
    """Give fields under the keys of files; words that are empty as nothing."""
    told = {key: element.values[name] for key, name in fields.items()}
    return {key: None if value == "" else value for key, value in told.items()} | _own(element)


def _own(element: Element, part: str = "") -> dict[str, Any]:
    """Give what an element, or a *part* of it, says under keys of somebody's own.

    What was told of an element before there were such keys says nothing of them.
    """
    kept: Any = element.values.get(OWN) or {}
    return own_of(kept, part)


def referred(state: State, kinds: Mapping[tuple[str, str], str]) -> dict[str, set[UUID | str]]:
    """List the ids that elements refer to, by what they are.

    *kinds* say of (kind of element, field) what its value is the id of.
    """
    found: dict[str, set[UUID | str]] = {}
    for element in state.values():
        for (kind, name), what in kinds.items():
            if element.kind == kind and (value := element.values[name]):
                found.setdefault(what, set()).add(str(value))
    return found
