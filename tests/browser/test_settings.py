"""The pages on which a workspace is looked after: people, keys, jobs, definitions and more."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from cxm.tenants.services import create_api_key, invite
from cxm.work.models import Job
from cxm.work.services import advance_job, finish_job
from feedback.adapters.mapping import VERSION, Mapping, Named, Score, TimeSource
from feedback.services.recipes import save_recipe
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership, Tenant
    from tests.browser.conftest import OpenPage

MAPPING = Mapping(
    version=VERSION,
    survey=Named(key="monthly", title="Monthly satisfaction"),
    answered_at=TimeSource(column="at"),
    scores=(Score(column="score", metric="csat_5", question="score"),),
)
PAGES = {
    "people": "settings/people/",
    "invitations": "settings/people/invitations/",
    "keys": "settings/keys/",
    "audit": "settings/audit/",
    "jobs": "jobs/",
    "stuck work": "jobs/parked/",
    "definitions": "definitions/",
    "new definition": "definitions/add/",
    "definition": "definitions/{metric}/",
    "changed definition": "definitions/{metric}/redefine/",
    "recipes": "imports/recipes/",
    "channels": "channels/",
    "touchpoints": "touchpoints/",
}


@pytest.fixture
def owner() -> Membership:
    """Give the owner of a workspace that has something on each of its pages."""
    tenant = make.tenant(name="Acme")
    owner = make.member(of=tenant, role=Role.OWNER, email="robin@example.com")
    make.member(of=tenant, role=Role.VIEWER, email="a.rather.long.name.of.a.person@example.com")
    make.load(
        *[make.record(9, touchpoint="checkout", channel="web", day=n) for n in range(9)], of=tenant
    )
    moment = now()
    with tenant_bound(tenant.pk):
        invite(tenant=tenant, email="kim@example.com", role=Role.ANALYST, by=owner, now=moment)
        create_api_key(
            tenant=tenant,
            name="Nightly export",
            by=owner,
            now=moment,
            rights=[Right.SEE_FIGURES, Right.SEE_REGISTRIES],
            expires_at=moment + timedelta(days=90),
        )
        save_recipe(
            tenant=tenant,
            name="Monthly satisfaction file",
            mapping=MAPPING,
            heads=["id", "score"],
            by=owner,
            now=moment,
        )
    _make_jobs(tenant, owner)
    return owner


def _make_jobs(tenant: Tenant, owner: Membership) -> None:
    """Make a job of each kind: under way, done, failed; and work that is stuck."""
    titles = ("Import of march.csv", "Import of april.csv", "Rebuild of the numbers")
    running, done, failed = (make.job(of=tenant, title=title, by=owner) for title in titles)
    make.parked(of=tenant, task="analytics.verify", error="The database was not there for a while.")
    with tenant_bound(tenant.pk):
        advance_job(running, now=now() - timedelta(seconds=30), done=25)
        advance_job(done, now=now() - timedelta(seconds=90), done=100)
        finish_job(done, state=Job.State.DONE, now=now(), message="100 answers are new.")
        finish_job(failed, state=Job.State.FAILED, now=now(), message="The disk is full.")


@pytest.mark.parametrize("width", [1440, 390])
def test_settings_are_accessible_and_fit(
    width: int,
    owner: Membership,
    open_page: OpenPage,
    sign_in: Callable[[Page, Membership], None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    home = f"/t/{owner.tenant.slug}/"
    metric = make.metric("nps", of=owner.tenant).pk
    page = open_page(width=width)
    sign_in(page, owner)

    found = {}
    for name, path in PAGES.items():
        page.goto(home + path.format(metric=metric))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        widest = page.evaluate("() => document.documentElement.scrollWidth")
        found[name] = [*axe(page), *([f"{widest} px wide"] if widest > width else [])]

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_what_is_over_leaves_the_strip_at_once_when_put_away(
    owner: Membership, open_page: OpenPage, sign_in: Callable[[Page, Membership], None]
) -> None:
    page = open_page()
    sign_in(page, owner)

    page.goto(f"/t/{owner.tenant.slug}/settings/people/")
    strip = page.get_by_role("region", name="Running work")
    expect(strip.locator(".job")).to_have_count(3)
    strip.get_by_role("button", name="Put all away").click()

    expect(strip.locator(".job")).to_have_count(1)
    expect(strip).to_contain_text("Import of march.csv")
    expect(strip.get_by_role("button", name="Put all away")).to_have_count(0)


def test_an_invited_person_is_listed_and_their_link_shown_once(
    owner: Membership, open_page: OpenPage, sign_in: Callable[[Page, Membership], None]
) -> None:
    page = open_page()
    sign_in(page, owner)

    page.goto(f"/t/{owner.tenant.slug}/settings/people/invitations/")
    page.get_by_label("E-mail").fill("sam@example.com")
    page.get_by_role("button", name="Make the link").click()

    link = page.get_by_label("The link for sam@example.com")
    expect(link).to_have_value(re.compile("/invitations/"))
    page.goto(f"/t/{owner.tenant.slug}/settings/people/invitations/")
    expect(page.get_by_role("cell", name="sam@example.com")).to_be_visible()
    expect(link).to_have_count(0)
