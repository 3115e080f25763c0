"""The screen of somebody who serves a customer, and the panel inside a helpdesk."""

from __future__ import annotations

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.customers.models import Panel
from cxm.customers.services.panels import panel_token
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from tests import make
from tests.customers import served
from tests.customers.people import employee, fact, person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from cxm.customers.models import Customer
    from cxm.tenants.models import Membership, Tenant
    from tests.browser.conftest import Complaints, OpenPage, Scheme


def busy_customer(tenant: Tenant) -> Customer:
    """Make a customer with a long timeline, an answer, a promise and a colleague."""
    customer = person(of=tenant, email="maya@example.com", number="C-1")
    employee(customer)
    employee(person("Otto Kern", of=tenant))
    moment, app = now(), make.channel(of=tenant, key="app", title="App")
    for hour in range(70):
        at = moment - timedelta(hours=hour)
        kind = "message" if hour % 10 == 0 else "event"
        fact(
            customer,
            "wrote_to_us" if kind == "message" else "page_opened",
            kind=kind,
            occurred_at=at,
            day=at.date(),
            channel=app,
            props={"plan": "pro"},
        )
    make.load(
        make.record(
            2, touchpoint="delivery", customer="C-1", comment="Late again.", answered_at=moment
        ),
        of=tenant,
    )
    served.promise(customer, "Refund the parcel", hours=-5)
    return customer


@pytest.fixture
def desk(open_page: OpenPage, sign_in: Callable[..., None]) -> Callable[..., Page]:
    """Give what opens the page of a busy customer, as an agent."""

    def open_(*, width: int = 1440, scheme: Scheme = "light") -> Page:
        member: Membership = make.member(of=make.tenant(), role=Role.AGENT)
        page = open_page(width=width, scheme=scheme)
        sign_in(page, member)
        customer = busy_customer(member.tenant)
        page.goto(f"/t/{member.tenant.slug}/customers/{customer.pk}/")
        settled(page)
        return page

    return open_


def settled(page: Page) -> None:
    """Wait until all of the page is there: nothing is asked of the server any more."""
    expect(page.locator("#customer-parts")).not_to_have_attribute("aria-busy", "true")
    page.wait_for_load_state("networkidle")


def test_everything_about_a_customer_is_on_one_screen(desk: Callable[..., Page]) -> None:
    page = desk()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Maya Lindt")
    expect(page.get_by_text("maya@example.com")).to_be_in_viewport()
    expect(page.get_by_text("Refund the parcel").first).to_be_in_viewport()
    expect(page.locator(".agent-answer").get_by_text("Late again.")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Timeline")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Where it hurts")).to_be_visible()
    expect(page.get_by_role("link", name="Otto Kern")).to_be_visible()


def test_the_timeline_grows_while_one_scrolls_and_opens_beside(desk: Callable[..., Page]) -> None:
    page = desk()
    entries = page.locator(".timeline-entry")
    expect(entries).to_have_count(50)

    page.locator("#timeline-more").scroll_into_view_if_needed()
    expect(entries).to_have_count(71)
    entries.last.get_by_role("link").first.click()

    expect(page.locator("#panel")).to_contain_text("No touchpoint")
    expect(page.locator("#panel")).to_contain_text("plan")
    page.keyboard.press("Escape")
    expect(page.locator("#interaction-panel-main")).to_have_count(0)
    settled(page)


def test_the_timeline_is_filtered_and_the_address_keeps_it(desk: Callable[..., Page]) -> None:
    page = desk()

    page.get_by_role("link", name="Filter").click()
    page.get_by_label("Kind").select_option("message")
    page.get_by_role("button", name="Show").click()

    expect(page.locator(".timeline-entry")).to_have_count(7)
    assert "kind=message" in page.url
    page.get_by_role("link", name="take away").click()
    expect(page.locator(".timeline-entry")).to_have_count(50)
    settled(page)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_note_and_a_promise_are_written_by_keyboard_alone(
    width: int, desk: Callable[..., Page]
) -> None:
    page = desk(width=width)
    expect(page.get_by_role("heading", name="Where it hurts")).to_be_visible()

    page.keyboard.press("n")
    expect(page.locator("#note_text")).to_be_focused()
    page.keyboard.type("Calls after four.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".timeline-entry.is-note")).to_contain_text("Calls after four.")

    page.keyboard.press("p")
    expect(page.locator("#promise_text")).to_be_focused()
    page.keyboard.type("Send the label")
    page.keyboard.press("Enter")

    expect(page.locator("#promises")).to_contain_text("Send the label")
    expect(page.locator("#promises")).to_contain_text("left")
    settled(page)


def test_a_kept_promise_leaves_the_page(desk: Callable[..., Page]) -> None:
    page = desk()

    page.locator(".promise").get_by_role("button", name="Kept").click()

    expect(page.get_by_text("Nothing is promised.")).to_be_visible()
    settled(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_is_accessible_and_fits(
    width: int,
    scheme: Scheme,
    desk: Callable[..., Page],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    page = desk(width=width, scheme=scheme)
    expect(page.get_by_role("heading", name="Where it hurts")).to_be_visible()
    page.get_by_role("link", name="Filter").click()
    expect(page.get_by_label("Jump to day")).to_be_visible()

    assert axe(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


class Helpdesk(ThreadingHTTPServer):
    """A page of another origin with one frame in it."""

    framed = ""


class _TicketPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Helpdesk)
        page = (
            "<!DOCTYPE html><html lang=en><title>Ticket</title><link rel=icon href=data:,>"
            f'<iframe title=Panel width=320 height=700 src="{server.framed}"></iframe>'
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def helpdesk() -> Iterator[Helpdesk]:
    """Run a helpdesk on a port of its own."""
    server = Helpdesk(("127.0.0.1", 0), _TicketPage)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def panel_url(base_url: str, origin: str) -> str:
    """Make a panel that *origin* may frame; give the address of a link to it."""
    tenant = make.tenant()
    customer = busy_customer(tenant)
    made = served.panel(of=tenant, origins=(origin,))
    with tenant_bound(tenant.pk):
        token, _ = panel_token(
            panel=Panel.objects.for_tenant(tenant).select_related("tenant").get(pk=made.pk),
            customer_id=customer.pk,
            by=make.api_key(of=tenant)[0],
            rights=list(Right),
            expires_at=now() + timedelta(hours=1),
        )
    return f"{base_url}/panel/{token}"


def address_of(server: Helpdesk) -> str:
    """Give the origin of a helpdesk."""
    return f"http://127.0.0.1:{server.server_address[1]}"


def test_the_panel_stands_in_a_frame_of_the_helpdesk_without_a_cookie(
    helpdesk: Helpdesk, open_page: OpenPage, base_url: str
) -> None:
    helpdesk.framed = panel_url(base_url, address_of(helpdesk))
    page = open_page()

    page.goto(address_of(helpdesk))

    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Maya Lindt")
    expect(frame.locator(".agent-answer").get_by_text("Late again.")).to_be_visible()
    frame.get_by_role("link", name="Older").click()
    expect(frame.get_by_role("link", name="Back to the top")).to_be_visible()
    assert page.context.cookies() == []


def test_another_page_cannot_frame_the_panel(
    helpdesk: Helpdesk, open_page: OpenPage, base_url: str, complaints: Complaints
) -> None:
    complaints.expected += ["frame-ancestors", "Framing", "chromewebdata"]
    helpdesk.framed = panel_url(base_url, "https://acme.zendesk.com")
    page = open_page()

    page.goto(address_of(helpdesk))

    expect(page.frame_locator("iframe").get_by_role("heading", name="Maya Lindt")).to_have_count(0)
    assert any("frame-ancestors" in said for said in complaints.said)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_is_accessible_and_fits_320_pixels(
    scheme: Scheme,
    open_page: OpenPage,
    base_url: str,
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    page = open_page(width=320, scheme=scheme)

    page.goto(panel_url(base_url, "https://acme.zendesk.com"))

    expect(page.get_by_role("heading", level=1)).to_contain_text("Maya Lindt")
    assert axe(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
