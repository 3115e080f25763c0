"""Builders for the tests of the agent's page: promises, segments, described attributes, panels."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxm.customers.models import (
    AttributeDef,
    Customer,
    Interaction,
    Panel,
    Promise,
    Segment,
    SegmentMember,
)
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make
from tests.customers.people import fact

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

_numbers = count(1)


def promise(
    customer: Customer, text: str = "Call back", *, hours: float = 5, by: Membership | None = None
) -> Promise:
    """Something promised, due so many hours after NOW."""
    with tenant_bound(customer.tenant_id):
        return Promise.objects.create(
            tenant=customer.tenant,
            customer=customer,
            text=text,
            due_at=make.NOW + timedelta(hours=hours),
            made_at=make.NOW,
            made_by=by,
        )


def facts(customer: Customer, how_many: int, **fields: Any) -> list[Interaction]:
    """So many interactions, an hour apart, the newest first."""
    times = [make.NOW - timedelta(hours=hour) for hour in range(how_many)]
    return [fact(customer, occurred_at=at, day=at.date(), **fields) for at in times]


def in_segment(customer: Customer, title: str = "Loyal") -> Segment:
    """A segment that a customer is in."""
    with tenant_bound(customer.tenant_id):
        segment = Segment.objects.create(
            tenant=customer.tenant, key=f"segment-{next(_numbers)}", title=title
        )
        SegmentMember.objects.create(
            tenant=customer.tenant, segment=segment, customer=customer, from_at=make.NOW
        )
        return segment


def described(
    key: str, title: str, *, of: Tenant, personal: str = "none", type_: str = "text"
) -> AttributeDef:
    """An attribute of customers that somebody described."""
    with tenant_bound(of.pk):
        return AttributeDef.objects.create(
            tenant=of, key=key, title=title, personal=personal, type=type_
        )


def merged_into(survivor: Customer, absorbed: Customer) -> None:
    """Let one customer be the same person as another, with no history of it."""
    with tenant_bound(survivor.tenant_id):
        Customer.objects.for_tenant(survivor.tenant_id).filter(pk=absorbed.pk).update(
            root_id=survivor.pk
        )


def panel(*, of: Tenant, origins: tuple[str, ...] = ("https://acme.zendesk.com",)) -> Panel:
    """A helpdesk that may show the panel."""
    with tenant_bound(of.pk):
        return Panel.objects.create(
            tenant=of, title="Zendesk", origins=list(origins), created_at=make.NOW
        )


def client_of(tenant: Tenant, role: Role = Role.AGENT) -> Client:
    """Sign a new member in."""
    client = Client()
    client.force_login(make.member(of=tenant, role=role).user)
    return client


def url_of(customer: Customer, rest: str = "") -> str:
    """Give the address of a customer's page, or of what lies below it."""
    return f"/t/{customer.tenant.slug}/customers/{customer.pk}/{rest}"


def text(answer: Any) -> str:
    """Give the words of a page that was shown, with single blanks."""
    assert answer.status_code == 200
    words: str = answer.content.decode()
    return " ".join(words.split())


def queries_of(client: Client, url: str) -> int:
    """Count the statements of a request that ask something; transactions are none."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in asked)
