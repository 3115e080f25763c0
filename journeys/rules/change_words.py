"""Differences between maps in words, for pages, files and the shell."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.state import as_id
from journeys.rules.changes import LIBRARY, Change, Sort
from journeys.rules.fields import OWN
from journeys.rules.kinds import LaneKind
from journeys.rules.shapes import MAP

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON
    from cxm.kernel.operations.state import Element
    from journeys.rules.changes import Place

LONGEST = 60
# What people call the kinds of elements, one and several of them.
NOUNS = {
    "map": ("map", "maps"),
    "stage": ("stage", "stages"),
    "step": ("step", "steps"),
    "lane": ("lane", "lanes"),
    "card": ("card", "cards"),
    "flow": ("way", "ways"),
    "contact": ("touchpoint", "touchpoints"),
    "nested": ("journey", "journeys"),
    "role": ("stakeholder", "stakeholders"),
    "cast": ("persona", "personas"),
}
_LINKED = {"contact": "touchpoint", "nested": "journey", "role": "stakeholder", "cast": "persona"}
# What a card may show instead of words of its own.
_SHOWN = ("insight", "opportunity", "solution", "goal", "channel", "asset")
_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_{}[]()<>#+-.!|~"})


@dataclass(frozen=True, slots=True)
class Names:
    """What things are called: elements by the two maps, and others by id in *references*.

    With *is_markdown* names stand in italics, otherwise in quotation marks.
    """

    left: Mapping[UUID, Element]
    right: Mapping[UUID, Element]
    references: Mapping[str, str] = field(default_factory=dict)
    is_markdown: bool = False

    def of(self, pk: UUID | None) -> str:
        """Give the marked name of an element, as it is on the right where it is there."""
        return self.marked(self.plain(pk))

    def plain(self, pk: UUID | None) -> str:
        """Give the name of an element without marks."""
        element = (self.right.get(pk) or self.left.get(pk)) if pk else None
        return self.name_of(element) if element else "something"

    def name_of(self, element: Element) -> str:
        """Give the name of one element, as it is on one of the two maps."""
        return _short(self._named(element))

    def marked(self, name: str) -> str:
        """Mark a name as one."""
        if not self.is_markdown:
            return f"“{name}”"
        return f"*{name.translate(_MARKDOWN).strip()}*"

    def other(self, pk: JSON) -> str:
        """Give the name of something outside of maps."""
        return _short(self.references.get(str(pk), "something else"))

    def _named(self, element: Element) -> str:
        values: dict[str, Any] = element.values
        match element.kind:
            case "card":
                return self._card(element)
            case "flow":
                ends = (as_id(values["from_step"]), as_id(values["to_step"]))
                return " → ".join(self.plain(end) for end in ends)
            case "lane":
                return values["title"] or LaneKind(values["kind"]).words
            case "contact" | "nested" | "role" | "cast":
                return self.other(values[_LINKED[element.kind]])
            case "map":
                return str(values["name"])
            case _:
                return str(values["title"])

    def _card(self, card: Element) -> str:
        """Say a card by its words, by what of the library it shows, or by its value."""
        values: dict[str, Any] = card.values
        shown = (self.references.get(str(pk)) for name in _SHOWN if (pk := values.get(name)))
        told = values["text"] or next((one for one in shown if one), "")
        if told or values["value"] is None:
            return told or values["alt"] or values["url"] or values["icon"] or "a card"
        lane = (self.right.get(card.parent) or self.left.get(card.parent)) if card.parent else None
        # Only of a feeling the sign says something.
        is_signed = lane and lane.values["kind"] == LaneKind.EMOTION and values["value"]
        return _minus(f"{values['value']:+g}" if is_signed else f"{values['value']:g}")


def words(change: Change, names: Names) -> str:
    """Say *change* in one sentence without a full stop."""
    if change.kind == LIBRARY:
        was, now = (names.marked(str(value)) for value in (change.before, change.after))
        return f"{was} in the library is now called {now}"
    match change.sort:
        case Sort.ADDED | Sort.REMOVED:
            return _came_or_went(change, names)
        case Sort.MOVED:
            return _moved(change, names)
        case Sort.CHANGED:
            return _set(change, names)
        case Sort.SPLIT:
            return f"Split {names.of(change.lineage)} into {_several(change.ends, names)}"
        case Sort.MERGED:
            return f"Merged {_several(change.ends, names)} into {names.of(change.lineage)}"


def _came_or_went(change: Change, names: Names) -> str:
    is_new = change.sort is Sort.ADDED
    place = change.now if is_new else change.was
    said = f"{'Added' if is_new else 'Removed'} {_called(change, names)}"
    if place:
        said += _at(change.kind, place, names) if is_new else _of(change.kind, place, names)
    return said + _with(change.inside)


def _moved(change: Change, names: Names) -> str:
    was, now = change.was, change.now
    if was is None or now is None:
        return ""
    called = names.of(change.lineage)
    if change.kind == "card":
        return _moved_card(called, was, now, names)
    if change.kind in ("contact", "nested", "role") and was.inside != now.inside:
        return f"Moved {called} from {names.of(was.inside)} to {names.of(now.inside)}"
    into = ""
    if was.inside != now.inside:
        into = f" to {names.of(now.inside)},"
    return f"Moved {called}{into}{_behind(now, names)}"


def _moved_card(called: str, was: Place, now: Place, names: Names) -> str:
    ends = (now.step_from, now.step_to)
    said = f"Moved {called}"
    if was.inside != now.inside:
        said += f" from {names.of(was.inside)} to {names.of(now.inside)}"
        return said if (was.step_from, was.step_to) == ends else f"{said}, {_over(now, names)}"
    if (was.step_from, was.step_to) == ends:
        return f"{said}{_behind(now, names)}"
    return f"{said} from {_steps(was, names)} to {_steps(now, names)}"


def _set(change: Change, names: Names) -> str:
    if change.kind == "card" and change.field == "value":
        return f"Changed {_valued(change, names)}{told_values(change, names)}"
    label = label_of(change)
    of = "" if change.kind == "map" else f" of {names.of(change.lineage)}"
    whose = "the map’s " if change.kind == "map" else ""
    told = told_values(change, names)
    return f"Changed {whose}{label}{of}{told}"


def _valued(change: Change, names: Names) -> str:
    """Say of what a value is: a value alone is known by its lane, its step and its persona."""
    card = names.right.get(change.lineage) or names.left[change.lineage]
    persona = card.values["persona"]
    whose = f" for {names.marked(names.other(persona))}" if persona else ""
    return f"{names.of(card.parent)} at {names.of(as_id(card.values['step_from']))}{whose}"


def label_of(change: Change) -> str:
    """Give what people call the field that changed; settings with their names.

    Keys of somebody's own go by these.
    """
    if change.field == OWN:
        return " > ".join(change.path[1:])
    label = MAP.element(change.kind).field(change.field).label.lower()
    inner = " > ".join(name.replace("_", " ") for name in change.path[1:])
    return f"{label} ({inner})" if inner else label


def told_values(change: Change, names: Names) -> str:
    """Say from what to what a field changed: numbers with their difference, lists by items."""
    before, after = change.before, change.after
    if change.field == OWN:
        return f": {_own(before, names)} → {_own(after, names)}"
    if isinstance(before, list) or isinstance(after, list):
        old, new = ([str(one) for one in v] if isinstance(v, list) else [] for v in (before, after))
        parts = [
            *(f"added {names.marked(one)}" for one in new if one not in old),
            *(f"took {names.marked(one)}" for one in old if one not in new),
        ]
        return f": {', '.join(parts) or 'in another order'}"
    was, now = (told_value(change, value, names) for value in (before, after))
    if _is_number(before) and _is_number(after):
        difference: float = after - before  # type: ignore[operator]  # both are numbers
        if change.field == "planned_share":
            return f": {was} → {now}"
        return f": {was} → {now} ({_minus(f'{difference:+.4g}')})"
    return f": {was} → {now}"


def told_value(change: Change, value: JSON, names: Names) -> str:
    """Say one value of the field that *change* is about; nothing as “nothing”."""
    shape = MAP.element(change.kind).field(change.field)
    if value is None or value == "":
        return "nothing"
    if shape.refers_to:
        return names.marked(names.other(value))
    if change.field in ("step_to", "from_step", "to_step"):
        return names.of(as_id(value))
    if change.field == "planned_share" and isinstance(value, int | float):
        return f"{value:.0%}"
    return _plain(shape.told(value) if len(change.path) == 1 else value, names)


def _own(value: JSON, names: Names) -> str:
    """Say what stands under a key of somebody's own: what is no text, as it stands in JSON."""
    if value is None:
        return "nothing"
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return names.marked(_short(told))


def _minus(number: str) -> str:
    """Write a number with the sign that is one."""
    return number.replace("-", "\N{MINUS SIGN}")


def _plain(value: JSON, names: Names) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _minus(f"{value:g}")
    if isinstance(value, dict):
        return "several settings"
    return names.marked(_short(str(value)))


def markdown(changes: Sequence[Change], names: Names, *, title: str) -> str:
    """Write all *changes* as a Markdown document, by stage; *names* must be for Markdown."""
    lines = [f"# {title.translate(_MARKDOWN)}", ""]
    if not changes:
        return "\n".join([*lines, "Nothing differs.", ""])
    counted = Counter(change.sort for change in changes)
    lines += [", ".join(f"{counted[sort]} {sort}" for sort in Sort if counted[sort]) + ".", ""]
    for heading, group in groupby(changes, key=lambda change: part_of(change, names)):
        lines += [f"## {heading.translate(_MARKDOWN)}", ""]
        lines += [line for change in group for line in _lines(change, names)]
        lines.append("")
    return "\n".join(lines)


def part_of(change: Change, names: Names) -> str:
    """Say under which heading *change* stands: its stage, the map as a whole, or the library."""
    if change.kind == LIBRARY:
        return "Library"
    return names.plain(change.stage) if change.stage else "The whole map"


def _lines(change: Change, names: Names, depth: int = 0) -> Iterable[str]:
    yield f"{'  ' * depth}- {words(change, names)}"
    for one in change.inside:
        yield from _lines(one, names, depth + 1)


def _called(change: Change, names: Names) -> str:
    return f"{NOUNS[change.kind][0]} {names.of(change.lineage)}"


def _at(kind: str, place: Place, names: Names) -> str:
    """Say where something new lies."""
    if kind == "card":
        return f" in {names.of(place.inside)}, {_over(place, names)}"
    if kind in ("contact", "nested", "role"):
        return f" to {names.of(place.inside)}"
    return "" if kind in ("flow", "cast") else _behind(place, names)


def _of(kind: str, place: Place, names: Names) -> str:
    """Say where something lay that is gone."""
    if kind == "card":
        return f" from {names.of(place.inside)}, {_over(place, names)}"
    return f" from {names.of(place.inside)}" if place.inside else ""


def _behind(place: Place, names: Names) -> str:
    return f" after {names.of(place.after[0])}" if place.after else " to the beginning"


def _over(place: Place, names: Names) -> str:
    return f"at {_steps(place, names)}"


def _steps(place: Place, names: Names) -> str:
    if place.step_from == place.step_to:
        return names.of(place.step_from)
    return f"{names.of(place.step_from)}–{names.of(place.step_to)}"


def _with(inside: Sequence[Change]) -> str:
    counted = Counter(one.kind for one in inside if one.sort is not Sort.MOVED and not one.path)
    parts = [f"{counted[k]} {NOUNS[k][counted[k] > 1]}" for k in NOUNS if counted[k]]
    return f" with {_listed(parts)}" if parts else ""


def _several(ids: Sequence[UUID], names: Names) -> str:
    return _listed([names.of(pk) for pk in ids])


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
