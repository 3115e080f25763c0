"""What the things were called that a map referred to, at an earlier moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.operations.records import Deed
from journeys.models import LibraryOp
from journeys.rules.library_sorts import SORTS
from journeys.selectors.grid_names import Name, names_asked
from journeys.selectors.grid_then import cast_then, named_then
from personas.models import PersonaOp

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from cxm.kernel.operations.state import State
    from cxm.tenants.models import Membership
    from journeys.models import JourneyMap

_TOLD = ("title", "name", "status", "kind")


def names_then(
    row: JourneyMap, reader: Membership | None, state: State, *, at: datetime
) -> list[Name]:
    """Name what the map *state* referred to and its cast, as `names_of` does, as called *at* then.

    Items of the library and personas have a log that knows; channels, touchpoints, stakeholders
    and journeys go by the names they have now. At most six queries.
    """
    found = names_asked(row, reader, named_then(state))
    told = _values_then(row, found, at)
    names = [_renamed(name, told.get(name.id, {})) for name in found]
    return sorted([*names, *cast_then(state, names)])


def _values_then(
    row: JourneyMap, names: Collection[Name], at: datetime
) -> dict[UUID, dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = {}
    for kind, log in (*((sort, LibraryOp) for sort in SORTS), ("persona", PersonaOp)):
        ids = [name.id for name in names if name.kind == kind]
        if not ids:
            continue
        rows = log.objects.for_tenant(row.tenant_id).filter(
            **{f"{kind}__in": ids}, kind=kind, at__lte=at
        )
        rows = rows.filter(deed=Deed.CREATE) | rows.filter(deed=Deed.SET, field__in=_TOLD)
        for line in rows.order_by("seq").values_list(f"{kind}_id", "deed", "field", "after"):
            _take(found.setdefault(line[0], {}), *line[1:])
    return found


def _take(known: dict[str, Any], deed: str, field: str, after: Any) -> None:
    if deed == Deed.CREATE:
        known.update({name: after["values"].get(name) for name in _TOLD})
    else:
        known[field] = after


def _renamed(name: Name, then: dict[str, Any]) -> Name:
    """Give a name with the title, and of library items the kind and status, of *then*."""
    title = then.get("title") or then.get("name") or name.title
    if name.kind not in SORTS:
        return name._replace(title=title)
    word = then.get("kind") or name.word if name.kind == "insight" else name.word
    return name._replace(title=title, word=word, more=then.get("status") or name.more)
