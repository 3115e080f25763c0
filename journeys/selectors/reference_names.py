"""What the things are called that maps refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.accounts.rules import called
from cxm.collaboration.models import Asset
from cxm.tenants.models import Membership
from cxm.touchpoints.models import Channel, Touchpoint
from journeys.models import Goal, Insight, Opportunity, Solution, StepSuccession
from journeys.rules.folding import Succession
from journeys.rules.shapes import MAP
from journeys.selectors.journeys import journeys_found
from personas.models import Persona, Stakeholder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cxm.kernel.operations.state import Element
    from cxm.tenants.models import Tenant
    from journeys.models import Journey

_MODELS: Mapping[str, tuple[Any, str]] = {
    "persona": (Persona, "name"),
    "stakeholder": (Stakeholder, "name"),
    "touchpoint": (Touchpoint, "title"),
    "channel": (Channel, "title"),
    "asset": (Asset, "name"),
    "member": (Membership, "user__name"),
    "insight": (Insight, "title"),
    "opportunity": (Opportunity, "title"),
    "solution": (Solution, "title"),
    "goal": (Goal, "title"),
}
_FIELDS = {
    kind: tuple((f.name, f.refers_to) for f in shape.fields if f.refers_to)
    for kind, shape in MAP.elements.items()
}


def reference_names(
    tenant: Tenant, reader: Membership | None, *states: Mapping[UUID, Element]
) -> dict[str, str]:
    """Name what elements of *states* refer to, by id as text.

    A journey that *reader* does not find is left out. One query for each kind of what is
    referred to.
    """
    wanted: dict[str, set[str]] = {}
    for state in states:
        for element in state.values():
            for name, kind in _FIELDS[element.kind]:
                if value := element.values.get(name):
                    wanted.setdefault(kind, set()).add(str(value))
    found: dict[str, str] = {}
    for kind, ids in wanted.items():
        if kind in _MODELS:
            model, title = _MODELS[kind]
            rows = model.objects.for_tenant(tenant).filter(pk__in=ids)
            found |= {str(pk): str(words) for pk, words in rows.values_list("pk", title)}
    found |= {pk: called(found[pk]) for pk in wanted.get("member", ()) if pk in found}
    return found | _journeys(tenant, reader, wanted.get("journey", set()))


def _journeys(tenant: Tenant, reader: Membership | None, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    rows = journeys_found(tenant, reader).filter(pk__in=ids)
    return {str(pk): title for pk, title in rows.values_list("pk", "title")}


def successions_of(journey: Journey) -> list[Succession]:
    """List which steps of a journey were split and merged into which. One query."""
    rows = StepSuccession.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    told = rows.order_by("at", "pk").values_list("from_step_id", "to_step_id", "share")
    return [Succession(*one) for one in told]
