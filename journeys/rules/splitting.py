"""Splitting a step of a map in two, and joining two steps to one: as operations of one batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from cxm.kernel.ids import new_id
from cxm.kernel.named import Named
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.state import is_there
from journeys.rules.fields import OWN, joined_own
from journeys.rules.kinds import FlowKind, LaneKind
from journeys.rules.tags import joined_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cxm.kernel.operations.state import Element, State

HANGING = ("contact", "role", "nested")
# The earlier part keeps these; the later one begins with the same.
_SHARED = ("owner", "optional", "repeatable", "tags")
_ENDS = ("step_from", "step_to")
_WAY = ("from_step", "to_step")
_ONE_A_STEP = frozenset({LaneKind.EMOTION, LaneKind.SCALE})


class Goes(Named):
    """Where something of a step goes when that is split."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Split:
    """A step in two: it keeps its id as the earlier part, *new* is the later one, called *title*.

    *goes* says of cards, touchpoints, parts of stakeholders and journeys where each goes; what it
    does not name stays as `usually` says. *earlier_title* is a new title of the earlier part.
    """

    step: UUID
    new: UUID
    title: str
    goes: Mapping[UUID, Goes]
    earlier_title: str = ""

    def strangers(self, state: State) -> list[UUID]:
        """List what *goes* names that does not lie at the step, or may not leave it."""
        there = {element.id for element in lying_at(state, self.step)}
        return [pk for pk in self.goes if pk not in there]


def lying_at(state: State, step: UUID) -> list[Element]:
    """List what can go to either part of a step, in order: cards lane by lane, then the rest.

    Cards of locked lanes stay where they are, and so do those that only pass over the step.
    """
    [root] = state.of_kind("map")
    lanes = [lane for lane in state.children(root.id, "lane") if not lane.values["is_locked"]]
    cards = [card for lane in lanes for card in state.children(lane.id, "card")]
    at = str(step)
    found = [card for card in cards if at in {card.values["step_from"], card.values["step_to"]}]
    return found + [one for kind in HANGING for one in state.children(step, kind)]


def usually(element: Element, step: UUID) -> Goes:
    """Say where something goes that nobody is asked about: it stays, over both parts if it spanned.

    A card that came from further left ends with the later part.
    """
    is_ending = element.kind == "card" and element.values["step_from"] != str(step)
    return Goes.BOTH if is_ending else Goes.LEFT


def split_operations(state: State, split: Split, batch: UUID) -> list[Asked]:
    """Give what makes two steps of one; ways that led away lead away from the later part."""
    step = state[split.step]
    values = {"title": split.title, **{name: step.values[name] for name in _SHARED}}
    told = {"values": values, "parent": str(step.parent), "after": str(step.id)}
    asked = [_asked(batch, Deed.CREATE, split.new, kind="step", value=told)]
    if split.earlier_title and split.earlier_title != step.values["title"]:
        asked.append(_put(batch, step.id, "title", split.earlier_title))
    for element in lying_at(state, step.id):
        goes = split.goes.get(element.id, usually(element, step.id))
        if element.kind == "card":
            asked += _card_split(state, element, split, goes, batch)
        elif goes is Goes.RIGHT:
            asked.append(_asked(batch, Deed.MOVE, element.id, value={"parent": str(split.new)}))
        elif goes is Goes.BOTH:
            asked.append(_copy(batch, element, str(split.new), {}))
    away = _there(state, state.holding("flow", ["from_step"], [step.id]))
    return asked + [_put(batch, way.id, "from_step", str(split.new)) for way in away]


def merge_operations(state: State, kept: UUID, gone: UUID, batch: UUID) -> list[Asked]:
    """Give what moves all of the step *gone* to its neighbour *kept*, before *gone* is deleted.

    What both have is there once: touchpoints, parts of stakeholders, journeys, ways, and of the
    values of one persona that of *kept*. Of two that come first, or are accountable, the one of
    *kept* stays so. Descriptions and notes follow each other, durations add up;
    keys of somebody's own are those of both, where both have one that of *kept*.
    """
    asked = list(_fields_joined(state[kept], state[gone], batch))
    asked += _cards_joined(state, kept, gone, batch)
    asked += _hanging_joined(state, kept, gone, batch)
    return asked + list(_ways_joined(state, kept, gone, batch))


def values_left_out(state: State, kept: UUID, gone: UUID) -> list[Element]:
    """List the values of curves at *gone* that go, as *kept* has one of the same persona."""
    there = {_voice(card) for card in _values_at(state, kept)}
    return [card for card in _values_at(state, gone) if _voice(card) in there]


def _card_split(
    state: State, card: Element, split: Split, goes: Goes, batch: UUID
) -> Iterator[Asked]:
    begins, ends = (card.values[name] == str(split.step) for name in _ENDS)
    if goes is Goes.BOTH and begins and ends and _is_value(state, card):
        at = dict.fromkeys(_ENDS, str(split.new))
        yield _copy(batch, card, str(card.parent), at)
        return
    # The end first: a card never ends before it begins.
    if ends and goes is not Goes.LEFT:
        yield _put(batch, card.id, "step_to", str(split.new))
    if begins and goes is Goes.RIGHT:
        yield _put(batch, card.id, "step_from", str(split.new))


def _cards_joined(state: State, kept: UUID, gone: UUID, batch: UUID) -> Iterator[Asked]:
    left_out = {card.id for card in values_left_out(state, kept, gone)}
    for card in _there(state, state.holding("card", _ENDS, [gone])):
        if card.id in left_out:
            yield _asked(batch, Deed.DELETE, card.id)
            continue
        for name in _ENDS:
            if card.values[name] == str(gone):
                yield _put(batch, card.id, name, str(kept))


def _hanging_joined(state: State, kept: UUID, gone: UUID, batch: UUID) -> Iterator[Asked]:
    for kind, (names, single, otherwise) in _JOINED.items():
        there = state.children(kept, kind)
        taken = {tuple(one.values[name] for name in names) for one in there}
        is_single = any(one.values.get("role") == single for one in there)
        for one in state.children(gone, kind):
            role = otherwise if is_single and one.values.get("role") == single else ""
            told = {**one.values, "role": role} if role else one.values
            key = tuple(told[name] for name in names)
            if key in taken:
                yield _asked(batch, Deed.DELETE, one.id)
                continue
            taken.add(key)
            yield from [_put(batch, one.id, "role", role)] if role else []
            yield _asked(batch, Deed.MOVE, one.id, value={"parent": str(kept)})


def _ways_joined(state: State, kept: UUID, gone: UUID, batch: UUID) -> Iterator[Asked]:
    turned = _there(state, state.holding("flow", _WAY, [gone]))
    ways = _there(state, state.holding("flow", _WAY, [kept]))
    taken = {_way(way) for way in ways if way not in turned}
    for way in turned:
        first, last, kind = _way(way)
        now = (*(str(kept) if end == str(gone) else end for end in (first, last)), kind)
        is_circle = now[0] == now[1] and kind != FlowKind.LOOP
        if is_circle or now in taken:
            yield _asked(batch, Deed.DELETE, way.id)
            continue
        taken.add(now)
        for name, old, new in zip(_WAY, (first, last), now[:2], strict=True):
            yield from [_put(batch, way.id, name, new)] if new != old else []


def _fields_joined(kept: Element, gone: Element, batch: UUID) -> Iterator[Asked]:
    one: dict[str, Any] = kept.values
    other: dict[str, Any] = gone.values
    told: dict[str, Any] = {
        name: "\n\n".join(filter(None, (one[name], other[name])))
        for name in ("description", "presenter_note")
    }
    told |= {
        name: max((v[name] for v in (one, other) if v[name] is not None), default=None)
        for name in ("importance_customer", "importance_org")
    }
    lasting = [v["expected_duration"] for v in (one, other) if v["expected_duration"] is not None]
    told["expected_duration"] = _sum_of(lasting) if lasting else None
    told["moment_of_truth"] = one["moment_of_truth"] or other["moment_of_truth"]
    told["repeatable"] = one["repeatable"] or other["repeatable"]
    told["optional"] = one["optional"] and other["optional"]
    told["owner"] = one["owner"] or other["owner"]
    told["tags"] = joined_tags(one["tags"], other["tags"])
    told[OWN] = joined_own(one.get(OWN), other.get(OWN))
    for name, value in told.items():
        if value != one.get(name):
            yield _put(batch, kept.id, name, value)


# Of each kind: what may be there once a step, which part one alone has, and what another is then.
_JOINED = {
    "contact": (("touchpoint",), "primary", "secondary"),
    "role": (("stakeholder", "role"), "A", "R"),
    "nested": (("journey",), None, ""),
}


def _sum_of(durations: Sequence[Any]) -> Any:
    total = sum((msgspec.convert(one, timedelta) for one in durations), timedelta())
    return msgspec.to_builtins(total)


def _values_at(state: State, step: UUID) -> list[Element]:
    cards = _there(state, state.holding("card", ["step_from"], [step]))
    return [card for card in cards if _is_value(state, card)]


def _voice(card: Element) -> tuple[UUID | None, Any]:
    return card.parent, card.values["persona"]


def _is_value(state: State, card: Element) -> bool:
    return card.parent is not None and state[card.parent].values["kind"] in _ONE_A_STEP


def _there(state: State, elements: Iterable[Element]) -> list[Element]:
    return [element for element in elements if is_there(state, element.id)]


def _way(element: Element) -> tuple[str, ...]:
    return tuple(str(element.values[name]) for name in (*_WAY, "kind"))


def _copy(batch: UUID, element: Element, parent: str, changes: dict[str, str]) -> Asked:
    told = {"values": {**element.values, **changes}, "parent": parent}
    return _asked(batch, Deed.CREATE, new_id(), kind=element.kind, value=told)


def _put(batch: UUID, lineage: UUID, name: str, value: Any) -> Asked:
    return _asked(batch, Deed.SET, lineage, field=name, value=value)


def _asked(batch: UUID, op: Deed, lineage: UUID, **more: Any) -> Asked:
    return Asked(id=new_id(), batch=batch, op=op, lineage=lineage, **more)
