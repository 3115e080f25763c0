"""What became of events: the rows they made, the people they named, why some were kept out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from cxm.customers.models import Identity, IngestKey, Interaction
from cxm.customers.rules.records import Ref
from feedback.models import RejectedEvent

if TYPE_CHECKING:
    from collections.abc import Collection

    from cxm.tenants.models import Tenant
    from feedback.models import EventSource


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What is stored about some events of one source.

    *made* maps the keys that had an effect to the id of what they made; *interactions* holds
    those of them that are on a timeline, with customer, touchpoint and rule. *people* leads from
    an identifier to the root of its customer. *refused_at* lists refusals by the body and position
    where they first came, *refused_as* the same ones by the ids of their events.
    """

    made: dict[str, UUID]
    interactions: dict[UUID, Interaction]
    people: dict[Ref, UUID]
    refused_at: dict[tuple[UUID, int], list[RejectedEvent]]
    refused_as: dict[str, list[RejectedEvent]]


def read_outcomes(
    tenant: Tenant,
    *,
    source: EventSource,
    inbox_ids: Collection[UUID],
    keys: Collection[str],
    refs: Collection[Ref],
) -> Outcomes:
    """Read what became of the events with *keys* that came from *source*, some in *inbox_ids*.

    Four queries, however many they are.
    """
    claims = IngestKey.objects.for_tenant(tenant).filter(
        source=f"events:{source.key}", key__in=keys
    )
    made = dict(claims.values_list("key", "object_id"))
    rows = Interaction.objects.for_tenant(tenant).filter(pk__in=list(made.values()))
    rows = rows.select_related("customer", "touchpoint", "touchpoint_rule")
    here = Q(inbox__in=inbox_ids) | Q(event_source=source, key__in=keys)
    refused_at, refused_as = defaultdict(list), defaultdict(list)
    for refusal in RejectedEvent.objects.for_tenant(tenant).filter(here).order_by("pk"):
        refused_at[refusal.inbox_id, refusal.position].append(refusal)
        refused_as[refusal.key].append(refusal)
    interactions = {row.pk: row for row in rows}
    return Outcomes(made, interactions, _people(tenant, refs), refused_at, refused_as)


def _people(tenant: Tenant, refs: Collection[Ref]) -> dict[Ref, UUID]:
    known = Identity.objects.for_tenant(tenant).filter(
        kind__in={ref.kind for ref in refs}, value__in={ref.value for ref in refs}
    )
    found = known.values_list("kind", "namespace", "value", "customer__root")
    return {Ref(kind, space, value): root for kind, space, value, root in found}
