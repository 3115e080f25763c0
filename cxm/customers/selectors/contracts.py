"""Contracts as pages and the API show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import FETCH_RAISE, Q

from cxm.customers.models import Contract, Customer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from cxm.customers.models import Company
    from cxm.tenants.models import Tenant

MOST_SHOWN = 50
MOST_PLANS = 60


class ContractState(StrEnum):
    """Whether a contract runs on a day."""

    RUNS = "runs"
    TO_COME = "to-come"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """Name it for people."""
        return {"runs": "Runs", "to-come": "To come", "ended": "Ended"}[self.value]


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """Which contracts; empty for all. *plans* are whole names."""

    state: str = ""
    plans: tuple[str, ...] = ()
    customer: UUID | None = None
    company: UUID | None = None
    source: str = ""


def contracts_listed(tenant: Tenant, wanted: ContractFilter, *, today: date) -> QuerySet[Contract]:
    """List contracts, those that began last first; *customer* is any row of a person."""
    rows = Contract.objects.for_tenant(tenant)
    if wanted.customer:
        everybody = Customer.objects.for_tenant(tenant)
        root = everybody.filter(pk=wanted.customer).values("root")
        rows = rows.filter(customer__root__in=root)
    if wanted.company:
        rows = rows.filter(company=wanted.company)
    if wanted.source:
        rows = rows.filter(source=wanted.source)
    if wanted.plans:
        rows = rows.filter(plan__in=wanted.plans)
    match wanted.state:
        case ContractState.RUNS:
            still = Q(ended_on__isnull=True) | Q(ended_on__gte=today)
            rows = rows.filter(still, started_on__lte=today)
        case ContractState.TO_COME:
            rows = rows.filter(started_on__gt=today)
        case ContractState.ENDED:
            rows = rows.filter(ended_on__lt=today)
    ordered = rows.select_related("company").order_by("-started_on", "-pk")
    return ordered.defer("company__attributes").fetch_mode(FETCH_RAISE)


def contracts_of_customer(
    tenant: Tenant, root_id: UUID, companies: Iterable[UUID]
) -> list[Contract]:
    """Load the newest contracts of a person and of the *companies* they belong to. One query."""
    rows = Contract.objects.for_tenant(tenant).filter(
        Q(customer__root=root_id) | Q(company__in=list(companies))
    )
    ordered = rows.select_related("company").order_by("-started_on", "-pk")
    return list(ordered.defer("company__attributes").fetch_mode(FETCH_RAISE)[:MOST_SHOWN])


def contracts_of_company(company: Company) -> list[Contract]:
    """Load the newest contracts of a company. One query."""
    rows = Contract.objects.for_tenant(company.tenant_id).filter(company=company)
    ordered = rows.select_related("company").order_by("-started_on", "-pk")
    return list(ordered.defer("company__attributes").fetch_mode(FETCH_RAISE)[:MOST_SHOWN])


def plans_of(tenant: Tenant) -> list[str]:
    """List the names of plans that contracts have, by name; at most 60."""
    rows = Contract.objects.for_tenant(tenant).exclude(plan="").order_by("plan")
    return list(rows.values_list("plan", flat=True).distinct()[:MOST_PLANS])


def state_on(contract: Contract, today: date) -> ContractState:
    """Tell whether *contract* runs on *today*: its last day is one of its days."""
    if contract.started_on > today:
        return ContractState.TO_COME
    if contract.ended_on and contract.ended_on < today:
        return ContractState.ENDED
    return ContractState.RUNS
