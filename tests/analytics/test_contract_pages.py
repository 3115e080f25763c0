"""Pages of churn by contracts: revenue, its rows, reasons; for whom, and for whom not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.analytics.churning import counted, definition
from tests.analytics.contracting import row, take_in
from tests.analytics.page_reading import opened, words_of

if TYPE_CHECKING:
    from analytics.models import ChurnDefinition
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Membership:
    member = make.member(role=Role.MANAGER)
    take_in(
        row("ana", "2026-01-01", "2026-10-15", end_reason="Price"),
        row("ben", "2026-01-01", amount_per_month="60.50"),
        row("", "2026-02-01", company="ORG-1", amount_per_month="400"),
        row("cem", "2026-03-01", currency="CHF"),
        of=member.tenant,
    )
    return member


@pytest.fixture
def found(ann: Membership) -> ChurnDefinition:
    made = definition("contract", of=ann.tenant, title="Contract ended", grace_days=0)
    counted(made)
    return made


def test_revenue_and_reasons_stand_on_the_page(ann: Membership, found: ChurnDefinition) -> None:
    euros = words_of(opened(ann, "churn"))
    francs = words_of(opened(ann, "churn", currency="CHF"))

    assert found.title in euros
    assert "560.50 3 holders 100.00 1 holder 0 0 0 0 460.50 2 holders 82.2%" in euros
    assert "Contracts are in 2 currencies. Each is told apart" in euros
    assert "1 of 4 contracts have ended" in euros
    assert "CHF a month, with how many holders" in francs
    assert "it needs two holders of contracts" in francs


@pytest.mark.parametrize(
    ("what", "title", "holders"),
    [
        ("opening", "Monthly revenue when Oct 2026 began", {"ORG-1", "ana", "ben"}),
        ("churned", "Revenue churned in Oct 2026", {"ana"}),
        ("closing", "Monthly revenue when Oct 2026 ended", {"ORG-1", "ben"}),
    ],
)
def test_a_number_of_revenue_opens_its_holders(
    ann: Membership, found: ChurnDefinition, what: str, title: str, holders: set[str]
) -> None:
    query = {"what": what, "month": "2026-10-01", "currency": "EUR"}

    answer = opened(ann, "churn-revenue", found.pk, **query)

    names = re.findall(r'class="name"><a [^>]+>([^<]+)</a>', answer.content.decode())
    assert title in words_of(answer)
    assert set(names) == holders


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"what": "opening", "month": "2026-10-01"},
        {"what": "opening", "month": "2019-10-01", "currency": "EUR"},
        {"what": "lost", "month": "2026-10-01", "currency": "EUR"},
    ],
)
def test_what_no_number_asks_for_is_not_found(
    ann: Membership, found: ChurnDefinition, query: dict[str, str]
) -> None:
    assert opened(ann, "churn-revenue", found.pk, **query).status_code == 404


def test_a_reason_opens_those_who_left_for_it(ann: Membership, found: ChurnDefinition) -> None:
    priced = opened(ann, "churn-customers", found.pk, what="left", reason="Price")
    unknown = opened(ann, "churn-customers", found.pk, what="left", reason="")

    assert "1 time; reason: Price" in words_of(priced)
    assert "No customer is behind this number" in words_of(unknown)


def test_viewers_see_numbers_and_no_rows(ann: Membership, found: ChurnDefinition) -> None:
    viewer = make.member(of=ann.tenant, role=Role.VIEWER)
    stranger = make.member(role=Role.OWNER)
    query = {"what": "opening", "month": "2026-10-01", "currency": "EUR"}

    page = opened(viewer, "churn")

    assert "560.50" in words_of(page)
    assert "/revenue/?" not in page.content.decode()
    assert opened(viewer, "churn-revenue", found.pk, **query).status_code == 404
    assert opened(stranger, "churn-revenue", found.pk, **query).status_code == 404


def test_a_definition_by_contract_is_made_and_changed_by_its_form(ann: Membership) -> None:
    client = Client()
    client.force_login(ann.user)
    new = reverse("analytics:churn-definition-new", args=[ann.tenant.slug])

    sent = {"title": "Ended", "grace_days": "5", "plans_others": "Pro\n"}
    made = client.post(f"{new}?kind=contract", sent)
    refused = client.post(f"{new}?kind=contract", {**sent, "grace_days": "-1"})
    drain(ann.tenant_id)

    assert (made.status_code, refused.status_code) == (302, 422)
    shown = words_of(opened(ann, "churn", definition="ended"))
    assert "A customer while a contract of plan “Pro” runs" in shown
