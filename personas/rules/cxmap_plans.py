"""How personas and stakeholder maps are compared with those of a file, and what is said of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec

from cxm.kernel.cxmap.planning import Match, Plan
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.state import State
from personas.rules.contents import checked
from personas.rules.kinds import SectionKind
from personas.rules.shapes import PERSONA, STAKEHOLDER_MAP

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping
    from uuid import UUID

    from cxm.kernel.cxmap.planning import Values, Wanted
    from cxm.kernel.operations.records import Asked
    from cxm.kernel.operations.shapes import JSON, DocumentShape
    from cxm.kernel.operations.state import Element

LONGEST_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that an import would do, in words; of a field also what it was and would be."""

    words: str
    before: str = ""
    after: str = ""


def _by(*names: str) -> Callable[[Values], Hashable]:
    return lambda values: tuple(values[name] for name in names)


def _share_words(before: Values, after: Values) -> bool:
    """Whether two statements share half of their words: then one is the other, reworded."""
    ones, others = (set(re.findall(r"\w+", str(v["text"]).casefold())) for v in (before, after))
    return 2 * len(ones & others) >= len(ones | others) > 0


def _is_shorter(before: JSON, after: JSON) -> bool:
    # Who stands in a ring that goes must have left before.
    return isinstance(before, list) and isinstance(after, list) and len(after) < len(before)


PERSONA_PLAN = Plan(
    PERSONA,
    {
        "section": Match(by=(_by("kind", "title"), _by("kind"))),
        "fact": Match(
            by=(_by("text", "label", "facet"), _by("text")), nearly=_share_words, may_move=True
        ),
    },
)
MAP_PLAN = Plan(
    STAKEHOLDER_MAP,
    {
        "placement": Match(by=(_by("stakeholder"),), comes_back=True),
        "relation": Match(
            by=(
                _by("start", "end", "kind", "title"),
                _by("start", "end", "kind"),
                _by("start", "end"),
            )
        ),
    },
    is_late=_is_shorter,
)


def comparable(state: State, wanted: Wanted) -> State:
    """Give *state* as it can be compared: contents in full, without relations that are hidden.

    A relation is hidden while one of its ends is not on the map, and no file tells of it.
    """
    there = {p.values["stakeholder"] for p in wanted.parts if p.kind == "placement"}
    there |= {
        e.values["stakeholder"]
        for e in state.values()
        if e.kind == "placement" and not e.is_deleted
    }
    found: list[Element] = []
    for element in state.values():
        if element.kind == "section":
            kind = SectionKind(str(element.values["kind"]))
            content = msgspec.to_builtins(checked(kind, element.values["content"]))
            found.append(replace(element, values=element.values | {"content": content}))
        elif element.kind != "relation" or there >= {
            element.values["start"],
            element.values["end"],
        }:
            found.append(element)
    return State(found)


def steps(
    asked: Iterable[Asked], state: State, shape: DocumentShape, names: Mapping[str, str]
) -> list[Step]:
    """Say what operations would do to *state*; *names* tell ids that values hold."""
    found: list[Step] = []
    restored = {one.lineage for one in asked if one.op is Deed.RESTORE}
    for one in asked:
        if one.op is Deed.CREATE:
            found.append(Step(f"New {_called(one.kind, one.value['values'], shape, names)}"))
            continue
        element = state[one.lineage]
        called = _called(element.kind, element.values, shape, names)
        match one.op:
            case Deed.SET if one.lineage not in restored:
                found.append(_set(one, state, shape, names, called))
            case Deed.DELETE:
                inside = _count_inside(state, one.lineage)
                found.append(Step(f"{_capital(called)} goes{inside}"))
            case Deed.MOVE:
                found.append(Step(f"{_capital(called)} moves"))
            case Deed.RESTORE:
                found.append(Step(f"{_capital(called)} comes back"))
    return found


def _set(
    one: Asked, state: State, shape: DocumentShape, names: Mapping[str, str], called: str
) -> Step:
    element = state[one.lineage]
    known = shape.element(element.kind)
    label = known.field(one.field).label
    words = f"{label} of {called}" if known.parents else label
    before = _told(element.values.get(one.field), names)
    return Step(words, before, _told(one.value, names))


def _called(
    kind: str, values: Mapping[str, Any], shape: DocumentShape, names: Mapping[str, str]
) -> str:
    known = shape.element(kind)
    if kind == "placement":
        return f"{known.label} “{names.get(str(values['stakeholder']), '')}”"
    if kind == "relation":
        ends = " → ".join(names.get(str(values[name]), "") for name in ("start", "end"))
        return f"{known.label} {values['kind']}, {ends}"
    title = _short(str(values.get(known.title) or ""))
    return f"{known.label} “{title}”" if title else known.label


def _count_inside(state: State, lineage: UUID) -> str:
    kinds = [e.kind for e in state.values() if e.parent == lineage and not e.is_deleted]
    facts, more = kinds.count("fact"), len(kinds) - kinds.count("fact")
    said = [f"{facts} statement{'s' if facts != 1 else ''}"] if facts else []
    said += [f"{more} more" if facts else f"{more} files or evidence"] if more else []
    return f", with {' and '.join(said)}" if said else ""


def _told(value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, dict):
        parts = [f"{name} {text}" for name, one in value.items() if (text := _told(one, names))]
        return _short("; ".join(parts))
    if isinstance(value, list):
        return _short(", ".join(_told(one, names) for one in value))
    return "" if value is None else _short(names.get(str(value), str(value)))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
