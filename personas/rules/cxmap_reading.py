"""Items of a library file as elements of documents, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from cxm.kernel.cxmap.planning import Wanted
from cxm.kernel.operations.records import RefusedError
from personas.rules.contents import checked
from personas.rules.cxmap_shapes import PRIVATE, PUBLIC
from personas.rules.cxmap_writing import (
    CONTENT,
    MAP_FIELDS,
    PERSONA_FIELDS,
    PLACEMENT_FIELDS,
    RELATION_FIELDS,
)
from personas.rules.kinds import STATED, SectionKind
from personas.rules.shapes import PERSONA, STAKEHOLDER_MAP

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cxm.kernel.cxmap.documents import Document
    from cxm.kernel.operations.shapes import ElementShape

_LISTS = ("rings", "ring_colours", "sectors")


@dataclass(frozen=True, slots=True)
class Names:
    """Ids by key, of what a file may refer to: what is here, and what it brings itself.

    Without *may_bind* the segments of personas stay as they are.
    """

    segments: Mapping[str, str] = field(default_factory=dict)
    stakeholders: Mapping[str, str] = field(default_factory=dict)
    may_bind: bool = True


def persona_wanted(item: Mapping[str, Any], path: str, document: Document, names: Names) -> Wanted:
    """Give what a persona shall be; complain to *document* of what cannot be."""
    shape = PERSONA.element("persona")
    told = {name: item.get(name) for name in PERSONA_FIELDS}
    told["avatar"] = item.get("avatar") or {}
    wanted = Wanted("persona", _kept(shape, told, path, document))
    segment = item.get("segment")
    if names.may_bind and (segment is None or segment in names.segments):
        wanted.values["segment"] = names.segments[segment] if segment else None
    elif segment is not None:
        words = "There is no such segment here" if names.may_bind else "You may not choose segments"
        document.remark(f"{path}.segment", f"{words}: “{segment}” is left out.")
    for number, one in enumerate(item.get("sections", ())):
        wanted.parts.append(_section(one, f"{path}.sections[{number}]", document))
    return wanted


def map_wanted(item: Mapping[str, Any], path: str, document: Document, names: Names) -> Wanted:
    """Give what a stakeholder map shall be; complain to *document* of what cannot be."""
    told = {name: item.get(name, [] if name in _LISTS else None) for name in MAP_FIELDS}
    wanted = Wanted("map", _kept(STAKEHOLDER_MAP.element("map"), told, path, document))
    is_public = item.get("scope") == PUBLIC
    placed: set[str] = set()
    for number, one in enumerate(item.get("placements", ())):
        where = f"{path}.placements[{number}]"
        _check_place(one, item, placed, where, document)
        values = _spoken(one, PLACEMENT_FIELDS, is_public=is_public)
        values["stakeholder"] = _known(one["stakeholder"], where, document, names)
        shape = STAKEHOLDER_MAP.element("placement")
        wanted.parts.append(Wanted("placement", _kept(shape, values, where, document)))
    for number, one in enumerate(item.get("relations", ())):
        where = f"{path}.relations[{number}]"
        _check_ends(one, placed, where, document)
        values = _spoken(one, RELATION_FIELDS, is_public=is_public)
        values["start"] = names.stakeholders.get(one["from"])
        values["end"] = names.stakeholders.get(one["to"])
        shape = STAKEHOLDER_MAP.element("relation")
        wanted.parts.append(Wanted("relation", _kept(shape, values, where, document)))
    return wanted


def own_keys(item: Mapping[str, Any], path: str) -> list[str]:
    """List the paths in *item* at which somebody has put keys of their own, which are not kept."""
    found = [f"{path}.{name}" for name in item if name.startswith("x-")]
    for name, part in item.items():
        if name.startswith("x-"):
            continue
        parts = [(f"{path}.{name}[{n}]", one) for n, one in enumerate(_listed(part))]
        parts += [(f"{path}.{name}", part)] if isinstance(part, dict) else []
        for where, one in parts:
            found += own_keys(one, where)
    return found


def _listed(part: Any) -> list[dict[str, Any]]:
    return [one for one in part if isinstance(one, dict)] if isinstance(part, list) else []


def _section(item: Mapping[str, Any], path: str, document: Document) -> Wanted:
    kind = SectionKind(item["kind"])
    known = CONTENT.get(kind, ())
    every = {name for names in CONTENT.values() for name in names}
    for name in sorted(every - set(known)):
        if name in item:
            document.complain(f"{path}.{name}", f"A section of kind “{kind}” has no “{name}”.")
    content: Any = {}
    try:
        told = {name: item[name] for name in known if name in item}
        content = msgspec.to_builtins(checked(kind, told))
    except msgspec.ValidationError as error:
        document.complain(path, f"{kind.words}: {error}.")
    values = {name: item.get(name) for name in ("kind", "title", "width")}
    wanted = Wanted("section", _kept(PERSONA.element("section"), values, path, document))
    wanted.values["content"] = content
    statements = item.get("statements", ())
    if statements and kind not in STATED:
        document.complain(f"{path}.statements", f"A section of kind “{kind}” has no statements.")
    for number, one in enumerate(statements):
        wanted.parts.append(_statement(one, kind, f"{path}.statements[{number}]", document))
    return wanted


def _statement(item: Mapping[str, Any], kind: SectionKind, path: str, document: Document) -> Wanted:
    if item.get("facet") and kind != SectionKind.JOBS:
        words = "Only jobs are functional, emotional or social."
        document.complain(f"{path}.facet", words)
    told = {name: item.get(name) for name in ("text", "label", "facet")}
    told["grade_override"] = item.get("grade")
    return Wanted("fact", _kept(PERSONA.element("fact"), told, path, document))


def _check_place(
    one: Mapping[str, Any],
    item: Mapping[str, Any],
    placed: set[str],
    path: str,
    document: Document,
) -> None:
    name = one["stakeholder"]
    if name in placed:
        document.complain(path, f"“{name}” stands on this map already.")
    placed.add(name)
    for part, many in (("ring", "rings"), ("sector", "sectors")):
        count = len(item.get(many, ()))
        if one.get(part) is not None and one[part] >= count:
            words = f"There is no {part} {one[part]}: this map has {count}, counted from 0."
            document.complain(f"{path}.{part}", words)


def _check_ends(one: Mapping[str, Any], placed: set[str], path: str, document: Document) -> None:
    for name in ("from", "to"):
        if one[name] not in placed:
            document.complain(f"{path}.{name}", f"“{one[name]}” is not on this map.")
    if one["from"] == one["to"]:
        document.complain(f"{path}.to", "A relation is between two different stakeholders.")


def _known(key: str, path: str, document: Document, names: Names) -> str | None:
    found = names.stakeholders.get(key)
    if found is None:
        words = f"There is no stakeholder “{key}”, neither in this file nor here."
        document.complain(path, words)
    return found


def _spoken(one: Mapping[str, Any], fields: Iterable[str], *, is_public: bool) -> dict[str, Any]:
    """Give what is said of *fields*; what a public file does not tell is not spoken of."""
    return {
        name: one.get(name)
        for name in fields
        if name in one or not is_public or name not in PRIVATE
    }


def _kept(
    shape: ElementShape, told: Mapping[str, Any], path: str, document: Document
) -> dict[str, Any]:
    """Give the values as they are kept, what is not said as its default."""
    kept: dict[str, Any] = {}
    for name, value in told.items():
        field_shape = shape.field(name)
        try:
            kept[name] = field_shape.kept(field_shape.default if value is None else value)
        except RefusedError as error:
            document.complain(f"{path}.{name}", str(error))
    return kept
