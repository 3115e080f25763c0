"""Taking an import back, chunk by chunk: what it made and nothing else uses goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from cxm.customers.models import (
    AttributeValue,
    Company,
    CompanyMember,
    Customer,
    Identity,
    IngestKey,
    Interaction,
    SegmentMember,
)
from cxm.tenants.fields import references_to
from cxm.tenants.models import TenantOwned
from cxm.touchpoints.models import Channel, Touchpoint
from cxm.work.models import Batch, BatchChange
from cxm.work.services import advance_job
from feedback.models import Import, Inbox, Rating, Response, Survey, SurveyQuestion, Verbatim
from feedback.services.evidence import forget_answers
from feedback.services.preparing import batch_of
from feedback.services.registry_rows import unused
from feedback.services.undoing_events import (
    put_back,
    remove_companies,
    remove_values,
    uncount_names,
)
from feedback.services.undoing_seen import forget_seen

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.querysets import TenantQuerySet
    from cxm.work.models import Job

ROWS_A_STEP = 5_000
_COUNTED: tuple[type[TenantOwned], ...] = (
    Response,
    IngestKey,
    Interaction,
    AttributeValue,
    CompanyMember,
    Company,
    Customer,
)
# Segments forget their members when they are counted again; nobody is kept for being in one.
_OWNED = (Identity, SegmentMember)

_CUSTOMERS = """
SELECT t.id FROM customers_customer t
WHERE t.tenant_id = (SELECT %(tenant)s::uuid) AND t.batch_id = %(batch)s AND {unused}
ORDER BY t.id LIMIT %(rows)s
"""
_AMONG = """
SELECT t.id FROM {table} t
WHERE t.tenant_id = (SELECT %(tenant)s::uuid) AND t.id = ANY(%(ids)s) AND {}
"""
# Ratings and texts know a question by its key alone: it goes when no response is left.
_UNASKED = """NOT EXISTS (
    SELECT FROM feedback_response r
    WHERE r.tenant_id = (SELECT %(tenant)s::uuid) AND r.survey_id = t.survey_id
)"""


def undo_chunk(*, job: Job, imported: Import, now: datetime) -> bool:
    """Remove up to 5,000 rows of what *imported* made; gives whether nothing was left to remove.

    In the order of the references: responses with their ratings and texts, the keys they were
    claimed by, interactions with their counts, attributes, companies, what was changed of
    others, customers that nothing else uses, and at last registry rows that nothing else uses.
    Numbers follow by the triggers of the ratings. Then batch and import are undone, and
    `report["kept"]` lists what had to stay because others use it.
    """
    batch = batch_of(imported)
    removed = (
        _remove_responses(batch)
        or _remove_first(batch, IngestKey)
        or _remove_interactions(batch)
        or remove_values(batch)
        or remove_companies(batch)
        or put_back(batch)
        or _remove_customers(batch)
    )
    done = job.done + removed
    advance_job(job, now=now, done=done, message=f"{done:,} rows removed")
    if removed:
        return False
    _finish(imported, batch, kept=_remove_registries(batch), now=now)
    return True


def rows_of(batch: Batch) -> int:
    """Count what an undo of *batch* has to look at: the total of its progress bar."""
    return sum(_rows(batch, model).count() for model in _COUNTED)


def _remove_responses(batch: Batch) -> int:
    ids = _first_ids(batch, Response)
    if ids:
        forget_answers(tenant_id=batch.tenant_id, response_ids=ids)
        Verbatim.objects.for_tenant(batch.tenant_id).filter(response_id__in=ids).delete()
        Rating.objects.for_tenant(batch.tenant_id).filter(response_id__in=ids).delete()
    return _remove(Response, batch, ids)


def _remove_first(batch: Batch, model: type[TenantOwned]) -> int:
    return _remove(model, batch, _first_ids(batch, model))


def _remove_interactions(batch: Batch) -> int:
    ids = _first_ids(batch, Interaction)
    if ids:
        uncount_names(batch, ids)
        forget_seen(batch, ids)
    return _remove(Interaction, batch, ids)


def _remove_customers(batch: Batch) -> int:
    owned: set[Any] = {*_OWNED, *_counted_anew()}
    condition = unused(Customer, owned={model._meta.db_table for model in owned})
    with connection.cursor() as cursor:
        cursor.execute(
            _CUSTOMERS.format(unused=condition),
            {"tenant": batch.tenant_id, "batch": batch.pk, "rows": ROWS_A_STEP},
        )
        ids = [row[0] for row in cursor.fetchall()]
    if ids:
        for model in owned:
            model.objects.for_tenant(batch.tenant_id).filter(customer_id__in=ids).delete()
    return _remove(Customer, batch, ids)


def _counted_anew() -> set[Any]:
    """Give the tables of higher apps that tell of customers only what is counted of them."""
    models = (reference.model for reference in references_to(Customer))
    return {model for model in models if getattr(model, "IS_COUNTED_ANEW", False)}


def _remove_registries(batch: Batch) -> dict[str, list[str]]:
    """Remove what the batch made in the registries; give the titles of what had to stay."""
    _remove_made(batch, SurveyQuestion, _UNASKED)
    kept = {}
    for name, model in (("surveys", Survey), ("touchpoints", Touchpoint), ("channels", Channel)):
        stayed = _remove_made(batch, model, unused(model))
        kept[name] = [str(row) for row in stayed]
    customers = Customer.objects.for_tenant(batch.tenant_id).filter(batch=batch).count()
    companies = Company.objects.for_tenant(batch.tenant_id).filter(batch=batch).order_by("pk")
    kept["companies"] = [str(company) for company in companies[:20]]
    kept["customers"] = [f"{customers:,} customer{'' if customers == 1 else 's'}"] * bool(customers)
    return {name: titles for name, titles in kept.items() if titles}


def _remove_made(batch: Batch, model: type[TenantOwned], condition: str) -> list[Any]:
    changes = BatchChange.objects.for_tenant(batch.tenant_id).filter(
        batch=batch, table=model._meta.db_table, before__isnull=True
    )
    made = list(changes.values_list("row_id", flat=True))
    statement = _AMONG.format(condition, table=connection.ops.quote_name(model._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": batch.tenant_id, "ids": made})
        free = [row[0] for row in cursor.fetchall()]
    _remove(model, batch, free)
    rows = model.objects.for_tenant(batch.tenant_id).filter(pk__in=made)
    return list(rows.order_by("pk"))


def _rows(batch: Batch, model: type[TenantOwned]) -> TenantQuerySet[Any]:
    rows: TenantQuerySet[Any] = model.objects.for_tenant(batch.tenant_id)
    return rows.filter(batch=batch)


def _first_ids(batch: Batch, model: type[TenantOwned]) -> list[UUID]:
    rows = _rows(batch, model)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:ROWS_A_STEP])


def _remove(model: type[TenantOwned], batch: Batch, ids: list[UUID]) -> int:
    if not ids:
        return 0
    model.objects.for_tenant(batch.tenant_id).filter(pk__in=ids).delete()
    return len(ids)


def _finish(imported: Import, batch: Batch, *, kept: dict[str, list[str]], now: datetime) -> None:
    Inbox.objects.for_tenant(batch.tenant_id).filter(batch=batch).update(state=Inbox.State.UNDONE)
    batch.state, batch.finished_at = Batch.State.UNDONE, now
    batch.save(update_fields=["state", "finished_at"])
    imported.state, imported.error = Import.State.UNDONE, ""
    imported.report = {**(imported.report or {}), "kept": kept}
    imported.save(update_fields=["state", "error", "report"])
