"""Deciding about duplicates by keyboard, taking people apart, and erasing one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.customers.models import MergeProposal
from cxm.customers.services.receipts import is_genuine
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from cxm.customers.models import Customer
    from cxm.tenants.models import Membership, Tenant
    from tests.browser.conftest import OpenPage, Scheme

type Axe = Callable[[Page], list[dict[str, Any]]]
type SignIn = Callable[[Page, Membership], None]

pytestmark = pytest.mark.django_db(transaction=True)


def doubtful_tenant() -> tuple[Tenant, Customer]:
    """Make a workspace with three pairs that may be one person; give it and one of the people."""
    tenant = make.tenant(name="Acme")
    maya = people.person(
        "Maya Lindt", of=tenant, email="maya.lindt@example.com", phone="+491715552323"
    )
    again = people.person("Maja Lindt", of=tenant, phone="01715552323", number="C-77001")
    people.person("M. Lindt", of=tenant, email="mayalindt+shop@example.com")
    people.employee(maya)
    for name in ("order placed", "call answered"):
        people.fact(maya, name)
    people.fact(again, "survey answered", kind="response")
    one, other = (
        people.person("Otto Brandt", of=tenant, number=number) for number in ("C-1", "C-2")
    )
    people.employee(one, "Hafen & Söhne")
    people.employee(other, "Hafen & Söhne")
    return tenant, maya


def _url(member: Membership, path: str) -> str:
    return f"/t/{member.tenant.slug}/customers/{path}"


@pytest.mark.parametrize("width", [1440, 390])
def test_pairs_are_found_and_decided_by_keyboard(
    width: int, open_page: OpenPage, sign_in: SignIn, axe: Axe
) -> None:
    tenant, _ = doubtful_tenant()
    member, page = make.member(of=tenant, role=Role.MANAGER), open_page(width=width)
    sign_in(page, member)
    pairs = _found_pairs(page, member, axe)

    page.keyboard.press("ArrowDown")
    expect(pairs.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(pairs.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    pairs.filter(has_text="similar names").focus()
    page.keyboard.press("m")

    expect(page.get_by_text("Maja Lindt is shown as Maya Lindt now.")).to_be_visible()
    expect(pairs).to_have_count(2)
    pairs.filter(has_text="two spellings").focus()
    page.keyboard.press("n")
    expect(pairs).to_have_count(1)
    expect(pairs.first).to_be_focused()
    page.keyboard.press("m")
    expect(page.get_by_role("heading", level=1)).to_have_text("Join with another customer")
    assert axe(page) == []
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Join them").click()
    expect(page.get_by_role("heading", name="2 records, one person")).to_be_visible()
    assert _states(tenant) == ["merged", "merged", "refused"]


def _found_pairs(page: Page, member: Membership, axe: Axe) -> Locator:
    """Look for duplicates, and give the three pairs that are found."""
    page.goto(_url(member, "proposals/"))
    assert axe(page) == []
    page.get_by_role("button", name="Look for duplicates").click()
    expect(page.get_by_text("Looking for duplicates.")).to_be_visible()
    drain(member.tenant_id)
    page.goto(_url(member, "proposals/"))
    pairs = page.locator("[data-pair]")
    expect(pairs).to_have_count(3)
    assert axe(page) == []
    return pairs


@pytest.mark.parametrize("width", [1440, 390])
def test_people_are_joined_and_taken_apart(
    width: int, open_page: OpenPage, sign_in: SignIn, axe: Axe
) -> None:
    tenant, maya = doubtful_tenant()
    member, page = make.member(of=tenant, role=Role.MANAGER), open_page(width=width)
    sign_in(page, member)
    page.goto(_url(member, f"{maya.pk}/identities/"))
    expect(page.get_by_role("heading", name="One record")).to_be_visible()

    page.get_by_role("link", name="Join with another").click()
    page.get_by_label("Who else is this?").fill("C-77001")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_label("Why they are one")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Why they are one").fill("same voice on the phone")
    page.get_by_role("button", name="Join them").click()
    expect(page.get_by_text("“same voice on the phone”")).to_be_visible()
    assert axe(page) == []

    page.get_by_role("link", name="Take apart").click()
    expect(page.get_by_text("will stand apart from")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Take them apart").click()
    expect(page.get_by_role("heading", name="One record")).to_be_visible()
    expect(page.get_by_text("Taken apart", exact=True)).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_person_is_erased_and_the_receipt_kept(
    width: int, scheme: Scheme, open_page: OpenPage, sign_in: SignIn, axe: Axe
) -> None:
    tenant, maya = doubtful_tenant()
    member, page = make.member(of=tenant), open_page(width=width, scheme=scheme)
    sign_in(page, member)
    page.goto(_url(member, f"{maya.pk}/identities/"))

    page.get_by_role("link", name="Erase").click()
    expect(page.get_by_role("heading", name="Stays")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Type “erase").fill(f"erase {maya.pk.hex[-4:]}")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("This person is being erased.")).to_be_visible()
    drain(tenant.pk)
    page.reload()

    expect(page.get_by_role("heading", name="Receipts")).to_be_visible()
    expect(page.get_by_text("Maya Lindt")).to_have_count(0)
    assert axe(page) == []
    with page.expect_download() as started:
        page.get_by_role("link", name="Receipt").click()
    assert is_genuine(json.loads(Path(started.value.path()).read_text()))


def _states(tenant: Tenant) -> list[str]:
    with tenant_bound(tenant.pk):
        return sorted(MergeProposal.objects.for_tenant(tenant).values_list("state", flat=True))
