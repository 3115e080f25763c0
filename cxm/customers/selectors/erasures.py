"""Who is leaving, what that means, and what was erased before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.customers.models import (
    AttributeValue,
    CompanyMember,
    Customer,
    Identity,
    Interaction,
    Promise,
)
from cxm.kernel.erasing import Foreseen, Leaving, erasers
from cxm.work.models import Batch, Job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant

KIND = "erase"


def leaving_person(tenant: Tenant, root: UUID, *, now: datetime) -> Leaving:
    """Gather all rows of the person *root* and what they can be recognised by. Three queries."""
    rows = list(Customer.objects.for_tenant(tenant).filter(root=root).order_by("pk"))
    ids = tuple(row.pk for row in rows)
    identities = Identity.objects.for_tenant(tenant).filter(customer__in=ids).order_by("pk")
    identifiers = set(identities.values_list("kind", "value"))
    identifiers |= {("email", row.email) for row in rows if row.email}
    identifiers |= {("phone", row.phone) for row in rows if row.phone}
    values = AttributeValue.objects.for_tenant(tenant).filter(customer__in=ids)
    said = {text for value in values.values_list("value", flat=True) for text in _texts(value)}
    for row in rows:
        said |= {row.display_name, *_texts(row.attributes)}
    return Leaving(tenant.pk, ids, now, tuple(sorted(identifiers)), tuple(sorted(said - {""})))


def foreseen(tenant: Tenant, person: Leaving) -> Foreseen:
    """Say what an erasure of *person* would take away and what would stay, in lines to read."""
    others = erasers.foreseen(person)
    return Foreseen(
        goes=[*_goes(tenant, person), *others.goes],
        stays=[*_stays(tenant, person), *others.stays],
    )


def erasures_of(tenant: Tenant, root: UUID) -> list[Batch]:
    """List the erasures of the person *root*, the newest first. One query."""
    rows = Batch.objects.for_tenant(tenant).filter(kind=KIND, counts__customer=str(root))
    return list(rows.order_by("-started_at", "-pk"))


def finished_erasures(tenant: Tenant) -> QuerySet[Batch]:
    """Select the erasures that are done, the newest first."""
    rows = Batch.objects.for_tenant(tenant).filter(kind=KIND, finished_at__isnull=False)
    return rows.order_by("-started_at", "-pk")


def open_erasure(tenant: Tenant, root: UUID) -> Batch | None:
    """Give the erasure of *root* that is running or about to; None where there is none."""
    started = [row for row in erasures_of(tenant, root) if row.state == Batch.State.OPEN]
    jobs = Job.objects.for_tenant(tenant).filter(
        pk__in=[row.counts.get("job") for row in started], state__in=Job.OPEN_STATES
    )
    running = {str(pk) for pk in jobs.values_list("pk", flat=True)}
    return next((row for row in started if row.counts.get("job") in running), None)


def counted(count: int, noun: str, plural: str = "") -> str:
    """Say how many: "1 promise", "2,000 promises"."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def _goes(tenant: Tenant, person: Leaving) -> Iterator[str]:
    ids = person.customer_ids
    yield "name, e-mail address, phone number, language"
    yield counted(len(person.identifiers), "identifier")
    values = AttributeValue.objects.for_tenant(tenant).filter(customer__in=ids)
    keys = values.values("key").distinct().count()
    if keys:
        yield f"{counted(keys, 'attribute')}, with all earlier values"
    facts = Interaction.objects.for_tenant(tenant).filter(customer__in=ids).count()
    yield f"titles, texts and details of {counted(facts, 'interaction')}"
    promises = Promise.objects.for_tenant(tenant).filter(customer__in=ids).count()
    if promises:
        yield f"the words of {counted(promises, 'promise')}"
    companies = CompanyMember.objects.for_tenant(tenant).filter(customer__in=ids).count()
    if companies:
        yield f"membership in {counted(companies, 'company', 'companies')}"


def _stays(tenant: Tenant, person: Leaving) -> Iterator[str]:
    facts = Interaction.objects.for_tenant(tenant).filter(customer__in=person.customer_ids).count()
    yield (
        f"{counted(facts, 'interaction')} without a person: what it was, when, at which "
        "touchpoint and channel, and amounts"
    )
    yield "a hash of each identifier, of use to this server alone, so that nobody brings it back"


def _texts(value: object) -> Iterator[str]:
    """Give every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
