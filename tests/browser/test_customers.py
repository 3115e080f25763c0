"""Finding a customer, and saying what is known of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.customers.models import AttributeDef, Company, Customer
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.touchpoints.models import Channel, Medium
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership, Tenant
    from tests.browser.conftest import OpenPage, Scheme

NAMES = ["Maya Lindt", "Otto Brandt", "Zoë van Houten", "Ines Carvalho", "Björn Åkesson"]


def busy_tenant() -> Tenant:
    """Make a workspace with five customers, a company, attributes and a visitor."""
    tenant = make.tenant(name="Acme")
    channels = {}
    with tenant_bound(tenant.pk):
        for medium in (Medium.PHONE, Medium.WEB, Medium.STORE):
            channels[medium] = Channel.objects.create(
                tenant=tenant, key=medium.value, title=str(medium.label), medium=medium
            )
        for key, kind in [("plan", "choice"), ("seats", "number"), ("birthday", "unmapped")]:
            AttributeDef.objects.create(tenant=tenant, key=key, title=key, type=kind)
    for days, name in enumerate(NAMES):
        first, *_, last = name.lower().split()
        customer = people.person(
            name, of=tenant, email=f"{first}.{last}@example.com", number=f"K-7700{days}"
        )
        people.attribute(customer, "plan", "pro" if days % 2 else "free")
        people.attribute(customer, "seats", "many" if days == 2 else days)
        people.attribute(customer, "birthday", f"1990-01-0{days + 1}")
        people.employee(customer, "Tindra Wholesale" if days < 3 else "Hafen & Söhne")
        medium = list(channels)[days % 3]
        people.fact(customer, "order_placed", channel=channels[medium])
        with tenant_bound(tenant.pk):
            Customer.objects.for_tenant(tenant).filter(pk=customer.pk).update(
                last_seen_at=make.NOW - timedelta(days=days)
            )
    people.person("", of=tenant, browser="anon-4711")
    with tenant_bound(tenant.pk):
        Company.objects.for_tenant(tenant).update(attributes={"industry": "Retail", "seats": 40})
    return tenant


def test_a_customer_is_found_and_opened_by_keyboard_alone(
    open_page: OpenPage, sign_in: Callable[[Page, Membership], None]
) -> None:
    member = make.member(of=busy_tenant(), role=Role.AGENT)
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/customers/")
    page.keyboard.press("/")
    page.keyboard.type("van huten")
    expect(page.get_by_text("1 found")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("tr:focus")).to_contain_text("Zoë van Houten")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Zoë van Houten")


def test_arrows_walk_the_rows_and_lead_back_to_the_field(
    open_page: OpenPage, sign_in: Callable[[Page, Membership], None]
) -> None:
    member = make.member(of=busy_tenant(), role=Role.AGENT)
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/customers/")
    page.keyboard.press("/")
    for key in ("ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator("tr:focus")).to_contain_text("Otto Brandt")
    for key in ("ArrowUp", "ArrowUp"):
        page.keyboard.press(key)

    expect(page.get_by_label("Find by name, e-mail, phone or number")).to_be_focused()


def test_the_list_is_narrowed_and_a_company_opened(
    open_page: OpenPage, sign_in: Callable[[Page, Membership], None]
) -> None:
    member = make.member(of=busy_tenant(), role=Role.MANAGER)
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/customers/")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_label("Company").fill("Hafen & Söhne")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("2 customers")).to_be_visible()
    page.get_by_role("link", name="Hafen & Söhne", exact=True).first.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Hafen & Söhne")
    expect(page.get_by_role("link", name="Björn Åkesson").first).to_be_visible()


def test_an_attribute_is_described(
    open_page: OpenPage, sign_in: Callable[[Page, Membership], None]
) -> None:
    member = make.member(of=busy_tenant(), role=Role.MANAGER)
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/settings/attributes/")
    page.get_by_role("link", name="Describe birthday").click()
    expect(page.get_by_label("Type")).to_have_value("date")
    page.get_by_role("textbox", name="Title").fill("Day of birth")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("row", name="Day of birth")).to_contain_text("Date")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_are_accessible_and_fit(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[[Page, Membership], None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    tenant = busy_tenant()
    with tenant_bound(tenant.pk):
        company = Company.objects.for_tenant(tenant).order_by("name").last()
        attribute = AttributeDef.objects.for_tenant(tenant).get(key="birthday")
    assert company is not None
    page = open_page(width=width, scheme=scheme)
    sign_in(page, make.member(of=tenant, role=Role.MANAGER))
    addresses = [
        "customers/",
        "customers/?q=nobody+at+all",
        "customers/?kind=visitor&attribute=plan%3Dpro",
        "companies/",
        f"companies/{company.pk}/",
        "settings/attributes/",
        f"settings/attributes/{attribute.pk}/edit/",
    ]

    for address in addresses:
        page.goto(f"/t/{tenant.slug}/{address}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert axe(page) == [], address
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, address
