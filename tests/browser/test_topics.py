"""The way of a topic: tried on the bench, saved, read in a response, corrected, measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.feedback.text import topics

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import Complaints, OpenPage, Scheme

LATE = "The parcel came much too late and the box was broken."
NICE = "The staff was friendly and helpful, I will come back."


def member_with_texts() -> Membership:
    """Make a manager of a workspace where forty people wrote something."""
    member = make.member(role=Role.MANAGER)
    make.load(
        *(make.record(3, comment=f"{LATE} ({n})", touchpoint="shop") for n in range(31)),
        *(make.record(9, comment=f"{NICE} ({n})") for n in range(8)),
        make.record(9, comment="Rien à dire"),
        of=member.tenant,
    )
    drain(member.tenant_id)
    return member


@pytest.mark.parametrize("width", [1440, 390])
def test_a_topic_is_tried_saved_read_and_corrected(
    width: int, open_page: OpenPage, sign_in: Callable[..., None], complaints: Complaints
) -> None:
    complaints.expected.append("422")
    member = member_with_texts()
    slug = member.tenant.slug
    page = open_page(width=width)
    sign_in(page, member)

    page.goto(f"/t/{slug}/topics/")
    page.get_by_role("link", name="New topic").click()
    page.get_by_label("Title").fill("Delivery")
    page.get_by_label("In every language").fill("parcel")
    bench = page.locator("#topic-bench")
    expect(bench.locator("mark").first).to_have_text("parcel")
    expect(bench).to_contain_text("Found: the newest 12 of 31")
    page.get_by_label("In every language").fill("(parcel")
    expect(bench).to_contain_text("This parenthesis is not closed")
    page.get_by_label("In every language").fill("parcel OR box")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delivery")
    drain(member.tenant_id)

    page.goto(f"/t/{slug}/topics/")
    row = page.get_by_role("row", name="Delivery")
    expect(row).to_contain_text("77.5 %")
    row.get_by_role("link", name="31", exact=True).click()
    page.locator("[id^=open-]").first.click()
    expect(page.locator(".topic-mark").first).to_have_text("parcel")
    expect(page.locator(".tone-bad").first).to_have_text("late")
    page.get_by_role("button", name="Not about Delivery").click()
    expect(page.get_by_text("No rule changes what you said")).to_be_visible()

    page.goto(f"/t/{slug}/topics/")
    expect(page.get_by_role("row", name="Delivery")).to_contain_text("75.0 %")


def test_texts_are_labelled_by_keys(open_page: OpenPage, sign_in: Callable[..., None]) -> None:
    member = member_with_texts()
    topic = topics.topic(member, "Delivery", "parcel")
    drain(member.tenant_id)
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/topics/{topic.pk}/label/")
    for count in range(3):
        expect(page.locator("#main")).to_contain_text(f"{count} labelled")
        text = page.locator("#label-text").inner_text()
        page.keyboard.press("y" if "parcel" in text else "x")

    expect(page.locator("#main")).to_contain_text("3 labelled, 30 are needed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_topics_are_accessible(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = member_with_texts()
    slug = member.tenant.slug
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)
    page.goto(f"/t/{slug}/topics/")
    empty = axe(page)
    topic = topics.topic(member, "Delivery", "parcel")
    topics.topic(member, "Late delivery", "late", parent=topic)
    topics.topic(member, "Staff", "staff")
    drain(member.tenant_id)
    text = next(one for one in topics.all_texts(member.tenant) if one.text.startswith(LATE))

    found = {}
    paths = {
        "list": "topics/?days=30",
        "editor": f"topics/{topic.pk}/",
        "label": f"topics/{topic.pk}/label/",
        "panel": f"responses/{text.response_id}/",
        "overview": "",
    }
    for name, path in paths.items():
        page.goto(f"/t/{slug}/{path}")
        if name == "overview":
            expect(page.locator("#themes table")).to_be_visible()
        found[name] = axe(page)

    assert (empty, found) == ([], {name: [] for name in paths})
