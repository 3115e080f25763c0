"""Contracts in a browser: brought by file, counted as churn and revenue, opened to their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.analytics.churning import counted, definition
from tests.analytics.contracting import row, take_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage, Scheme

FITS = "() => document.documentElement.scrollWidth <= innerWidth"
HEADS = "external_id,customer,plan,started_on,ended_on,amount_per_month,currency,end_reason"
FILE = f"""{HEADS}
C-1,A-1,Fibre 100,2026-01-01,2026-10-05,30.00,EUR,Moved away
C-2,A-2,Fibre 250,2026-01-01,,70.00,EUR,
C-3,A-3,Fibre 250,soon,,70.00,EUR,
"""


@pytest.fixture
def ann(db: None) -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.MANAGER)


def test_a_file_of_contracts_becomes_churn_and_revenue(
    ann: Membership, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/contracts/")
    page.get_by_label("CSV file").set_input_files(
        {"name": "contracts.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    page.get_by_role("button", name="Take it in").press("Enter")
    expect(page.get_by_text("2 new, 0 corrected, 0 known just so, 1 refused")).to_be_visible()

    page.goto(f"/t/{ann.tenant.slug}/churn/definitions/new/?kind=contract")
    page.get_by_label("What do you call it?").fill("Contract ended")
    page.get_by_role("button", name="Make it and count").press("Enter")
    expect(page.get_by_role("heading", name="Being counted")).to_be_visible()
    drain(ann.tenant_id)

    october = page.locator("#revenue tbody tr").filter(has_text="Oct 2026")
    expect(october).to_contain_text("70.0%")
    october.get_by_role("link", name="30.00").click()
    expect(page.get_by_role("heading", name="Revenue churned in Oct 2026")).to_be_visible()
    expect(page.get_by_role("rowheader", name="A-1")).to_be_visible()
    page.get_by_role("link", name="Churn: Contract ended").click()
    reason = page.locator("#reasons tr").filter(has_text="Moved away")
    reason.get_by_role("link", name="1", exact=True).click()
    expect(page.get_by_text("1 time; reason: Moved away")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_contracts_are_accessible_and_fit(  # noqa: PLR0917 - a table and fixtures
    ann: Membership,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    take_in(
        *(row(f"A-{number}", f"2026-0{1 + number % 6}-03") for number in range(12)),
        *(
            row(f"B-{number}", "2026-01-01", f"2026-0{4 + number}-15", end_reason=reason)
            for number, reason in enumerate(["Price", "", "Price", "Moved away"])
        ),
        row("C-1", "2026-02-01", currency="CHF", amount_per_month="1234567.80", plan="Team"),
        of=ann.tenant,
    )
    found = definition("contract", of=ann.tenant, title="Contract ended", grace_days=10)
    counted(found)
    page = open_page(width=width, scheme=scheme)
    sign_in(page, ann)
    rows = f"definitions/{found.pk}"

    for path in (
        "churn/",
        "churn/?currency=CHF",
        "churn/definitions/new/?kind=contract",
        f"churn/{rows}/revenue/?what=opening&month=2026-08-01&currency=EUR",
        f"churn/{rows}/value/?currency=EUR",
        f"churn/{rows}/customers/?what=left&reason=Price",
        "contracts/",
        "contracts/?state=to-come",
    ):
        page.goto(f"/t/{ann.tenant.slug}/{path}")
        expect(page.get_by_role("main")).to_be_visible()
        assert (path, axe(page)) == (path, [])
        assert page.evaluate(FITS), path
