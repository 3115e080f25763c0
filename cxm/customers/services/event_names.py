"""Making touchpoints and rules of the names that events came with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.customers.errors import NoEventNamesError
from cxm.touchpoints.models import Touchpoint, TouchpointRule
from cxm.touchpoints.rules.keys import readable_title
from cxm.touchpoints.services import create_rule, create_touchpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cxm.customers.models import EventName
    from cxm.tenants.models import ApiKey, Membership, Tenant


@transaction.atomic
def make_touchpoints(
    *, tenant: Tenant, names: Sequence[EventName], by: Membership | ApiKey
) -> list[TouchpointRule]:
    """Make a touchpoint of each of *names*, and a rule that leads there; give the rules made.

    Titles are made readable: `order_delivered` becomes “Order delivered”. A live touchpoint of
    that title, whatever its case, is taken instead of a second one. Raises NoEventNamesError.
    """
    live = Touchpoint.objects.for_tenant(tenant).live()
    known = {point.title.casefold(): point for point in live.order_by("-pk")}

    def touchpoint(name: EventName) -> Touchpoint:
        title = readable_title(name.name)
        if title.casefold() not in known:
            known[title.casefold()] = create_touchpoint(tenant=tenant, by=by, title=title)
        return known[title.casefold()]

    return _lead(tenant, names, touchpoint, by=by)


@transaction.atomic
def send_to_touchpoint(
    *,
    tenant: Tenant,
    names: Sequence[EventName],
    touchpoint: Touchpoint,
    by: Membership | ApiKey,
) -> list[TouchpointRule]:
    """Make a rule for each of *names* that leads to *touchpoint*; give the rules made.

    Raises NoEventNamesError.
    """
    return _lead(tenant, names, lambda _name: touchpoint, by=by)


def _lead(
    tenant: Tenant,
    names: Sequence[EventName],
    touchpoint: Callable[[EventName], Touchpoint],
    *,
    by: Membership | ApiKey,
) -> list[TouchpointRule]:
    """Make the rules that are not there yet; a name of several sources needs just one."""
    if not names:
        raise NoEventNamesError
    plain = TouchpointRule.objects.for_tenant(tenant).filter(
        is_enabled=True, source="", conditions=[], valid_from=None, valid_to=None
    )
    had = set(plain.values_list("interaction_kind", "event_name", "touchpoint_id"))
    made = []
    for name in names:
        to = touchpoint(name)
        if (name.kind, name.name, to.pk) in had:
            continue
        had.add((name.kind, name.name, to.pk))
        made.append(
            create_rule(
                tenant=tenant,
                by=by,
                touchpoint=to,
                interaction_kind=name.kind,
                event_name=name.name,
            )
        )
    return made
