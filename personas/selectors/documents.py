"""Names of those who edit, and a document laid out as plain lines, for history and clashes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.state import children
from cxm.tenants.models import ApiKey, Membership
from personas.models import StakeholderMap
from personas.rules.map_access import Sight, sight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cxm.kernel.operations.records import Actor
    from cxm.kernel.operations.shapes import DocumentShape
    from cxm.kernel.operations.state import Element, State
    from cxm.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a document: how deep it lies, what it is, and what it says."""

    depth: int
    label: str
    text: str


def may_change(document: Any, reader: Membership | None) -> bool:
    """Whether somebody with the right to edit may change *document*; None is a program."""
    return _sight(document, reader, may_edit=True) >= Sight.CHANGE


def may_read_log(document: Any, reader: Membership | None, *, may_edit: bool) -> bool:
    """Whether *reader* may see what was done to *document*, and how it was.

    The log of a map says what is thought of people, which is for those alone who may edit.
    """
    is_map = isinstance(document, StakeholderMap)
    found = _sight(document, reader, may_edit=may_edit)
    return found >= Sight.CONTENT and (may_edit or not is_map)


def _sight(document: Any, reader: Membership | None, *, may_edit: bool) -> Sight:
    if not isinstance(document, StakeholderMap):
        return Sight.CHANGE if may_edit else Sight.CONTENT
    is_owner = reader is not None and document.owner_id == reader.pk
    return sight(document.visibility, is_owner=is_owner, may_edit=may_edit)


def names_of(tenant: Tenant, actors: Iterable[Actor | None]) -> Callable[[Actor | None], str]:
    """Give what says who *actors* are: a member's name or address, or a key's name. Two queries."""
    asked = [(actor.kind, actor.id) for actor in actors if actor and actor.id]
    members = {pk for kind, pk in asked if kind == "member"}
    keys = {pk for kind, pk in asked if kind == "api_key"}
    names: dict[Any, str] = {}
    if members:
        rows = Membership.objects.for_tenant(tenant).filter(pk__in=members)
        names |= {row.pk: row.user.get_full_name() for row in rows.select_related("user")}
    if keys:
        rows_of_keys = ApiKey.objects.for_tenant(tenant).filter(pk__in=keys)
        names |= {row.pk: f"key {row.name}" for row in rows_of_keys}
    return lambda actor: names.get(actor.id, "Wayfare") if actor else "Somebody"


def laid_out(state: State, shape: DocumentShape) -> list[Told]:
    """List what a document says, element by element in its order, without what is empty."""
    root = next((e for e in state.values() if e.kind == shape.root), None)
    return _lines(root, state, shape, 0) if root else []


def _lines(element: Element, state: State, shape: DocumentShape, depth: int) -> list[Told]:
    fields = shape.element(element.kind).fields
    found = [
        Told(depth, one.label, text)
        for one in fields
        if not one.refers_to and (text := _text(element.values.get(one.name)))
    ]
    for kind in shape.elements:
        for child in children(state, element.id, kind):
            found += _lines(child, state, shape, depth + 1)
    return found


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(text for part in value.values() if (text := _text(part)))
    if isinstance(value, list):
        return ", ".join(text for part in value if (text := _text(part)))
    return "" if value is None else str(value)
