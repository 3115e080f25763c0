"""An admin connects a program by webhook: adds it, tries it, and sees what came back."""

from __future__ import annotations

import re
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from playwright.sync_api import expect

from cxm.integrations.tasks import sweep
from tests import make
from tests.integrations.receiver import Answer, receiving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import Complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def _worker(settings) -> Iterator[None]:
    """Sweep as beat would have a worker do; this machine counts as allowed."""
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
    is_over = Event()

    def work() -> None:
        try:
            while not is_over.wait(0.2):
                sweep()
        finally:
            connection.close()

    thread = Thread(target=work)
    thread.start()
    yield
    is_over.set()
    thread.join()


@pytest.mark.usefixtures("_worker")
@pytest.mark.parametrize("width", [1440, 390])
def test_a_webhook_is_added_tried_and_its_answer_seen(
    width: int,
    open_page: Callable[..., Page],
    sign_in: Callable[[Page, Membership], None],
    axe: Callable[[Page], list[dict[str, Any]]],
    complaints: Complaints,
) -> None:
    complaints.expected.append("422")
    member = make.member()
    page = open_page(width=width)
    sign_in(page, member)
    with receiving(Answer(500, body=b"not today"), Answer(200, body=b"thanks")) as receiver:
        page.goto(f"/t/{member.tenant.slug}/webhooks/")
        page.get_by_role("link", name="Add a webhook").click()
        page.get_by_label("What is it for?").fill("CRM")
        page.get_by_label("Address").fill("http://elsewhere.example/")
        page.get_by_label("An answer arrived").check()
        page.get_by_role("button", name="Add and make a secret").click()
        expect(page.get_by_text("Begin with https:// so that nobody")).to_be_visible()
        expect(page.get_by_label("An answer arrived")).to_be_checked()
        page.get_by_label("Address").fill(receiver.url())
        page.get_by_role("button", name="Add and make a secret").click()
        expect(page.get_by_label("The secret of CRM")).to_have_value(re.compile("^whsec_.{40,}"))
        assert axe(page) == []

        page.get_by_role("button", name="Send a test").click()
        expect(page.get_by_text("not today")).to_be_visible()
        assert axe(page) == []
        page.get_by_role("button", name="Send it again").click()
        expect(page.get_by_text("thanks")).to_be_visible()

        page.get_by_role("link", name="Deliveries", exact=True).click()
        expect(page.get_by_role("cell", name="Delivered")).to_be_visible()
        assert axe(page) == []
        page.get_by_role("link", name="Settings", exact=True).click()
        assert axe(page) == []

    assert [got.headers["webhook-id"] for got in receiver.got] == [
        receiver.got[0].headers["webhook-id"]
    ] * 2
