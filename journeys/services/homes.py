"""What must hold of a journey beside others: its home in the tree, and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.state import as_id
from cxm.tenants.models import Membership
from journeys.services.nesting import check_circles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import Element, State
    from cxm.tenants.models import Tenant

# What of a journey its owner alone decides.
_OWNERS_OWN = frozenset({"owner", "visibility"})


def journey_law(state: State, done: Sequence[Operation], tenant: Tenant) -> None:
    """Refuse a journey that lies in itself, and what its owner alone decides.

    Raises CircleError and RefusedError.
    """
    root = next(iter(state.values()))
    home = as_id(root.values["parent"])
    if home and any(o.field == "parent" for o in done):
        check_circles(tenant, [(root.id, home)], field="parent", without_home=root.id)
    own = [o for o in done if o.field in _OWNERS_OWN and o.before != o.after]
    if own:
        _check_owner(root, own, tenant)


def _check_owner(root: Element, own: Sequence[Operation], tenant: Tenant) -> None:
    """Refuse to take a journey from its owner, or to say who finds it, unless that one has left."""
    owner: Any = next((o.before for o in own if o.field == "owner"), root.values["owner"])
    asking = own[0].actor.id
    if owner is None or asking is None or str(asking) == owner:
        return
    if Membership.objects.for_tenant(tenant).filter(pk=owner, is_active=True).exists():
        message = "Only the owner of a journey says who finds it, and who owns it next."
        raise RefusedError(message, field=own[0].field)
