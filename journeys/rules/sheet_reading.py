"""Sheets of a map that come back: what they change of it, row by row."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxm.kernel.cxmap.own_keys import own_parts
from cxm.kernel.cxmap.shapes import NOBODY
from cxm.touchpoints.rules.keys import free_key, suggested_key
from journeys.rules import sheet_columns as columns
from journeys.rules.cxmap_shapes import REFERENCES
from journeys.rules.kinds import LaneKind
from journeys.rules.sheet_cells import Row, as_cell, rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxm.kernel.cxmap.documents import Document

type Rows = Mapping[str, Sequence[Sequence[str]]]

_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Present:
    """The map that sheets are about, as the *tree* of a file.

    *points* say of the keys of emotions where they lie: the keys of lane, persona and step.
    """

    tree: dict[str, Any]
    points: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)


def changed_tree(rows: Rows, present: Present, document: Document) -> dict[str, Any]:
    """Give the tree of the map as the sheets Lanes, Steps and Cards have it.

    Rows are known by their keys; a row without one is new. What no row tells of stays, and a
    notice counts it. Complains to *document* of what cannot be read.
    """
    work = _Sheets(deepcopy(present.tree), present.points, document)
    work.lanes(rows_of(columns.LANES, _sheet(rows, columns.LANES), columns.LANE_COLUMNS, document))
    work.steps(rows_of(columns.STEPS, _sheet(rows, columns.STEPS), columns.STEP_COLUMNS, document))
    work.cards(rows_of(columns.CARDS, _sheet(rows, columns.CARDS), columns.CARD_COLUMNS, document))
    return work.tree


def _sheet(rows: Rows, name: str) -> Sequence[Sequence[str]]:
    return next((told for title, told in rows.items() if title.casefold() == name.casefold()), ())


class _Sheets:
    """A tree that rows are worked into."""

    def __init__(
        self,
        tree: dict[str, Any],
        points: Mapping[str, tuple[str, str, str]],
        document: Document,
    ) -> None:
        self.tree, self.points, self.document = tree, points, document
        self.taken = {kind: set(self._keys(kind)) for kind in ("stage", "step", "lane", "card")}

    def lanes(self, rows: Sequence[Row]) -> None:
        """Change lanes, and put them into the order of the rows."""
        there = {lane["key"]: lane for lane in self.tree.get("lanes", [])}
        found: dict[str, dict[str, Any]] = {}
        for row in rows:
            key = row.told("key") or self._new_key("lane", row.told("title"))
            lane = there.get(key, {"key": key, "kind": row.told("kind")})
            lane |= {
                "title": row.text("title", lane.get("title")),
                "persona": row.text("persona", lane.get("persona")),
                "zone": row.text("zone", lane.get("zone")),
                "collapsed": row.flag("is_collapsed", lane.get("collapsed")),
                "hidden": row.flag("is_hidden", lane.get("hidden")),
                "locked": row.flag("is_locked", lane.get("locked")),
                "config": row.settings("config", lane.get("config")),
            }
            if row.told("kind") and row.told("kind") != lane["kind"]:
                row.complain("The kind of a lane stays: leave out the key to make another lane.")
            if not lane["kind"] or lane["kind"] not in set(LaneKind):
                row.complain(f"There is no kind of lane called “{lane['kind'][:20]}”.")
            found[key] = lane
        self._remark_left("lane", rows, there.keys() - found.keys())
        self.tree["lanes"] = _merged(list(found.values()), list(there.values()))

    def steps(self, rows: Sequence[Row]) -> None:
        """Change steps and titles of stages, and put both into the order of the rows."""
        stages = {stage["key"]: stage for stage in self.tree.get("stages", [])}
        by_title = {stage["title"].casefold(): key for key, stage in reversed(stages.items())}
        there = {step["key"]: step for stage in stages.values() for step in stage["steps"]}
        homes = {step["key"]: key for key, stage in stages.items() for step in stage["steps"]}
        order: dict[str, list[dict[str, Any]]] = {}
        told: set[str] = set()
        for row in rows:
            key = row.told("key") or self._new_key("step", row.told("title"))
            step = self._step(row, there.get(key, {"key": key}))
            home = self._stage(row, stages, by_title, homes.get(key, ""))
            if home and key not in told:
                order.setdefault(home, []).append(step)
            elif home:
                row.complain(f"The step “{key}” stands here twice.")
            told.add(key)
        self._remark_left("step", rows, there.keys() - told)
        named = list(order)
        for key in {home: None for step, home in homes.items() if step not in told}:
            left = [one for one in stages[key]["steps"] if one["key"] not in told]
            order[key] = _merged(order.get(key, []), stages[key]["steps"], left)
        if rows:
            held = {key: {**stages[key], "steps": steps} for key, steps in order.items()}
            there_before = [held[key] for key in stages if key in held]
            self.tree["stages"] = _merged([held[key] for key in named], there_before)

    def cards(self, rows: Sequence[Row]) -> None:
        """Change cards and the points of curves."""
        lanes = {lane["key"]: lane for lane in self.tree.get("lanes", [])}
        by_title = {str(one.get("title")).casefold(): key for key, one in lanes.items()}
        homes = {c["key"]: (c, key) for key, one in lanes.items() for c in one.get("cards") or ()}
        laid: dict[str, list[dict[str, Any]]] = {}
        told: set[str] = set()
        points = self._taken_out(rows, lanes)
        for row in rows:
            lane = self._lane_of(row, lanes, by_title, homes)
            if lane is None:
                continue
            if lane["kind"] == LaneKind.EMOTION:
                self._point(row, lane, points.get(row.told("key"), {}))
                continue
            key = row.told("key") or self._new_key("card", row.told("text"))
            card = homes[key][0] if key in homes else {"key": key}
            laid.setdefault(lane["key"], []).append(self._card(row, card))
            told.add(key)
        self._remark_left("card", rows, homes.keys() - told)
        for key, lane in lanes.items():
            there = lane.get("cards") or []
            left = [card for card in there if card["key"] not in told]
            if laid.get(key) or there:
                lane["cards"] = _merged(laid.get(key, []), there, left)

    def _step(self, row: Row, step: dict[str, Any]) -> dict[str, Any]:
        before = step.get("importance") or {}
        importance = {
            "customer": row.number("importance_customer", before.get("customer"), is_whole=True),
            "organisation": row.number("importance_org", before.get("organisation"), is_whole=True),
        }
        kept = {k: v for k, v in importance.items() if v is not None} | own_parts(before)
        return {
            **step,
            "title": row.text("title", step.get("title")) or "Untitled",
            "description": row.text("description", step.get("description")),
            "moment_of_truth": row.flag("moment_of_truth", step.get("moment_of_truth")),
            "importance": kept or None,
            "duration": row.text("expected_duration", step.get("duration")),
            "optional": row.flag("optional", step.get("optional")),
            "repeatable": row.flag("repeatable", step.get("repeatable")),
            "touchpoints": row.items("touchpoints", step.get("touchpoints")),
            "roles": row.items("roles", step.get("roles")),
            "journeys": row.items("journeys", step.get("journeys")),
            "note": row.text("presenter_note", step.get("note")),
            "tags": row.tags(step.get("tags")),
        }

    def _stage(
        self, row: Row, stages: dict[str, Any], by_title: dict[str, str], home: str
    ) -> str | None:
        """Give the key of the stage of a row; a new one where its key or title is new."""
        key, title = row.told("stage"), row.told("stage_title")
        if not key and not title:
            key = home
        key = key or by_title.get(title.casefold(), "")
        if not key and not title:
            row.complain("Name the stage of this step: its key, or its title.")
            return None
        if key not in stages:
            key = key or self._new_key("stage", title)
            stages[key] = {"key": key, "title": title or key, "steps": []}
            by_title.setdefault(title.casefold(), key)
        elif title and title != as_cell(stages[key]["title"]).strip():
            stages[key]["title"] = title
        return key

    def _lane_of(
        self, row: Row, lanes: Mapping[str, Any], by_title: Mapping[str, str], homes: Any
    ) -> dict[str, Any] | None:
        name, key = row.told("lane"), row.told("key")
        if not name and key in homes:
            name = homes[key][1]
        if not name and key in self.points:
            name = self.points[key][0]
        found: dict[str, Any] | None = lanes.get(name) or lanes.get(
            by_title.get(name.casefold(), "")
        )
        if found is None:
            row.complain(f"There is no lane “{name[:60]}”, by key or title.")
        return found

    def _taken_out(self, rows: Sequence[Row], lanes: Mapping[str, Any]) -> dict[str, Any]:
        """Take the points that rows tell of out of their curves, as they may lie elsewhere now."""
        found = {}
        for row in rows:
            place = self.points.get(row.told("key"))
            if place:
                lane, who, step = place
                point = lanes[lane]["values"].get(who, {}).pop(step, {}) if lane in lanes else {}
                found[row.told("key")] = {**point, "_who": who, "_step": step}
        return found

    def _point(self, row: Row, lane: dict[str, Any], before: dict[str, Any]) -> None:
        step = self._step_key(row, "step_from") or before.get("_step")
        was = before.get("_who", NOBODY)
        who = (row.told("persona") or NOBODY) if "persona" in row.cells else was
        value = row.number("value", before.get("value"))
        if step is None:
            row.complain("Name the step of this value.")
        elif value is not None:
            shown = {k: v for k, v in before.items() if not k.startswith("_")}
            shown |= {**self._shown(row, before), "value": value}
            lane.setdefault("values", {}).setdefault(who, {})[step] = shown

    def _card(self, row: Row, card: dict[str, Any]) -> dict[str, Any]:
        step = self._step_key(row, "step_from") or card.get("step")
        if step is None:
            row.complain("Name the step of this card.")
            step = ""
        last = self._step_key(row, "step_to") if "step_to" in row.cells else card.get("to")
        told = {**card, **self._shown(row, card), "step": step, "to": last}
        told["value"] = row.number("value", card.get("value"))
        told["persona"] = row.text("persona", card.get("persona"))
        if "reference" in row.cells:
            told |= dict.fromkeys(REFERENCES)
            kind, _, key = row.told("reference").partition(":")
            if key and kind in REFERENCES:
                told[kind] = key
            elif row.told("reference"):
                row.complain(f"Write a reference as kind:key; kinds are {', '.join(REFERENCES)}.")
        return told

    def _shown(self, row: Row, before: Mapping[str, Any]) -> dict[str, Any]:
        names = ("text", "url", "alt", "icon", "colour")
        return {name: row.text(name, before.get(name)) for name in names} | {
            "tags": row.tags(before.get("tags"))
        }

    def _step_key(self, row: Row, name: str) -> str | None:
        """Give the key of the step that a cell names by key, or by a title that one step has."""
        told = row.told(name)
        if not told:
            return None
        steps = [step for stage in self.tree["stages"] for step in stage["steps"]]
        titled = [s["key"] for s in steps if str(s["title"]).casefold() == told.casefold()]
        if any(step["key"] == told for step in steps):
            return told
        if len(titled) != 1:
            row.complain(f"There is no step “{told[:60]}”, by key or title.")
        return titled[0] if len(titled) == 1 else None

    def _keys(self, kind: str) -> list[str]:
        stages, lanes = self.tree.get("stages", []), self.tree.get("lanes", [])
        match kind:
            case "stage":
                return [stage["key"] for stage in stages]
            case "step":
                return [step["key"] for stage in stages for step in stage["steps"]]
            case "lane":
                return [lane["key"] for lane in lanes]
        return [card["key"] for lane in lanes for card in lane.get("cards") or ()]

    def _new_key(self, kind: str, words: str) -> str:
        key = free_key(suggested_key(words[:_LONGEST]) or kind, self.taken[kind])
        self.taken[kind].add(key)
        return key

    def _remark_left(self, kind: str, rows: Sequence[Row], left: set[str]) -> None:
        if rows and left:
            many = f"{kind}s of the map stay" if len(left) > 1 else f"{kind} of the map stays"
            words = f"{len(left)} {many} as before: no row tells of it."
            self.document.remark(rows[0].sheet, words)


def _merged(
    order: list[dict[str, Any]],
    before: Sequence[dict[str, Any]],
    left: Sequence[dict[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """Put what is *left* of *before* behind what it stood behind; if nothing is said, all of it."""
    found = list(order)
    there = {one["key"] for one in order}
    wanted = {one["key"] for one in (before if left is None else left)} - there
    for place, one in enumerate(before):
        if one["key"] in wanted:
            names = [each["key"] for each in found]
            previous = before[place - 1]["key"] if place else None
            found.insert(names.index(previous) + 1 if previous in names else 0, one)
    return found
