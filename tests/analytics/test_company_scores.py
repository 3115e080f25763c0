"""How the people of a company answered, on the company's page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from analytics.selectors.company_scores import company_scores
from analytics.selectors.figures import Viewer
from cxm.customers.models import Company, Customer, Identity
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def _world() -> tuple[Membership, Company]:
    """Load scores of three people: two are one person at the company, one is a stranger."""
    member = make.member(role=Role.ADMIN)
    tenant = member.tenant
    make.load(
        make.record(10, customer="old"),
        make.record(10, customer="one"),
        make.record(0, customer="one"),
        make.record(0, customer="stranger"),
        make.record(0, customer="one", day=400),
        of=tenant,
    )
    with tenant_bound(tenant.pk):
        rows = Customer.objects.for_tenant(tenant)
        found = {name: rows.get(pk__in=_owners(tenant.pk, name)) for name in ("old", "one")}
    people.employee(found["old"])
    people.merge(found["old"], found["one"], member)
    with tenant_bound(tenant.pk):
        return member, Company.objects.for_tenant(tenant).get()


def _owners(tenant_id: UUID, number: str) -> list[UUID]:
    rows = Identity.objects.for_tenant(tenant_id).filter(value=number)
    return list(rows.values_list("customer", flat=True))


def test_answers_of_the_last_year_on_any_row_of_its_people_count() -> None:
    member, company = _world()
    with tenant_bound(member.tenant.pk):
        _, [figure] = company_scores(Viewer(member.tenant, sees_rows=True, now=make.NOW), company)

    # Two promoters and one detractor of three answers: 100 * (2 - 1) / 3.
    assert (figure.metric_key, figure.n) == ("nps", 3)
    assert figure.value == pytest.approx(100 / 3)
    assert figure.rows_url.endswith(f"/customers/?company={company.pk}")


def test_those_who_may_not_read_answers_see_no_score() -> None:
    member, company = _world()
    with tenant_bound(member.tenant.pk):
        _, figures = company_scores(Viewer(member.tenant, sees_rows=False, now=make.NOW), company)

    assert figures == []


@pytest.mark.usefixtures("_at_one_moment")
def test_the_page_of_the_company_shows_them() -> None:
    member, company = _world()
    client = Client()
    client.force_login(member.user)

    url = reverse("customers:company-detail", args=[member.tenant.slug, company.pk])
    page = re.sub(r"\s+", " ", client.get(url).content.decode())

    assert "What its people say" in page
