"""What fields refer to outside of their document: whether it is there, and may be referred to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.records import Deed, RefusedError, UnknownElementError
from cxm.kernel.operations.shapes import LIFE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from uuid import UUID

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.shapes import JSON, DocumentShape
    from cxm.kernel.operations.state import State


@dataclass(frozen=True, slots=True)
class Reference:
    """What a field may refer to: rows of *model*, called *noun*.

    Only rows that *live* filters may be chosen or brought back. A new element may be a copy of an
    old one, and refer to any row, unless *is_live_when_new*.
    """

    model: Any
    noun: str
    live: Mapping[str, Any] = field(default_factory=dict)
    is_live_when_new: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """The *id* of a row that an element refers to; *name* is the field, or `life` for all."""

    lineage: UUID
    name: str
    refers_to: str
    id: str
    label: str
    is_new: bool = False


type References = Mapping[str, Reference]
type Places = Mapping[tuple[UUID, str], str]
type Losses = Callable[[Sequence[Named]], Places]


def nothing_lost(_named: Sequence[Named]) -> Places:
    """Find that nothing is lost: for documents that refer to nothing outside."""
    return {}


def named_in(
    shape: DocumentShape, kind: str, lineage: UUID, values: Mapping[str, JSON], name: str = ""
) -> list[Named]:
    """List what *values* of an element of *kind* refer to, by their fields or all as *name*."""
    element = shape.element(kind)
    fields = [(element.field(key), value) for key, value in values.items() if value is not None]
    return [
        Named(lineage, name or one.name, one.refers_to, str(value), one.label)
        for one, value in fields
        if one.refers_to
    ]


def losses_of(references: References, tenant: Any) -> Losses:
    """Give what says, by element and field, why what was named cannot be referred to again.

    One query for each kind of what is named, two for kinds that go out of use.
    """

    def losses(named: Sequence[Named]) -> dict[tuple[UUID, str], str]:
        found: dict[tuple[UUID, str], str] = {}
        for refers_to, ids in _by_kind(named).items():
            reference = references[refers_to]
            there, live = _there(reference, tenant, ids), _live(reference, tenant, ids)
            for one in named:
                if one.refers_to == refers_to and one.id not in live:
                    gone = "out of use" if one.id in there else "gone"
                    found[one.lineage, one.name] = f"{one.label}: this {reference.noun} is {gone}."
        return found

    return losses


def check_references(
    references: References,
    tenant: Any,
    shape: DocumentShape,
    done: Iterable[Operation],
    state: State,
) -> None:
    """Refuse ids of what this tenant does not have, as if it did not exist, and what is archived.

    One query for each kind of what is named where all of it may be referred to. Raises
    UnknownElementError and RefusedError.
    """
    named = [one for operation in done for one in _named_by(shape, operation, state)]
    for refers_to, ids in _by_kind(named).items():
        reference = references[refers_to]
        live = _live(reference, tenant, ids)
        if live == ids:
            continue
        if _there(reference, tenant, ids) != ids:
            raise UnknownElementError
        bound = [n for n in named if reference.is_live_when_new or not n.is_new]
        dead = next((n for n in bound if n.refers_to == refers_to and n.id not in live), None)
        if dead:
            message = f"{dead.label}: this {reference.noun} is out of use. Take another one."
            raise RefusedError(message, field="" if dead.name == LIFE else dead.name)


def _named_by(shape: DocumentShape, done: Operation, state: State) -> list[Named]:
    """List what one operation refers to that was not referred to before it."""
    told: Any = done.after
    match done.deed:
        case Deed.CREATE:
            found = named_in(shape, done.kind, done.lineage, told["values"])
            return [Named(n.lineage, n.name, n.refers_to, n.id, n.label, True) for n in found]  # noqa: FBT003
        case Deed.SET if done.before != told:
            return named_in(shape, done.kind, done.lineage, {done.field: told})
        case Deed.RESTORE if done.before:
            return named_in(shape, done.kind, done.lineage, state[done.lineage].values, LIFE)
        case _:
            return []


def _by_kind(named: Iterable[Named]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in named:
        found.setdefault(one.refers_to, set()).add(one.id)
    return found


def _there(reference: Reference, tenant: Any, ids: set[str]) -> set[str]:
    rows = reference.model.objects.for_tenant(tenant).filter(pk__in=ids)
    return {str(pk) for pk in rows.values_list("pk", flat=True)}


def _live(reference: Reference, tenant: Any, ids: set[str]) -> set[str]:
    rows = reference.model.objects.for_tenant(tenant).filter(pk__in=ids, **reference.live)
    return {str(pk) for pk in rows.values_list("pk", flat=True)}
