"""What guests put on a map: nothing that lies beyond the journey they were let into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.collaboration.models import Asset
from cxm.kernel.operations.records import Deed, RefusedError
from cxm.kernel.operations.references import named_in
from cxm.kernel.operations.store import read_state
from cxm.tenants.models import Membership
from cxm.tenants.rules import Role
from journeys.services.stores import MAPS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from cxm.kernel.operations.documents import Request
    from cxm.kernel.operations.records import Asked, Operation

BEYOND = "This is not on the map. Take something that is, or ask a member of the workspace."
_NAMING = frozenset(
    field.name
    for shape in MAPS.shape.elements.values()
    for field in shape.fields
    if field.refers_to
)


def known_to_guest(request: Request, asked: Iterable[Asked]) -> frozenset[str] | None:
    """Give the ids that a guest may name on a map: of what is on it, and of files they sent.

    None is for who is no guest, and where nothing is named. One query where something is, and the
    map is read for guests alone.
    """
    if not any(_may_name(one) for one in asked) or not _is_guest(request):
        return None
    shape = MAPS.shape
    state = read_state(MAPS, request)
    there = [named_in(shape, one.kind, one.id, one.values) for one in state.values()]
    own = Asset.objects.for_tenant(request.tenant).filter(by=request.actor.id)
    files = (str(pk) for pk in own.values_list("pk", flat=True))
    return frozenset(files) | {one.id for named in there for one in named}


def check_known(known: Collection[str], done: Iterable[Operation]) -> None:
    """Refuse what *done* operations of a guest name beyond what is *known* to them.

    They may have its id from elsewhere; on a card, its title and bytes would be theirs to read.
    Raises RefusedError with the field.
    """
    for one in done:
        told = one.after["values"] if one.deed is Deed.CREATE else {one.field: one.after}  # type: ignore[index, call-overload]
        if one.deed in {Deed.CREATE, Deed.SET}:
            for named in named_in(MAPS.shape, one.kind, one.lineage, told):  # type: ignore[arg-type]
                if named.id not in known:
                    raise RefusedError(f"{named.label}: {BEYOND}", field=named.name)


def _may_name(asked: Asked) -> bool:
    values = asked.value.get("values") if isinstance(asked.value, dict) else None
    told = values if isinstance(values, dict) else {asked.field: asked.value}
    return any(name in _NAMING and value for name, value in told.items())


def _is_guest(request: Request) -> bool:
    people = Membership.objects.for_tenant(request.tenant)
    return people.filter(pk__in=[request.actor.id], role=Role.GUEST).exists()
