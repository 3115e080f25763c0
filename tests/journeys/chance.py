"""Maps and edits by chance, each one that the law of maps allows; and maps as their files say."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.operations.order import between, spread
from cxm.kernel.operations.records import Actor, Deed, Operation, RefusedError, Source
from cxm.kernel.operations.state import Element, State, is_there
from journeys.rules.cxmap_writing import map_tree
from journeys.rules.laws import map_law, steps_in_order
from journeys.rules.shapes import MAP

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

# Elements by id, that tests change as they like.
type Rows = dict[UUID, Element]

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TITLES = ("Pick a slot", "Pay", "Wait", "Collect", "Return", "Ask", "Rate")
LANES = ("text", "text", "emotion", "scale")


class Itself(dict[str, str]):
    """Keys of things that are known by their ids."""

    def get(self, key: str, _otherwise: Any = None) -> str:
        return key


class Keys(dict[str, Any]):
    """Keys of every kind, as files need them."""

    def get(self, _key: str, _otherwise: Any = None) -> Itself:
        return Itself()


def as_file(rows: Mapping[UUID, Element]) -> dict[str, Any]:
    """Give a map as its file says it: the canonical form, without ids of links."""
    root = next(e for e in rows.values() if e.parent is None)
    told: dict[str, Any] = _without_nothing(map_tree(State(rows.values()), Keys()))
    return {"name": root.values["name"], "label": root.values["label"], **told}


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without_nothing(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one is not None}
    return [_without_nothing(one) for one in value] if isinstance(value, list) else value


def a_map(rng: Random, *, stages: int = 3, lanes: int = 3, cards: int = 8) -> Rows:
    """Make a map."""
    rows: Rows = {}
    root = add(rows, rng, "map", None, journey=str(new(rng)), number=1, name="As it is")
    for _ in range(stages):
        stage = add(rows, rng, "stage", root, title=rng.choice(TITLES))
        for _ in range(rng.randint(1, 3)):
            add(rows, rng, "step", stage, title=rng.choice(TITLES))
    for number in range(lanes):
        add(rows, rng, "lane", root, kind=LANES[number % len(LANES)], title=f"Lane {number}")
    for _ in range(cards):
        add_card(rows, rng)
    for _ in range(3):
        add_link(rows, rng)
        add_flow(rows, rng)
    return rows


def new(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def add(rows: Rows, rng: Random, kind: str, parent: UUID | None, /, **values: Any) -> UUID:
    """Put an element in, behind its siblings."""
    told = {f.name: deepcopy(f.default) for f in MAP.element(kind).fields} | values
    element = Element(new(rng), kind, told, parent)
    if parent is not None:
        orders = (e.ord for e in rows.values() if (e.parent, e.kind) == (parent, kind))
        element.ord = between(max(orders, default=""), "")
    rows[element.id] = element
    return element.id


def of(rows: Rows, *kinds: str) -> list[Element]:
    found = [e for e in rows.values() if e.kind in kinds and is_there(rows, e.id)]
    return sorted(found, key=lambda e: (e.kind, e.id))


def add_card(rows: Rows, rng: Random) -> None:
    lanes, steps = of(rows, "lane"), steps_in_order(rows)
    if not lanes:
        return
    lane, first = rng.choice(lanes), rng.randrange(len(steps))
    last = min(first + rng.choice((0, 0, 0, 1, 2)), len(steps) - 1)
    values: dict[str, Any] = {"text": f"{rng.choice(TITLES)} {rng.randint(1, 99)}"}
    if lane.values["kind"] in ("emotion", "scale"):
        last, values = first, {"value": rng.randint(-20, 20) / 10}
    ends = {"step_from": str(steps[first].id), "step_to": str(steps[last].id)}
    add(rows, rng, "card", lane.id, **ends, **values)
    if not is_lawful(rows):
        rows.popitem()


def add_link(rows: Rows, rng: Random) -> None:
    step, linked = rng.choice(steps_in_order(rows)), str(UUID(int=rng.randint(1, 4)))
    role = rng.choice(("primary", "secondary"))
    match rng.choice(("contact", "nested", "role")):
        case "contact":
            add(rows, rng, "contact", step.id, touchpoint=linked, role=role)
        case "nested":
            add(rows, rng, "nested", step.id, journey=linked)
        case _:
            add(rows, rng, "role", step.id, stakeholder=linked, role=rng.choice("RACI"))
    if not is_lawful(rows):
        rows.popitem()


def add_flow(rows: Rows, rng: Random) -> None:
    ends = [str(rng.choice(steps_in_order(rows)).id) for _ in range(2)]
    kind = "loop" if ends[0] == ends[1] else rng.choice(("branch", "skip"))
    root = of(rows, "map")[0].id
    add(rows, rng, "flow", root, from_step=ends[0], to_step=ends[1], kind=kind)


def edited(rows: Rows, rng: Random, edits: int) -> Rows:
    """Give *rows* after some edits, each of which leaves a map that the law allows."""
    now = deepcopy(rows)
    for _ in range(edits):
        if not steps_in_order(now):
            break  # All steps are deleted: nothing is left to lay anything on.
        tried = deepcopy(now)
        rng.choice(EDITS)(tried, rng)
        if is_lawful(tried):
            now = tried
    return now


def is_lawful(rows: Mapping[UUID, Element]) -> bool:
    """Whether the law of maps allows a map, looking at all of it."""
    batch, nobody = UUID(int=1), Actor()
    made = [
        Operation(1, pk, batch, Deed.CREATE, e.kind, pk, "", None, None, nobody, NOW, Source.UI)
        for pk, e in rows.items()
        if is_there(rows, pk)
    ]
    try:
        map_law(State(rows.values()), made, None)
    except RefusedError:
        return False
    return True


def _add_step(rows: Rows, rng: Random) -> None:
    pk = add(rows, rng, "step", rng.choice(of(rows, "stage")).id, title=rng.choice(TITLES))
    _anywhere(rows, rng, rows[pk])


def _add_stage(rows: Rows, rng: Random) -> None:
    pk = add(rows, rng, "stage", of(rows, "map")[0].id, title=rng.choice(TITLES))
    add(rows, rng, "step", pk, title=rng.choice(TITLES))
    _anywhere(rows, rng, rows[pk])


def _add_lane(rows: Rows, rng: Random) -> None:
    add(rows, rng, "lane", of(rows, "map")[0].id, kind=rng.choice(LANES), title="New lane")


def _remove(rows: Rows, rng: Random) -> None:
    """Delete something, and cards and ways that would hang in the air."""
    kinds = ("card", "card", "step", "lane", "flow", "contact", "nested", "role", "stage")
    rng.choice(of(rows, *kinds)).is_deleted = True
    for other in of(rows, "card", "flow"):
        names = ("step_from", "step_to") if other.kind == "card" else ("from_step", "to_step")
        if any(not is_there(rows, UUID(str(other.values[name]))) for name in names):
            other.is_deleted = True


def _move(rows: Rows, rng: Random) -> None:
    element = rng.choice(of(rows, "stage", "step", "lane", "card", "flow"))
    if element.kind == "step":
        element.parent = rng.choice(of(rows, "stage")).id
    if element.kind == "card":
        steps = steps_in_order(rows)
        first = rng.randrange(len(steps))
        last = min(first + rng.choice((0, 1)), len(steps) - 1)
        element.values["step_from"] = str(steps[first].id)
        element.values["step_to"] = str(steps[last].id)
    _anywhere(rows, rng, element)


def _anywhere(rows: Rows, rng: Random, element: Element) -> None:
    """Put an element at any place among its siblings."""
    place = (element.parent, element.kind)
    siblings = [e for e in rows.values() if (e.parent, e.kind) == place and e is not element]
    siblings.sort(key=lambda e: (e.ord, e.id))
    siblings.insert(rng.randint(0, len(siblings)), element)
    for sibling, order in zip(siblings, spread(len(siblings)), strict=True):
        sibling.ord = order


def _set(rows: Rows, rng: Random) -> None:
    element = rng.choice(of(rows, "map", "stage", "step", "card", "lane", "contact", "flow"))
    number = rng.randint(-20, 20) / 10
    match element.kind:
        case "map":
            element.values["name"] = rng.choice(TITLES)
        case "card" if element.values["value"] is None:
            element.values["text"] = rng.choice(TITLES)
        case "card":
            element.values["value"] = number
        case "lane":
            config: dict[str, Any] = {"max_cards": rng.randint(1, 60)}
            labels: Any = {"low": "bad", "high": rng.choice(TITLES)}
            element.values["config"] = config | rng.choice(({}, {"labels": labels}))
        case "contact" | "flow":
            element.values["planned_share"] = abs(number) / 2
        case _:
            element.values["title"] = rng.choice(TITLES)


def _set_own(rows: Rows, rng: Random) -> None:
    """Set a key of somebody's own, deeper in it, or take all of them away."""
    element = rng.choice(list(of(rows, *MAP.elements)))
    told: dict[str, Any] = rng.choice(({}, {"x-team": rng.choice(TITLES)}, {"x-asked": [1, 2]}))
    deep = {"x-deep": {rng.choice(TITLES): {"a": rng.randint(1, 9)}}}
    element.values["extra"] = told | rng.choice(({}, deep))


EDITS = (_add_step, _add_stage, _add_lane, add_card, add_link, _remove, _move, _set, _set, _set_own)
