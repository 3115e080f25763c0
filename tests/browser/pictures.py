"""Takes the pictures of the documentation from the running pages: `make pictures`.

Not part of the test run: pytest collects this file only when it is named.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership
from cxm.web.demo.brightline import BRIGHTLINE
from cxm.web.demo.sample_file import mapped_sample
from cxm.web.demo.seeding import seed_company
from feedback.models import Response, Verbatim

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page
    from pytest_django import Settings

    from cxm.tenants.models import Tenant
    from tests.browser.conftest import OpenPage, Scheme

PICTURES = Path(__file__).parents[2] / "docs/pictures"
LARGEST_BYTES = 250_000
SIZES = {"desktop": 1440, "phone": 390}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SIGN_IN = "/accounts/login/"


def test_take_pictures(
    open_page: OpenPage,
    sign_in: Callable[[Page, Membership], None],
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    tenant = seed_company(BRIGHTLINE, size="full", seed=1, now=now())
    manager, addresses = shown_pages(tenant)
    PICTURES.mkdir(parents=True, exist_ok=True)
    for size, width in SIZES.items():
        for scheme in SCHEMES:
            page = open_page(width=width, scheme=scheme)
            take(page, SIGN_IN, f"sign-in-{size}-{scheme}")
            sign_in(page, manager)
            clear_corner(page, addresses["overview"])
            for name, address in addresses.items():
                take(page, address, f"{name}-{size}-{scheme}")


def shown_pages(tenant: Tenant) -> tuple[Membership, dict[str, str]]:
    """Give the member who looks, and the addresses of the pages by the name of their picture."""
    home = f"/t/{tenant.slug}/"
    with tenant_bound(tenant.pk):
        manager = (
            Membership.objects.for_tenant(tenant)
            .select_related("user")
            .get(user__email=DEMO_SIGN_INS["manager"])
        )
        told = Verbatim.objects.for_tenant(tenant).values("response")
        response = (
            Response.objects.for_tenant(tenant)
            .filter(pk__in=told, survey__key="invoice-check", customer__isnull=False)
            .order_by("-answered_at", "-pk")
            .first()
        )
        assert response is not None
        waiting = mapped_sample(tenant, by=manager, now=now())
    return manager, {
        "overview": home,
        "metric": f"{home}metrics/csat_5/",
        "response": f"{home}responses/{response.pk}/",
        "import-mapping": f"{home}imports/{waiting.pk}/columns/",
        "touchpoints": f"{home}touchpoints/",
    }


def clear_corner(page: Page, address: str) -> None:
    """Take away the news about what was just loaded, as a person would; once for all browsers."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    news = page.locator("#job-strip button")
    if news.count():
        news.first.click()
    expect(news).to_have_count(0)


def take(page: Page, address: str, name: str) -> None:
    """Open a page of the product and keep what fits the screen as docs/pictures/NAME.png."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, f"{address} answered {answer.status}"
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.evaluate("() => document.fonts.ready")
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    assert path.stat().st_size < LARGEST_BYTES, f"{name}.png is too large for the repository"
