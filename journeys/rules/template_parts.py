"""Parts of templates that stay as they are, and those that are to be filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.state import is_there

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.shapes import JSON
    from cxm.kernel.operations.state import Element, State

# The touchpoints of a step are elements that lie in it, and no value of its own.
TOUCHPOINTS = "touchpoints"


class _Field(NamedTuple):
    """A field of a part: as files call it, as rows call it, for people, and what it may be."""

    name: str
    column: str
    words: str
    can_be_required: bool = True
    can_be_locked: bool = True


_FIELDS: dict[str, tuple[_Field, ...]] = {
    "stage": (_Field("description", "description", "description"),),
    "step": (
        _Field("description", "description", "description"),
        _Field("duration", "expected_duration", "expected duration"),
        _Field(TOUCHPOINTS, TOUCHPOINTS, "touchpoints", can_be_locked=False),
    ),
    "lane": (_Field("config", "config", "settings", can_be_required=False),),
}
_FOLDERS = {"stages": "stage", "steps": "step", "lanes": "lane"}
KINDS = frozenset(_FIELDS)
_BEGINS_WITH = dict(zip(_FOLDERS.values(), _FOLDERS, strict=True))


@dataclass(frozen=True, slots=True)
class Markable:
    """A part of a template that can be marked: a stage, step or lane, or a *field* of one.

    *path* is what it is called in lists of marks, as `steps/pay/description`.
    """

    path: str
    kind: str
    key: str
    title: str
    field: str = ""
    words: str = ""
    can_be_locked: bool = True
    can_be_required: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """A part on a map that began as a template, as it was then; *value* is its title, or field's.

    A part that is locked stays, with that title; a locked field keeps that value.
    """

    kind: str
    lineage: UUID
    field: str
    title: str
    value: JSON
    is_locked: bool
    is_required: bool

    @property
    def words(self) -> str:
        """Say which part it is."""
        what = f"{self.kind} “{self.title}”"
        return f"{_field(self.kind, self.field).words} of the {what}" if self.field else what


def markable_parts(tree: Mapping[str, Any]) -> list[Markable]:
    """List what of a template can be marked, in the order of its map; fields after their part.

    A field can be locked where the template says something there.
    """
    found: list[Markable] = []
    for stage in tree.get("stages", ()):
        found += _of_one("stage", stage)
        for step in stage.get("steps", ()):
            found += _of_one("step", step)
    for lane in tree.get("lanes", ()):
        found += _of_one("lane", lane)
    return found


def unknown_marks(
    offered: Iterable[Markable], locked: Collection[str], required: Collection[str]
) -> tuple[str, str] | None:
    """Name the first mark that the template does not offer, with the field it was given in."""
    offered = list(offered)
    known = {
        "locked": {one.path for one in offered if one.can_be_locked},
        "required": {one.path for one in offered if one.can_be_required},
    }
    for name, told in (("locked", locked), ("required", required)):
        wrong = next((path for path in told if path not in known[name]), None)
        if wrong is not None:
            return name, wrong
    return None


def paths_told(paths: Iterable[str]) -> list[tuple[str, str, str]]:
    """Read paths as kind, key and field, in their order."""
    return [_read(path) for path in paths]


def kept_on(
    state: State,
    lineages: Mapping[tuple[str, str], UUID],
    *,
    locked: Collection[str],
    required: Collection[str],
) -> list[dict[str, JSON]]:
    """Give the marked parts of a template as the map keeps them that was begun as it just now."""
    kept: list[dict[str, JSON]] = []
    for path in dict.fromkeys((*locked, *required)):
        kind, key, name = _read(path)
        element = state.get(lineages[kind, key])
        if element is None:
            continue
        kept.append(
            {
                "kind": kind,
                "lineage": str(element.id),
                "field": name,
                "title": _title(element.values),
                "value": told_in(element, kind, name),
                "locked": path in locked,
                "required": path in required,
            }
        )
    return kept


def read_kept(told: Mapping[str, Any]) -> list[Kept]:
    """Read what a map keeps of its template."""
    return [
        Kept(
            one["kind"],
            UUID(one["lineage"]),
            one["field"],
            one["title"],
            one["value"],
            one["locked"],
            one["required"],
        )
        for one in told.get("parts", ())
    ]


def may_touch(done: Sequence[Operation]) -> bool:
    """Whether operations can have changed any part that a template may have locked."""
    return any(o.kind in KINDS and o.deed in (Deed.DELETE, Deed.SET) for o in done)


def changed_by(state: State, done: Sequence[Operation], kept: Iterable[Kept]) -> Iterator[Kept]:
    """Give the locked parts that *done* has changed or taken away, *state* being after it."""
    touched = {o.lineage for o in done}
    goes = any(o.deed is Deed.DELETE and o.kind in KINDS for o in done)
    for part in kept:
        if part.is_locked and (goes or part.lineage in touched) and is_changed(state, part):
            yield part


def is_changed(state: State, part: Kept) -> bool:
    """Whether a locked part is gone, or is not as the template has it."""
    if not is_there(state, part.lineage):
        # A field of what may go goes with it.
        return not part.field
    return told_in(state[part.lineage], part.kind, part.field) != part.value


def told_in(element: Element, kind: str, name: str) -> JSON:
    """Give what a field of a part says, or its title where *name* is empty.

    Touchpoints are no value of a step: of them nothing is told.
    """
    if name == TOUCHPOINTS:
        return None
    return element.values[_field(kind, name).column if name else "title"]


def _of_one(kind: str, item: Mapping[str, Any]) -> Iterator[Markable]:
    path = f"{_BEGINS_WITH[kind]}/{item['key']}"
    title = _title(item) or item["key"]
    yield Markable(path, kind, item["key"], title)
    for field in _FIELDS[kind]:
        says = bool(item.get(field.name))
        can_be_locked = says and field.can_be_locked
        if can_be_locked or field.can_be_required:
            yield Markable(
                f"{path}/{field.name}",
                kind,
                item["key"],
                title,
                field.name,
                field.words,
                can_be_locked,
                field.can_be_required,
            )


def _read(path: str) -> tuple[str, str, str]:
    folder, key, *rest = path.split("/")
    return _FOLDERS[folder], key, rest[0] if rest else ""


def _title(values: Mapping[str, Any]) -> str:
    """Give what a part is called; lines have no title, but a label."""
    config: Any = values.get("config") or {}
    return str(values.get("title") or config.get("label") or "")


def _field(kind: str, name: str) -> _Field:
    return next(one for one in _FIELDS[kind] if one.name == name)
