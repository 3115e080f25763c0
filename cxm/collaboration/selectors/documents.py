"""Names of those who edit, and a document laid out as plain lines, for history and clashes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.operations.state import children_by_parent
from cxm.tenants.models import ApiKey, Membership

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cxm.kernel.operations.records import Actor
    from cxm.kernel.operations.shapes import DocumentShape, ElementShape, FieldShape
    from cxm.kernel.operations.state import Element, State
    from cxm.tenants.models import Tenant

    type Inside = Mapping[tuple[UUID | None, str], list[Element]]

_IDS = (UUID, UUID | None)


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a document: how deep it lies, what it is, and what it says."""

    depth: int
    label: str
    text: str


def names_of(tenant: Tenant, actors: Iterable[Actor | None]) -> Callable[[Actor | None], str]:
    """Give what says who *actors* are: a member's name, or a key's. Two queries."""
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


def laid_out(state: State, shape: DocumentShape, *, of: Element | None = None) -> list[Told]:
    """List what a document says, element by element in its order, without what is empty.

    Neither are ids told, nor what is not so: they say nothing to people. With *of* it is what that
    element says, and what lies in it.
    """
    root = of or next((e for e in state.values() if e.kind == shape.root), None)
    said = {kind: _said(element) for kind, element in shape.elements.items()}
    return _lines(root, children_by_parent(state), said, 0) if root else []


def _said(element: ElementShape) -> list[FieldShape]:
    return [one for one in element.fields if not one.refers_to and one.type not in _IDS]


def _lines(
    element: Element, inside: Inside, said: Mapping[str, list[FieldShape]], depth: int
) -> list[Told]:
    found = [
        Told(depth, one.label, text)
        for one in said[element.kind]
        if (text := _text(one.told(element.values.get(one.name))))
    ]
    for kind in said:
        for child in inside.get((element.id, kind), []):
            found += _lines(child, inside, said, depth + 1)
    return found


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(text for part in value.values() if (text := _text(part)))
    if isinstance(value, list):
        return ", ".join(text for part in value if (text := _text(part)))
    if isinstance(value, bool):
        return "Yes" if value else ""
    return "" if value is None else str(value)
