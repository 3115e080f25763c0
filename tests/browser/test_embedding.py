"""A survey on a page of another site, under a strict policy, and its page for the code."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.models import Response, Survey
from feedback.rules.embedding import Moment, Shape
from feedback.selectors.door_counts import door_counts
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.elsewhere import embedded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage

SHOP = """<!doctype html>
<html lang="en"><head><title>The shop</title><meta name="viewport" content="width=device-width">
<script src="{server}/static/js/embed.js" data-survey="{survey}" defer></script></head>
<body><main><h1>The shop</h1><p><a href="/cart">Cart</a> <button type="button">Buy</button></p>
{words}</main></body></html>"""
POLICY = (
    "default-src 'none'; script-src {server}; connect-src {server}; img-src {server}; "
    "require-trusted-types-for 'script'; trusted-types wayfare"
)


class Shop:
    """Another site: one page, under a policy that lets nothing but the survey's server in."""

    def __init__(self, server: str) -> None:
        self.server, self.survey = server, ""
        self.words = "<p>Much to read.</p>"
        shop = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = SHOP.format(
                    server=shop.server, survey=shop.survey, words=shop.words
                ).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", POLICY.format(server=shop.server))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.origin = f"http://127.0.0.1:{self.http.server_port}"


@contextmanager
def open_shop(server: str) -> Iterator[Shop]:
    shop = Shop(server)
    thread = Thread(target=shop.http.serve_forever, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        shop.http.shutdown()
        thread.join()
        shop.http.server_close()


@pytest.fixture
def shop(live_server: LiveServer) -> Iterator[Shop]:
    with open_shop(live_server.url) as opened:
        yield opened


@pytest.fixture
def member(live_server: LiveServer) -> Membership:
    return make.member(of=make.tenant(), role=Role.MANAGER)


def shown_at(shop: Shop, member: Membership, **settings: Any) -> Survey:
    """Publish a survey that the shop may show."""
    with tenant_bound(member.tenant_id):
        survey = embedded(asked_survey(member), by=member, origins=(shop.origin,), **settings)
    shop.survey = f"{shop.server}/q/{member.tenant.slug}/{survey.public_id}/"
    return survey


@pytest.mark.parametrize("width", [1440, 390])
def test_a_visitor_answers_in_the_corner_of_a_strict_page(
    *,
    shop: Shop,
    member: Membership,
    open_page: OpenPage,
    axe: Callable[[Page], list[Any]],
    width: int,
) -> None:
    settings = {"shape": Shape.POPOVER, "moment": Moment.EVENT, "event": "bought"}
    survey = shown_at(shop, member, **settings)
    page = open_page(width=width)
    page.goto(shop.origin)
    page.wait_for_function("() => Boolean(window.wayfare)")
    page.get_by_role("button", name="Buy").focus()

    page.evaluate("wayfare('track', 'looked')")
    page.evaluate("wayfare('track', 'bought')")
    box = page.get_by_role("dialog", name="How was it?")
    expect(box.get_by_text("Would you recommend us?")).to_be_visible()
    assert axe(page) == []
    box.get_by_role("radio", name="9", exact=True).check(force=True)
    box.get_by_role("button", name="Next").click()
    box.get_by_label("Why?").fill("The driver waved.")
    box.get_by_role("button", name="Next").click()
    box.get_by_role("radio", name="App").check()
    box.get_by_role("button", name="Send").click()
    expect(box.get_by_text("Thank you")).to_be_visible()
    page.keyboard.press("Escape")

    expect(box).to_be_hidden()
    expect(page.get_by_role("button", name="Buy")).to_be_focused()
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length") == 0
    with tenant_bound(member.tenant_id):
        assert Response.objects.for_tenant(member.tenant).get().state == "complete"
        counts = door_counts(survey)
    assert (counts.shown, counts.answered) == (1, 1)


@pytest.mark.parametrize(
    "fault", [{"status": 429, "body": "Too many."}, {"status": 500, "body": "<main>Oh.</main>"}]
)
def test_an_answer_that_is_no_page_is_told_and_sent_again(
    shop: Shop, member: Membership, open_page: OpenPage, complaints: Any, fault: dict[str, Any]
) -> None:
    survey = shown_at(shop, member)
    complaints.expected += [str(fault["status"])]
    page = open_page()
    page.goto(shop.origin)
    box = page.get_by_role("dialog", name="How was it?")
    box.get_by_role("radio", name="9", exact=True).check(force=True)
    pages = f"**/q/*/{survey.public_id}/"
    allowed = {"Access-Control-Allow-Origin": shop.origin}
    page.route(pages, lambda one: one.fulfill(**fault, headers=allowed))

    box.get_by_role("button", name="Next").click()
    expect(box.get_by_role("alert")).to_contain_text("That did not arrive")
    expect(box.get_by_role("radio", name="9", exact=True)).to_be_checked()
    page.unroute(pages)
    box.get_by_role("button", name="Next").click()

    expect(box.get_by_label("Why?")).to_be_visible()
    expect(box.get_by_role("alert")).to_have_count(0)


def test_over_the_whole_page_the_focus_stays_inside(
    shop: Shop, member: Membership, open_page: OpenPage
) -> None:
    shown_at(shop, member, shape=Shape.PAGE, pages=("/cart*",))
    page = open_page()
    page.goto(shop.origin)
    page.wait_for_function("() => Boolean(window.wayfare)")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.get_by_role("link", name="Cart").click()
    box = page.get_by_role("dialog", name="How was it?")
    expect(box).to_be_visible()
    box.get_by_role("button", name="Next").click()
    page.keyboard.press("Escape")

    expect(box).to_be_hidden()


def test_a_site_that_is_not_named_shows_nothing(
    shop: Shop, member: Membership, open_page: OpenPage, complaints: Any
) -> None:
    survey = shown_at(shop, member)
    with tenant_bound(member.tenant_id):
        embedded(survey, by=member)
    complaints.expected += ["CORS", "ERR_FAILED", "403"]
    page = open_page()

    with page.expect_event("requestfailed", lambda one: one.url.endswith("/embed/")):
        page.goto(shop.origin)

    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("shape", Shape)
def test_a_member_tries_it_on_the_page_with_the_code(
    *,
    member: Membership,
    shop: Shop,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[Any]],
    shape: Shape,
) -> None:
    survey = shown_at(shop, member, shape=shape)
    page = open_page(width=390 if shape is Shape.INLINE else 1440)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/surveys/{survey.pk}/embedding/")
    assert axe(page) == []

    page.get_by_role("link", name="Try it here").click()
    box = page.locator("wayfare-survey")
    expect(box.get_by_text("Would you recommend us?")).to_be_visible()
    box.get_by_role("radio", name="9", exact=True).check(force=True)
    box.get_by_role("button", name="Next").click()
    expect(box.get_by_label("Why?")).to_be_visible()

    with tenant_bound(member.tenant_id):
        assert not Response.objects.for_tenant(member.tenant).exists()


def asked_at(shop: Shop, page: Page) -> None:
    """Open the shop, and wait until the server has said when to ask."""
    with page.expect_response("**/embed/"):
        page.goto(shop.origin)
    # What was said is read a moment after it came, and nothing on the page tells when.
    page.wait_for_timeout(500)


def test_it_is_shown_after_so_many_seconds(
    shop: Shop, member: Membership, open_page: OpenPage
) -> None:
    shown_at(shop, member, moment=Moment.SECONDS, seconds=30)
    page = open_page()
    page.clock.install()
    asked_at(shop, page)
    box = page.get_by_role("dialog", name="How was it?")

    page.clock.run_for(28_000)
    expect(box).to_have_count(0)
    page.clock.run_for(3_000)

    expect(box).to_be_visible()


def test_it_is_shown_after_half_of_the_page_was_read(
    shop: Shop, member: Membership, open_page: OpenPage
) -> None:
    shop.words = "<p>Much to read.</p>" * 200
    shown_at(shop, member, moment=Moment.SCROLL, percent=50)
    page = open_page()
    asked_at(shop, page)
    box = page.get_by_role("dialog", name="How was it?")
    whole = "document.scrollingElement.scrollHeight - innerHeight"

    page.evaluate(f"scrollTo(0, ({whole}) * 0.45)")
    page.wait_for_timeout(300)
    expect(box).to_have_count(0)
    page.evaluate(f"scrollTo(0, ({whole}) * 0.55)")

    expect(box).to_be_visible()


def test_it_is_shown_when_the_pointer_leaves_at_the_top(
    shop: Shop, member: Membership, open_page: OpenPage
) -> None:
    shown_at(shop, member, moment=Moment.LEAVING)
    page = open_page()
    asked_at(shop, page)
    box = page.get_by_role("dialog", name="How was it?")
    leave = """(y) => document.body.dispatchEvent(
        new MouseEvent("mouseout", { bubbles: true, clientY: y, relatedTarget: null }))"""

    page.get_by_role("button", name="Buy").hover()
    page.get_by_role("heading", name="The shop").hover()
    page.evaluate(leave, 400)
    page.wait_for_timeout(300)
    expect(box).to_have_count(0)
    page.evaluate(leave, -1)

    expect(box).to_be_visible()


@pytest.mark.parametrize(("told", "count"), [("bought", 1), ("looked", 0)])
def test_what_the_page_told_before_the_script_came_counts(
    shop: Shop, member: Membership, open_page: OpenPage, told: str, count: int
) -> None:
    shown_at(shop, member, moment=Moment.EVENT, event="bought")
    page = open_page()
    page.add_init_script(
        f"window.wayfare = (...told) => window.wayfare.q.push(told);"
        f"window.wayfare.q = [['track', '{told}']];"
    )
    asked_at(shop, page)

    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog", name="How was it?")).to_have_count(count)
