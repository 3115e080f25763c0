"""What must hold of a journey beside others: its home in the tree, and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.state import as_id
from cxm.tenants.models import Membership, Tenant
from journeys.errors import CircleError
from journeys.models import Journey
from personas.rules.kinds import Visibility

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import Element, State

# What of a journey its owner alone decides.
_OWNERS_OWN = frozenset({"owner", "visibility"})


def journey_law(state: State, done: Sequence[Operation], tenant: Tenant) -> None:
    """Refuse a journey that lies in itself, and what its owner alone decides.

    Raises CircleError and RefusedError.
    """
    root = next(iter(state.values()))
    if any(o.field == "parent" for o in done):
        _check_home(root, tenant)
    own = [o for o in done if o.field in _OWNERS_OWN and o.before != o.after]
    if own:
        _check_owner(root, own, tenant)


def _check_home(root: Element, tenant: Tenant) -> None:
    """Go up from a journey; two that are put into each other at once take turns."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    rows = Journey.objects.for_tenant(tenant).values_list("title", "visibility", "parent_id")
    titles, above = [str(root.values["title"])], as_id(root.values["parent"])
    while above is not None and above != root.id:
        title, visibility, above = rows.get(pk=above)
        titles.append("a hidden journey" if visibility == Visibility.HIDDEN else title)
    if above is not None:
        raise CircleError([*titles, titles[0]])


def _check_owner(root: Element, own: Sequence[Operation], tenant: Tenant) -> None:
    """Refuse to take a journey from its owner, or to say who finds it, unless that one has left."""
    owner: Any = next((o.before for o in own if o.field == "owner"), root.values["owner"])
    asking = own[0].actor.id
    if owner is None or asking is None or str(asking) == owner:
        return
    if Membership.objects.for_tenant(tenant).filter(pk=owner, is_active=True).exists():
        message = "Only the owner of a journey says who finds it, and who owns it next."
        raise RefusedError(message, field=own[0].field)
