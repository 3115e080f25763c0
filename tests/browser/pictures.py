"""Takes the pictures of the documentation from the running pages: `make pictures`.

Not part of the test run: pytest collects this file only when it is named.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from cxm.customers.models import Identity
from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership
from cxm.web.demo.brightline import BRIGHTLINE
from cxm.web.demo.sample_file import mapped_sample
from cxm.web.demo.seeding import seed_company
from cxm.web.demo.tales import WEBSITE
from feedback.models import Distribution, EventSource, Response, Verbatim
from journeys.models import JourneyMap, Lineage
from personas.models import Persona, StakeholderMap

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page
    from pytest_django import Settings

    from cxm.tenants.models import Tenant
    from tests.browser.conftest import OpenPage, Scheme

PICTURES = Path(__file__).parents[2] / "docs/pictures"
LARGEST_BYTES = 300_000
SIZES = {"desktop": 1440, "phone": 390}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SIGN_IN = "/accounts/login/"
# In the dark they tell nothing that the others do not.
LIGHT_ONLY = {
    *("customers", "segment-builder", "touchpoint-rules", "live-events", "import-line", "personas"),
    *("journeys", "map-diff", "map-futures", "map-matrix", "map-story"),
    *("opportunities", "sending"),
}
# What is drawn is to be seen whole: pixels of height, by the beginning of a picture's name.
HEIGHTS = {"desktop": 900, "phone": 844}
TALL = {
    "stakeholder": {"desktop": 1_120, "phone": 1_300},
    "map": {"desktop": 1_120, "phone": 844},
}
CUSTOMER = "BL-178113"
PERSONA, JOURNEY, STEP = "sandra-and-jonas", "get-fibre", "choose-visit"


def test_take_pictures(
    open_page: OpenPage,
    sign_in: Callable[[Page, Membership], None],
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    tenant = seed_company(BRIGHTLINE, size="full", seed=1, now=now())
    shown = {person: (member(tenant, person), pages(tenant)) for person, pages in LOOKING.items()}
    PICTURES.mkdir(parents=True, exist_ok=True)
    for size, width in SIZES.items():
        for scheme in SCHEMES:
            take(open_page(width=width, scheme=scheme), SIGN_IN, f"sign-in-{size}-{scheme}")
            for looking, addresses in shown.values():
                page = open_page(width=width, scheme=scheme)
                sign_in(page, looking)
                keep_corner_clear(page)
                for name, address in addresses.items():
                    if scheme == "light" or name not in LIGHT_ONLY:
                        height = TALL.get(name.partition("-")[0], HEIGHTS)[size]
                        page.set_viewport_size({"width": width, "height": height})
                        take(page, address, f"{name}-{size}-{scheme}")


def member(tenant: Tenant, person: str) -> Membership:
    """Find one of those whose sign-ins the demo prints."""
    with tenant_bound(tenant.pk):
        rows = Membership.objects.for_tenant(tenant).select_related("user")
        return rows.get(user__email=DEMO_SIGN_INS[person])


def agents_pages(tenant: Tenant) -> dict[str, str]:
    """Give what an agent looks at: one customer."""
    with tenant_bound(tenant.pk):
        rows = Identity.objects.for_tenant(tenant).select_related("customer")
        customer = rows.get(value=CUSTOMER).customer
    return {"customer": f"/t/{tenant.slug}/customers/{customer.root_id}/"}


def admins_pages(tenant: Tenant) -> dict[str, str]:
    """Give what only an admin may see: the events as they arrive."""
    with tenant_bound(tenant.pk):
        source = EventSource.objects.for_tenant(tenant).get(key=WEBSITE)
    return {"live-events": f"/t/{tenant.slug}/settings/event-sources/{source.pk}/live/?paused=1"}


def managers_pages(tenant: Tenant) -> dict[str, str]:
    """Give the addresses of the pages by the name of their picture."""
    home = f"/t/{tenant.slug}/"
    manager = member(tenant, "manager")
    with tenant_bound(tenant.pk):
        told = Verbatim.objects.for_tenant(tenant).values("response")
        response = (
            Response.objects.for_tenant(tenant)
            .filter(pk__in=told, survey__key="invoice-check", customer__isnull=False)
            .order_by("-answered_at", "-pk")
            .first()
        )
        assert response is not None
        waiting = mapped_sample(tenant, by=manager, now=now())
        sent = Distribution.objects.for_tenant(tenant).get(state="active")
    return {
        "overview": home,
        "metric": f"{home}metrics/csat_5/",
        "response": f"{home}responses/{response.pk}/",
        "import-mapping": f"{home}imports/{waiting.pk}/columns/",
        "import-line": f"{home}imports/{waiting.pk}/line/",
        "touchpoints": f"{home}touchpoints/",
        "touchpoint-rules": f"{home}touchpoints/rules/",
        "customers": f"{home}customers/",
        "segment-builder": f"{home}segments/families-on-fibre/edit/",
        "sending": f"{home}sending/{sent.pk}/",
        **documents(tenant, home),
    }


def documents(tenant: Tenant, home: str) -> dict[str, str]:
    """Give the addresses of a persona, of a stakeholder map and of journeys with their maps."""
    with tenant_bound(tenant.pk):
        persona = Persona.objects.for_tenant(tenant).get(key=PERSONA)
        drawn = StakeholderMap.objects.for_tenant(tenant).order_by("created_at", "pk")[0]
        maps = JourneyMap.objects.for_tenant(tenant).filter(journey__key=JOURNEY)
        live, future = (maps.get(state=state).pk for state in ("current", "future"))
        steps = Lineage.objects.for_tenant(tenant).filter(journey__key=JOURNEY, kind="step")
        moment = steps.get(key=STEP).pk
    on = f"{home}stakeholder-maps/{drawn.pk}/"
    return {
        "personas": f"{home}personas/",
        "persona": f"{home}personas/{persona.pk}/",
        "stakeholder-rings": on,
        "stakeholder-power": f"{on}?layout=power_interest",
        "journeys": f"{home}journeys/",
        "map": f"{home}maps/{live}/?zoom=75",
        "map-diff": f"{home}maps/{future}/diff/",
        "map-futures": f"{home}maps/{future}/realisation/",
        "map-matrix": f"{home}maps/{live}/matrix/",
        "map-story": f"{home}maps/{live}/story/?step={moment}",
        "opportunities": f"{home}opportunities/?view=board",
    }


LOOKING: dict[str, Callable[[Tenant], dict[str, str]]] = {
    "manager": managers_pages,
    "agent": agents_pages,
    "admin": admins_pages,
}


def keep_corner_clear(page: Page) -> None:
    """Have nothing told of the jobs of the seeding: whoever uses the product put that away."""
    page.route("**/jobs/strip/**", lambda route: route.fulfill(status=204))


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
