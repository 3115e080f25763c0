"""A survey is built, sent by mail, answered without JavaScript, and its score stands at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.loading_events import load_events
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain, tick
from feedback.models import DelightedImport, Invitation
from feedback.rules.distribution.list_rows import read_people
from feedback.rules.senders import SenderKind
from feedback.services.delighted_projects import make_project
from feedback.services.distribution.lists import keep_list
from feedback.services.distribution.planning import token_of
from feedback.services.distribution.running import ask
from feedback.services.webhook_sources import create_webhook
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.outreach import content, delivered, distribution, mail_taken, rule
from tests.make import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.customers.models import Interaction
    from cxm.tenants.models import Membership
    from feedback.models import ContactRule, Distribution
    from tests.browser.conftest import Complaints, OpenPage, Scheme


def test_a_survey_is_built_sent_by_mail_answered_without_script_and_counted(
    open_page: OpenPage,
    new_context: Callable[..., Any],
    sign_in: Callable[..., None],
    base_url: str,
    settings: Any,
) -> None:
    settings.PUBLIC_URL = base_url
    member = make.member(of=make.tenant(name="Harbour"), role=Role.MANAGER)
    page = open_page()
    sign_in(page, member)
    _build_and_start(page, member)

    with mail_taken(settings) as post:
        _deliver(member, "ana@example.com")
        tick(now())
        drain(member.tenant_id)
        [mail] = post.mails
    assert mail["To"] == "ana@example.com"
    links = re.findall(r'href="([^"]+)"', content(mail, "html").replace("&amp;", "&"))
    nine = next(link for link in links if link.endswith("=9"))

    customer = new_context(java_script_enabled=False).new_page()
    customer.goto(nine)
    expect(customer.get_by_role("radio", name="9", exact=True)).to_be_checked()
    while customer.locator("button.on").count():
        customer.locator("button.on").click()
    expect(customer.locator("main")).to_contain_text("Thank you")

    # Loaded once, right after the answer: it stands there, or it does not.
    page.goto(f"/t/{member.tenant.slug}/")
    score = page.get_by_role("group", name="Net Promoter Score").inner_text()
    assert "1 answer, between −59 and 100" in score
    page.goto(f"/t/{member.tenant.slug}/sending/")
    rate = page.get_by_role("row", name="After delivery").get_by_role("cell").last.inner_text()
    assert " ".join(rate.split()) == "100.0 % 20.7 to 100.0, n 1"


def test_a_list_is_pasted_looked_at_and_asked_by_keyboard(
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
    complaints: Complaints,
) -> None:
    complaints.expected.append("422")  # the heads are forgotten at first
    member = make.member(of=make.tenant(name="Harbour"), role=Role.MANAGER)
    with tenant_bound(member.tenant_id):
        row = distribution(asked_survey(member), by=member, title="By list", audience="list")
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/sending/{row.pk}/")
    page.get_by_role("link", name="Bring a list").press("Enter")
    page.get_by_label("Or rows copied from a sheet").fill("Ana\tReis")
    page.get_by_role("button", name="Look at the rows").press("Enter")
    expect(page.get_by_text("Name the columns in the first row")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Or rows copied from a sheet").fill(
        "email\torder\nana@example.com\tA-1\nana@example.com\tA-2"
    )
    page.get_by_role("button", name="Look at the rows").press("Enter")
    expect(page.get_by_text("The same person as in row 2.")).to_be_visible()
    page.get_by_role("button", name="Ask 1 person").press("Enter")
    expect(page.get_by_text("They are asked now.")).to_be_visible()
    drain(member.tenant_id)
    page.reload()

    expect(page.get_by_text("1 of 1")).to_be_visible()
    expect(page.get_by_role("link", name="ana@example.com")).to_be_visible()
    assert axe(page) == []


def _build_and_start(page: Page, member: Membership) -> None:
    page.goto(f"/t/{member.tenant.slug}/surveys/new/?template=nps")
    page.get_by_role("button", name="Make it").click()
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("link", name="Send it").click()
    page.get_by_role("link", name="Send “").first.click()
    page.get_by_label("What do you call it?").fill("After delivery")
    page.get_by_label("Event name").fill("delivered")
    page.get_by_label("How many hours after it?").fill("0")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("asks from now on")).to_be_visible()


def _deliver(member: Membership, email: str) -> None:
    """Have something delivered to a customer just now."""
    record = EventRecord(
        Call.TRACK,
        position=0,
        key="delivery-1",
        occurred_at=now(),
        name="delivered",
        refs=(Ref("email", "", email),),
    )
    with tenant_bound(member.tenant_id):
        load_events(tenant=member.tenant, source="events:shop", records=[record], now=now())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_sending_are_accessible_and_fit(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)
    with tenant_bound(member.tenant_id):
        held = rule("quiet_period", of=member.tenant, days=30)
        row = distribution(asked_survey(member), by=member)
        events = [delivered(member.tenant, "ana@example.com", order=f"A-{n}") for n in range(3)]
        ask(tenant_id=member.tenant_id, now=NOW)
        project, _ = make_project(survey=row.survey, by=member, now=NOW)
        account = _brought_over(member)
        listing = distribution(row.survey, by=member, title="By list", audience="list")
        people = read_people([["email", "order"], ["bo@example.com", "A-9"], ["bo", ""]])
        listed = keep_list(distribution=listing, title="May.csv", people=people, by=member, now=NOW)
        asked = Invitation.objects.for_tenant(member.tenant).filter(distribution=row).first()
    assert asked is not None
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)

    home = f"/t/{member.tenant.slug}"
    for path in (
        f"/stop/{member.tenant.slug}/{token_of(asked.pk)}/",
        f"{home}/survey-invitations/{asked.pk}/",
        f"{home}/sending/{project.distribution_id}/",
        f"{home}/sending/lists/{listed.pk}/",
        f"{home}/sending/{listed.distribution_id}/",
        f"{home}/sending/{listed.distribution_id}/lists/new/",
        f"{home}/sending/delighted/accounts/{account.pk}/",
        *(f"{home}/{one}" for one in _pages(row, held, events[0])),
    ):
        page.goto(path)
        assert (path, axe(page)) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def _brought_over(member: Membership) -> DelightedImport:
    """Give an account of Delighted that was looked at and fetched in part."""
    source = create_webhook(
        tenant=member.tenant, title="Shop", kind=SenderKind.DELIGHTED, by=member, now=NOW
    )
    return DelightedImport.objects.create(
        tenant=member.tenant,
        event_source=source,
        sealed="v1.",
        found={"responses": 1_250, "nps": -7, "oldest": 1_600_000_000, "newest": 1_700_000_000},
        counts={"people": {"loaded": 90, "unchanged": 8, "refused": 2, "back": 1}},
        created_at=NOW,
    )


def _pages(row: Distribution, held: ContactRule, event: Interaction) -> tuple[str, ...]:
    """Give the pages about sending, behind the workspace's address."""
    return (
        "sending/",
        f"sending/{row.pk}/",
        f"sending/{row.pk}/edit/",
        f"surveys/{row.survey_id}/sending/new/",
        "sending/delighted/",
        "sending/delighted/accounts/",
        "settings/contact-policy/",
        f"settings/contact-policy/rules/{held.pk}/",
        "settings/contact-policy/rules/new/?kind=quiet_period",
        f"customers/{event.customer_id}/asked/",
    )
