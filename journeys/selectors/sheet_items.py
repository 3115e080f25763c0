"""What lies in the lanes of a map, as its files show it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cxm.kernel.typesetting.rich_nodes import rich_nodes
from journeys.rules.durations import duration_words
from journeys.rules.kinds import FlowKind, LaneKind
from journeys.rules.sheet import Display, SheetCurve, SheetItem
from journeys.selectors.lane_curves import voices_of
from journeys.selectors.lane_grades import grade_marks
from journeys.selectors.lane_items import items_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from uuid import UUID

    from journeys.selectors.grid_rows import CardRow, LaneRow
    from journeys.selectors.lane_items import Ground, Item

_COLOUR = re.compile(r"\bpersona-(c[1-8])\b")
_PAINS = frozenset({"pain", "pains", "pain points"})


def sheet_items(
    lane: LaneRow,
    config: Any,
    ground: Ground,
    weights: Mapping[UUID, float],
    pictures: Collection[str],
) -> Iterator[SheetItem]:
    """Give the items of a lane from left to right.

    *weights* say of insights how much they matter, *pictures* are the files that are there.
    """
    kind = LaneKind(lane.kind)
    if kind is LaneKind.TIME:
        yield from _times(config, ground)
        return
    places = _places(ground)
    cards = {card.lineage: card for card in ground.cards.get(lane.lineage, [])}
    is_pain = kind is LaneKind.TEXT and lane.title.strip().casefold() in _PAINS
    items, _ = items_of(lane, config, ground)
    placed = [one for one in items if one.step in places and one.step_to in places]
    for item in sorted(placed, key=lambda one: places[one.step]):
        card = cards.get(item.id)
        colour = _COLOUR.search(item.look)
        insight = card.insight if card else None
        yield SheetItem(
            places[item.step],
            places[item.step_to],
            _text(kind, item, card, config),
            _label(kind, item, card, ground),
            colour[1] if colour else "",
            _picture(card, pictures) if kind is LaneKind.IMAGE else "",
            item.alt,
            is_pain=is_pain or "is-pain" in item.look.split(),
            weight=weights.get(insight, 0.0) if insight else 0.0,
        )


def curves_of(lane: LaneRow, config: Any, ground: Ground) -> dict[str, Any]:
    """Give the curves of a lane of emotions, or the values of a scale, with the notes on them."""
    places = _places(ground)
    items, _ = items_of(lane, config, ground)
    items = [one for one in items if one.step in places]
    is_scale = lane.kind == LaneKind.SCALE
    voices = [] if is_scale else voices_of(lane, config, ground, items)
    count = len(ground.columns.steps)
    curves = []
    for voice in voices:
        own = [one for one in items if one.persona == voice.persona]
        colour, dash = voice.colour.removeprefix("persona-c"), voice.dash.removeprefix("dash-")
        values = _values(own, places, count)
        curves.append(SheetCurve(voice.name, values, int(colour or 8), int(dash or 1)))
    if is_scale:
        curves = [SheetCurve("", _values(items, places, count), 1)]
    notes = [
        SheetItem(places[one.step], places[one.step_to], one.text, _whose(one.persona, ground))
        for one in items
        if one.text
    ]
    told: dict[str, Any] = {"curves": tuple(curves), "items": tuple(notes)}
    if is_scale:
        return {
            **told,
            "lowest": config.min,
            "highest": config.max,
            "display": Display(config.display),
        }
    return {**told, "form": config.curve.value}


def ways_of(config: Any, ground: Ground) -> Iterator[SheetItem]:
    """Tell the ways between steps where they begin."""
    places = _places(ground)
    titles = {step.lineage: step.title for step in ground.columns.steps}
    for flow in sorted(ground.flows, key=lambda one: places.get(one.from_step, 0)):
        is_drawn = flow.from_step in places and flow.to_step in places
        if not is_drawn or (config.kinds and flow.kind not in config.kinds):
            continue
        share = f", {flow.planned_share:.0%}" if flow.planned_share is not None else ""
        to = f"To step {places[flow.to_step] + 1}, {titles[flow.to_step]}{share}"
        text = f"{flow.condition}\n{to}" if flow.condition else to
        place = places[flow.from_step]
        yield SheetItem(place, place, text, FlowKind(flow.kind).words)


def grades_in(config: Any, ground: Ground) -> Iterator[SheetItem]:
    """Tell how well each step is backed, in words, and of what that is."""
    for place, column in enumerate(ground.columns.columns):
        for mark in grade_marks(config, ground, column):
            words = mark.grade.words
            told = words if mark.words == words else f"{mark.words}: {words}"
            sub = "" if mark.sub in {"", words} else f"\n{mark.sub}"
            yield SheetItem(place, place, f"{told}{sub}")


def _places(ground: Ground) -> dict[UUID, int]:
    return {step.lineage: place for place, step in enumerate(ground.columns.steps)}


def _times(config: Any, ground: Ground) -> Iterator[SheetItem]:
    for place, step in enumerate(ground.columns.steps):
        if step.expected_duration is not None:
            yield SheetItem(place, place, duration_words(step.expected_duration, config.unit))


def _values(
    items: Collection[Item], places: Mapping[UUID, int], count: int
) -> tuple[float | None, ...]:
    """Give a value for each column: the mean where a cell holds several."""
    found: dict[int, list[float]] = {}
    for item in items:
        if item.value is not None:
            found.setdefault(places[item.step], []).append(item.value)
    means = {place: sum(values) / len(values) for place, values in found.items()}
    return tuple(means.get(place) for place in range(count))


def _text(kind: LaneKind, item: Item, card: CardRow | None, config: Any) -> str:
    """Give what an item says: all of it, addresses and names of files too."""
    if kind is LaneKind.TEXT and config.format == "rich":
        return plain(item.text)
    said = [item.text]
    if kind is LaneKind.LINK:
        said.append(item.href)
    elif kind is LaneKind.FILE or (kind is LaneKind.CHANNEL and card):
        said.append(item.sub)
    return "\n".join(line for line in said if line)


def _label(kind: LaneKind, item: Item, card: CardRow | None, ground: Ground) -> str:
    """Say above an item what sort it is, and whose."""
    said = [item.alt or item.tag] if item.kind == "role" else [item.tag]
    if kind is LaneKind.ICON:
        said.append(item.icon.replace("-", " ").capitalize())
    if item.kind == "contact":
        said += [item.sub, "Second" if "is-second" in item.look else ""]
    if card and kind in {LaneKind.INSIGHT, LaneKind.OPPORTUNITY, LaneKind.SOLUTION, LaneKind.GOAL}:
        said += [item.sub, item.scores]
    if card:
        said += [_whose(card.persona, ground), item.grade.words if item.grade else ""]
    return "  ·  ".join(word for word in said if word)


def _whose(persona: UUID | None, ground: Ground) -> str:
    found = ground.name("cast", persona) or ground.name("persona", persona)
    return found.title if found else ""


def _picture(card: CardRow | None, pictures: Collection[str]) -> str:
    """Name the file of a card's picture, "" where there is none."""
    start = f"{card.asset}." if card and card.asset else None
    return next((name for name in pictures if start and name.startswith(start)), "")


def plain(text: str) -> str:
    """Give rich text as plain lines: points of lists begin with a dot, links show their address."""
    return "\n".join(_lines(rich_nodes(text)))


def _lines(nodes: Collection[Any]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node["tag"] in {"ul", "ol"}:
            for place, point in enumerate(node["of"], start=1):
                sign = f"{place}." if node["tag"] == "ol" else "•"
                yield f"{sign} {_inline(point['of'])}"
        else:
            yield from _inline(node["of"]).split("\n")


def _inline(nodes: Collection[Any]) -> str:
    said = []
    for node in nodes:
        if isinstance(node, str):
            said.append(node)
        elif node["tag"] == "br":
            said.append("\n")
        elif node["tag"] in {"ul", "ol"}:
            said.append("\n" + "\n".join(_lines([node])))
        else:
            inside = _inline(node["of"])
            is_named = node["tag"] == "a" and node["href"] != inside
            said.append(f"{inside} ({node['href']})" if is_named else inside)
    return "".join(said)
