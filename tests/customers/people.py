"""Builders of customers for the tests of who is one with whom, and of erasing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cxm.customers.models import (
    AttributeValue,
    Company,
    CompanyMember,
    Customer,
    CustomerMerge,
    Identity,
    Interaction,
)
from cxm.customers.services.joining import merge_customers
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from tests import make

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import ApiKey, Membership, Tenant


def person(
    name: str = "Maya Lindt",
    *,
    of: Tenant,
    email: str = "",
    phone: str = "",
    number: str = "",
    namespace: str = "crm",
    browser: str = "",
) -> Customer:
    """A customer with the identifiers given; a visitor when a browser is all that is known."""
    given = {"email": email, "phone": phone, "external": number, "anonymous": browser}
    is_visitor = browser and not (email or phone or number or name)
    with tenant_bound(of.pk):
        pk = new_id()
        made = Customer.objects.create(
            pk=pk,
            tenant=of,
            root_id=pk,
            kind=Customer.Kind.VISITOR if is_visitor else Customer.Kind.KNOWN,
            display_name=name,
            email=email,
            phone=phone,
            first_seen_at=make.NOW - timedelta(days=9),
            last_seen_at=make.NOW,
        )
        for kind, value in given.items():
            if value:
                identity(made, kind, value, namespace=namespace if kind == "external" else "")
    return made


def identity(customer: Customer, kind: str, value: str, *, namespace: str = "") -> Identity:
    """One more identifier of a customer."""
    with tenant_bound(customer.tenant_id):
        return Identity.objects.create(
            tenant=customer.tenant,
            customer=customer,
            kind=kind,
            namespace=namespace,
            value=value,
            source="file:shop",
        )


def fact(customer: Customer, name: str = "order placed", **fields: Any) -> Interaction:
    """Something that happened with a customer."""
    with tenant_bound(customer.tenant_id):
        return Interaction.objects.create(
            **{
                "tenant": customer.tenant,
                "customer": customer,
                "kind": "event",
                "name": name,
                "occurred_at": make.NOW,
                "received_at": make.NOW,
                "day": make.NOW.date(),
                "source": "events:shop",
                **fields,
            }
        )


def attribute(customer: Customer, key: str, value: object) -> AttributeValue:
    """Something that is known about a customer."""
    with tenant_bound(customer.tenant_id):
        customer.attributes = {**customer.attributes, key: value}
        customer.save(update_fields=["attributes"])
        return AttributeValue.objects.create(
            tenant=customer.tenant,
            customer=customer,
            key=key,
            value=value,
            valid_from=make.NOW,
            recorded_at=make.NOW,
            source="events:shop",
        )


def employee(customer: Customer, company: str = "Tindra Wholesale") -> CompanyMember:
    """That a customer belongs to a company, which is made when there is none."""
    with tenant_bound(customer.tenant_id):
        rows = Company.objects.for_tenant(customer.tenant_id)
        row = rows.filter(name=company).first() or Company.objects.create(
            tenant=customer.tenant, name=company, external_id=company, changed_at=make.NOW
        )
        return CompanyMember.objects.create(
            tenant=customer.tenant, company=row, customer=customer, since=make.NOW
        )


def merge(
    absorbed: Customer,
    survivor: Customer,
    by: Membership | ApiKey,
    *,
    reason: str = "",
    is_confirmed: bool = True,
) -> CustomerMerge:
    """Two customers made one."""
    with tenant_bound(by.tenant_id):
        rows = Customer.objects.for_tenant(by.tenant_id).select_related("tenant")
        return merge_customers(
            survivor=rows.get(pk=survivor.pk),
            absorbed=rows.get(pk=absorbed.pk),
            by=by,
            now=make.NOW,
            reason=reason,
            is_confirmed=is_confirmed,
        )


def roots_of(*customers: Customer) -> list[UUID]:
    """Give the root of each customer as it is now."""
    tenant_id = customers[0].tenant_id
    with tenant_bound(tenant_id):
        rows = Customer.objects.for_tenant(tenant_id).filter(pk__in=[c.pk for c in customers])
        found = dict(rows.values_list("pk", "root_id"))
    return [found[customer.pk] for customer in customers]
