"""Journeys inside others: by their home in the tree, and by lying in steps of maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.state import as_id, is_there
from cxm.kernel.operations.store import commit
from cxm.tenants.models import Tenant
from journeys.errors import CircleError
from journeys.models import Journey, Step, StepJourney
from journeys.rules.circles import circle
from journeys.rules.kinds import MapStatus
from personas.rules.kinds import Visibility

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from cxm.kernel.operations.documents import Store
    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import Element, State


def check_nested(state: State, done: Sequence[Operation], tenant: Tenant) -> None:
    """Refuse a map that lets its journey lie in itself, however far around. Raises CircleError.

    Looks only where journeys came into steps, or steps came back.
    """
    if not any(o.kind == "nested" or o.deed is Deed.RESTORE for o in done):
        return
    root = next(e for e in state.values() if e.kind == "map")
    inside = [
        _journey_in(e) for e in state.values() if e.kind == "nested" and is_there(state, e.id)
    ]
    home = as_id(root.values["journey"])
    if inside and home:
        pairs = [(child, home) for child in inside]
        check_circles(tenant, pairs, field="journey", without_map=root.id)


def check_circles(
    tenant: Tenant,
    new: Iterable[tuple[UUID, UUID]],
    *,
    field: str,
    without_map: UUID | None = None,
    without_home: UUID | None = None,
) -> None:
    """Refuse *new* pairs, of a journey and the one that it lies in, where one would be in itself.

    What a map in use says (but for *without_map*) and homes (but for that of *without_home*) hold
    besides; who nests at once takes turns. Raises CircleError about *field*, which names the way
    around.
    """
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    rows = Journey.objects.for_tenant(tenant)
    housed = rows.exclude(parent=None).values_list("pk", "parent_id")
    homes = [(pk, home) for pk, home in housed if pk != without_home]
    steps = Step.objects.for_tenant(tenant).filter(
        map=OuterRef("map"), lineage=OuterRef("step"), deleted_at=None
    )
    nested = StepJourney.objects.for_tenant(tenant).filter(
        Exists(steps), deleted_at=None, map__deleted_at=None, map__archived_at=None
    )
    nested = nested.exclude(map=without_map).exclude(map__status=MapStatus.RETIRED)
    known = [*homes, *nested.values_list("journey_id", "map__journey_id")]
    found = circle(new, known)
    if found:
        named = dict(rows.filter(pk__in=found).values_list("pk", "title"))
        hidden = set(
            rows.filter(pk__in=found, visibility=Visibility.HIDDEN).values_list("pk", flat=True)
        )
        raise CircleError(
            ["a hidden journey" if pk in hidden else named[pk] for pk in found], field
        )


def give_homes(store: Store, request: Request, new: Sequence[Element], state: State) -> None:
    """Give journeys that came into a step, and have no home yet, one in the map's journey.

    *store* is that of journeys. Of those that only their owners change, only these do so.
    """
    inside = [_journey_in(e) for e in new if e.kind == "nested"]
    home = as_id(state[request.document].values["journey"])
    if not inside or home is None:
        return
    rows = Journey.objects.for_tenant(request.tenant).filter(pk__in=inside, parent=None)
    for journey in rows.exclude(pk=home).order_by("pk"):
        if journey.visibility == Visibility.EDITABLE or journey.owner_id == request.actor.id:
            asking = Request(request.tenant, journey.pk, request.actor, request.now, request.source)
            asked = Asked(
                id=new_id(),
                batch=new_id(),
                op=Deed.SET,
                lineage=journey.pk,
                field="parent",
                value=str(home),
            )
            commit(store, asking, [asked])


def _journey_in(element: Element) -> UUID:
    found = as_id(element.values["journey"])
    assert found is not None  # noqa: S101 - the shape says so
    return found
