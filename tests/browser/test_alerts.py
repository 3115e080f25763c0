"""Alerts in a browser: a rule tried on the past by keyboard, an alert opened to its answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from analytics.services.alert_replaying import preview_rule
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.analytics.alerting import again, alerts, rule, thursdays, volume_rule, watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from analytics.models import AlertRule
    from cxm.tenants.models import Membership
    from tests.browser.conftest import Complaints, OpenPage, Scheme

FITS = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def ann(db: None) -> Membership:
    member = make.member(of=make.tenant(name="Harbour"), role=Role.ANALYST)
    at = now()
    make.load(
        *(
            make.record(0, touchpoint="checkout", answered_at=at - timedelta(days=150, minutes=n))
            for n in range(20)
        ),
        *(
            make.record(0, touchpoint="checkout", answered_at=at - timedelta(minutes=n))
            for n in range(30)
        ),
        of=member.tenant,
    )
    return member


@pytest.fixture
def rang(ann: Membership) -> AlertRule:
    """A rule that rang."""
    made = rule(
        of=ann.tenant,
        title="NPS at checkout",
        touchpoint=["checkout"],
        to=[ann],
        now=now() - timedelta(days=200),
    )
    with tenant_bound(ann.tenant_id):
        preview_rule(rule=made, now=now())
    watch(ann.tenant, now())
    return made


def test_a_rule_is_tried_on_the_past_before_it_is_switched_on(
    ann: Membership, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/alerts/")
    page.get_by_role("link", name="First rule").press("Enter")
    page.get_by_label("What do you call it?").fill("NPS falls")
    target = page.get_by_role("spinbutton", name="Target")
    target.fill("20")
    target.press("Enter")
    expect(page.get_by_text("Being tried on the answers of the last year")).to_be_visible()

    drain(ann.tenant_id)
    expect(page.get_by_text("It would have rung 2 times")).to_be_visible()
    page.get_by_role("button", name="Switch on").press("Enter")

    expect(page.get_by_text("It is on and counts answers from")).to_be_visible()
    expect(page.get_by_text("Told:")).to_be_visible()


def test_an_alert_opens_its_answers_and_is_closed(
    ann: Membership, rang: AlertRule, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/notices/")
    page.get_by_role("link", name=rang.title).click()
    expect(page.get_by_text("outside the limits")).to_be_visible()

    page.get_by_role("link", name="Answers of those days").click()
    expect(page.get_by_text("30 answers").first).to_be_visible()
    page.go_back()
    page.get_by_label("What was done about it?").fill("Called the shop.")
    page.get_by_role("button", name="Close").press("Enter")

    expect(page.get_by_text("“Called the shop.”")).to_be_visible()


def test_an_alert_gets_an_owner_and_waits_by_keyboard(
    ann: Membership,
    rang: AlertRule,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    complaints: Complaints,
) -> None:
    complaints.expected.append("422")
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/alerts/")
    page.get_by_role("main").get_by_role("link", name=rang.title).click()
    page.get_by_label("Owner").select_option(label=ann.user.get_full_name())
    page.get_by_role("button", name="Save the owner").press("Enter")
    page.locator("summary", has_text="Snooze").press("Enter")
    page.get_by_label("It can wait").select_option("until")
    page.get_by_label("Why can it wait?").fill("The shop knows.")
    page.get_by_role("button", name="Snooze it").press("Enter")
    expect(page.get_by_text("Give a day, or a number of days.")).to_be_visible()
    expect(page.get_by_label("Why can it wait?")).to_have_value("The shop knows.")

    page.get_by_label("It can wait").select_option("3")
    page.get_by_role("button", name="Snooze it").press("Enter")
    expect(page.get_by_text("Snoozed until").first).to_be_visible()
    page.get_by_role("link", name="Alerts", exact=True).first.click()
    page.get_by_role("link", name="Snoozed 1").click()

    expect(page.get_by_text(f"{ann.user.get_full_name()} sees to it")).to_be_visible()
    expect(page.get_by_text("“The shop knows.”")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_alerts_are_accessible_and_fit(  # noqa: PLR0917 - a table and fixtures
    ann: Membership,
    rang: AlertRule,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    volume = volume_rule(ann.tenant)
    thursdays(ann.tenant)
    watch(ann.tenant)
    with tenant_bound(ann.tenant_id):
        preview_rule(rule=again(volume), now=make.NOW)
    page = open_page(width=width, scheme=scheme)
    sign_in(page, ann)

    for path in (
        "",
        "?show=snoozed",
        *(f"{one.pk}/" for one in alerts(ann.tenant)[:2]),
        f"rules/{volume.pk}/",
        "rules/new/?kind=volume",
        "rules/",
        f"rules/{rang.pk}/",
        "rules/new/?kind=answer",
        f"rules/{rang.pk}/edit/",
    ):
        page.goto(f"/t/{ann.tenant.slug}/alerts/{path}")
        expect(page.get_by_role("main")).to_be_visible()
        assert (path, axe(page)) == (path, [])
        assert page.evaluate(FITS), path
