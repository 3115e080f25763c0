"""The example of a workspace: whether it is there, and what of it people have made their own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from cxm.tenants.fields import references_to
from cxm.tenants.models import AuditEntry
from cxm.touchpoints.models import Touchpoint
from cxm.work.models import Batch, BatchChange
from journeys.models import Insight, Journey, JourneyMap, Lineage, Opportunity, Solution
from journeys.rules.example import KINDS, kept_kinds
from personas.models import Persona

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from cxm.tenants.models import Tenant

EXAMPLE = "example"
MODELS: dict[str, Any] = {
    "journey": Journey,
    "solution": Solution,
    "opportunity": Opportunity,
    "insight": Insight,
    "persona": Persona,
    "touchpoint": Touchpoint,
}


@dataclass(frozen=True, slots=True)
class ExamplePart:
    """One thing that the example brought; *is_kept* where people have changed or linked it."""

    kind: str
    row: Any
    is_kept: bool


def standing_example(tenant: Tenant) -> Batch | None:
    """Give the example that is loaded now; None where there is none. One query."""
    found: Batch | None = _last(tenant).filter(state=Batch.State.DONE).first()
    return found


def last_example(tenant: Tenant) -> Batch | None:
    """Give the example that was loaded last, removed or not. One query."""
    found: Batch | None = _last(tenant).first()
    return found


def example_parts(batch: Batch) -> list[ExamplePart]:
    """List what an example brought, in the order of kinds, and what of it would stay.

    What people have changed or linked since it was loaded stays, with what that uses. What they
    have archived themselves is not told.
    """
    rows = rows_of(batch)
    before: dict[str, int] = batch.counts.get("uses", {})
    after = uses_of(batch.tenant, rows)
    touched = {pk for pk, n in after.items() if n != before.get(str(pk), 0)}
    kept = kept_kinds({kind for kind, row in rows if row.pk in touched})
    return [
        ExamplePart(kind, row, is_kept=row.pk in touched or kind in kept)
        for kind, row in rows
        if row.archived_at is None
    ]


def rows_of(batch: Batch) -> list[tuple[str, Any]]:
    """Give the rows that an example brought with their kinds, in order. Seven queries."""
    changes = BatchChange.objects.for_tenant(batch.tenant_id).filter(batch=batch)
    by_table: dict[str, list[UUID]] = {}
    for table, pk in changes.values_list("table", "row_id"):
        by_table.setdefault(table, []).append(pk)
    found = []
    for kind in KINDS:
        rows = MODELS[kind].objects.for_tenant(batch.tenant_id).select_related("tenant")
        ids = by_table.get(MODELS[kind]._meta.db_table, [])
        found += [(kind, row) for row in rows.filter(pk__in=ids).order_by("key", "pk")]
    return found


def uses_of(tenant: Tenant, rows: Iterable[tuple[str, Any]]) -> Counter[UUID]:
    """Count by row what refers to it in any table, its own history too, and what was audited.

    Of a journey its maps count, and the elements of these. It grows with whatever is done to a row,
    and with each link to it. A query for each reference there is.
    """
    ids = {kind: [row.pk for told, row in rows if told == kind] for kind in KINDS}
    found: Counter[UUID] = Counter()
    for kind, model in MODELS.items():
        for pk, n in _counted(tenant, model, ids[kind]):
            found[pk] += n
    for inner in (JourneyMap, Lineage):
        of_journey = inner.objects.for_tenant(tenant).filter(journey__in=ids["journey"])
        journeys = dict(of_journey.values_list("pk", "journey_id"))
        for pk, n in _counted(tenant, inner, journeys):
            found[journeys[pk]] += n
        audited = _audited(tenant, journeys)
        for pk, n in audited:
            found[journeys[pk]] += n
    for pk, n in _audited(tenant, [pk for some in ids.values() for pk in some]):
        found[pk] += n
    return found


def _last(tenant: Tenant) -> Any:
    rows = Batch.objects.for_tenant(tenant).filter(kind=EXAMPLE)
    return rows.select_related("tenant").order_by("-started_at", "-pk")


def _counted(tenant: Tenant, model: Any, ids: Collection[UUID]) -> list[tuple[UUID, int]]:
    found: list[tuple[UUID, int]] = []
    for reference in references_to(model) if ids else ():
        name = reference.attname
        rows: Any = reference.model
        told = rows.objects.for_tenant(tenant).filter(**{f"{name}__in": list(ids)}).order_by()
        found += told.values(name).annotate(n=Count("pk")).values_list(name, "n")
    return found


def _audited(tenant: Tenant, ids: Collection[UUID]) -> list[tuple[UUID, int]]:
    rows: Any = AuditEntry.objects.for_tenant(tenant).filter(object_id__in=list(ids)).order_by()
    return list(rows.values("object_id").annotate(n=Count("pk")).values_list("object_id", "n"))
