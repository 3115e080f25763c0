"""Panels inside helpdesks: signed links, who may frame them, what they show."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from cxm.customers.models import Panel
from cxm.customers.services.panels import panel_token, read_token
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right, Role
from tests import make
from tests.customers import served
from tests.customers.people import fact, person

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cxm.customers.models import Customer
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
ZENDESK = "https://acme.zendesk.com"
SEEING = (Right.SEE_CUSTOMERS, Right.SEE_PERSONS, Right.SEE_RESPONSES)


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    """It is NOW."""
    with time_machine.travel(make.NOW, tick=False):
        yield


def link(
    panel: Panel, customer: Customer, *, rights: Sequence[Right] = SEEING, hours: float = 1
) -> str:
    """Sign a link to a panel; give its address."""
    with tenant_bound(panel.tenant_id):
        loaded = Panel.objects.for_tenant(panel.tenant_id).select_related("tenant").get(pk=panel.pk)
        token, _ = panel_token(
            panel=loaded,
            customer_id=customer.pk,
            by=make.api_key(of=panel.tenant)[0],
            rights=rights,
            expires_at=make.NOW + timedelta(hours=hours),
            agent="Jo",
        )
    return f"/panel/{token}"


def ask(text: str, body: dict[str, Any]) -> Any:
    """Ask the API for a link with a key."""
    return Client().post(
        "/api/v1/panel-links/",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {text}"},
    )


def settings_client(tenant: Tenant, role: Role = Role.ADMIN) -> Client:
    client = Client()
    client.force_login(make.member(of=tenant, role=role).user)
    return client


def test_panel_shows_the_customer_without_any_cookie() -> None:
    tenant = make.tenant()
    customer = person(of=tenant, email="maya@example.com")
    fact(customer)
    served.promise(customer, "Refund")
    answer = Client().get(link(served.panel(of=tenant), customer))

    page = answer.content.decode()
    wanted = ("Maya Lindt", "maya@example.com", "Order placed", "Refund", "In short")
    assert answer.status_code == 200
    assert [piece for piece in wanted if piece not in page] == []
    assert "Set-Cookie" not in answer.headers
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert "<nav" not in page
    assert "<form" not in page


def test_panel_can_be_framed_by_exactly_the_origin_of_its_token() -> None:
    tenant = make.tenant()
    panel = served.panel(of=tenant, origins=(ZENDESK,))

    answer = Client().get(link(panel, person(of=tenant)))

    policy = [part.strip() for part in answer["Content-Security-Policy"].split(";")]
    assert f"frame-ancestors {ZENDESK}" in policy
    assert "default-src 'none'" in policy
    assert "X-Frame-Options" not in answer.headers
    assert "no-store" in answer["Cache-Control"]


def test_other_pages_still_refuse_to_be_framed() -> None:
    tenant = make.tenant()

    answer = settings_client(tenant).get(f"/t/{tenant.slug}/settings/panels/")

    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


def test_panel_of_a_key_that_may_not_see_persons_is_masked() -> None:
    tenant = make.tenant()
    customer = person(of=tenant, email="maya@example.com", number="C-1")
    fact(customer, text="Maya wrote this")
    make.load(make.record(2, customer="C-1", comment="Words of Maya"), of=tenant)

    answer = Client().get(
        link(served.panel(of=tenant), customer, rights=[Right.SEE_CUSTOMERS, Right.COMMENT])
    )

    page = answer.content.decode()
    assert [piece for piece in ("Maya", "C-1", "maya@", "Words of") if piece in page] == []
    assert "M. L." in page


def test_panel_turns_its_pages() -> None:
    tenant = make.tenant()
    customer = person(of=tenant)
    served.facts(customer, 25)
    url = link(served.panel(of=tenant), customer)
    first = Client().get(url).content.decode()
    older = first.partition('<a class="btn btn-small" href="')[2].partition('"')[0]

    second = Client().get(url + older).content.decode()

    shown = [page.count('<li class="timeline-entry') for page in (first, second)]
    assert shown == [20, 5]


def test_a_link_that_has_run_out_says_so_to_the_frame() -> None:
    tenant = make.tenant()
    url = link(served.panel(of=tenant), person(of=tenant), hours=-0.1)

    answer = Client().get(url)

    assert answer.status_code == 410
    assert "has run out" in answer.content.decode()
    assert f"frame-ancestors {ZENDESK}" in answer["Content-Security-Policy"]


def test_links_of_a_revoked_panel_show_nothing() -> None:
    tenant = make.tenant()
    panel = served.panel(of=tenant)
    url = link(panel, person(of=tenant))

    settings_client(tenant).post(f"/t/{tenant.slug}/settings/panels/{panel.pk}/revoke/")

    assert Client().get(url).status_code == 404


def test_links_for_an_address_that_the_panel_has_lost_show_nothing() -> None:
    tenant = make.tenant()
    panel = served.panel(of=tenant)
    url = link(panel, person(of=tenant))
    with tenant_bound(tenant.pk):
        Panel.objects.for_tenant(tenant).update(origins=["https://other.example"])

    assert Client().get(url).status_code == 404


def test_a_customer_of_another_tenant_is_not_shown_by_a_signed_link() -> None:
    url = link(served.panel(of=make.tenant()), person(of=make.tenant()))

    assert Client().get(url).status_code == 404


@pytest.mark.parametrize("change", ["x", "", "eyJ0IjoxfQ:abc"])
def test_a_forged_token_is_nothing(change: str) -> None:
    tenant = make.tenant()
    url = link(served.panel(of=tenant), person(of=tenant))
    token = url.removeprefix("/panel/")

    assert read_token(token) is not None
    assert read_token(change and token[:-1] + change if change == "x" else change) is None
    assert Client().get(f"/panel/{token[:-2]}").status_code == 404


def test_looking_is_noted_with_panel_and_agent() -> None:
    tenant = make.tenant()
    customer, panel = person(of=tenant), served.panel(of=tenant)
    url = link(panel, customer)
    Client().get(url)
    Client().get(url)

    with tenant_bound(tenant.pk):
        [entry] = AuditEntry.objects.for_tenant(tenant).filter(action="customer-opened")
        used = Panel.objects.for_tenant(tenant).get().last_used_at
    assert entry.changes == {"panel": "Zendesk", "agent": "Jo"}
    assert (entry.object_id, used) == (customer.pk, make.NOW)


# Asking for links


def test_a_key_gets_a_link_by_any_identifier() -> None:
    tenant = make.tenant()
    customer = person(of=tenant, email="maya@example.com", phone="+4915112345678", number="C-1")
    panel = served.panel(of=tenant)
    _, text = make.api_key(of=tenant)
    ways = [
        {"email": " MAYA@example.com"},
        {"phone": "0049 151 1234-5678"},
        {"external_id": "C-1"},
        {"external_id": "C-1", "namespace": "crm"},
        {"customer": str(customer.pk)},
    ]

    answers = [ask(text, {"panel": str(panel.pk), **way}) for way in ways]

    assert [answer.status_code for answer in answers] == [201] * len(ways)
    body = answers[0].json()
    assert body["origin"] == ZENDESK
    assert body["expires_at"] == "2026-11-20T13:00:00Z"
    assert Client().get(body["url"]).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({}, None, id="nobody"),
        pytest.param({"email": "maya@example.com", "phone": "1"}, None, id="two-ways"),
        pytest.param({"email": "maya@example.com", "expires_in": 299}, "expires_in", id="short"),
        pytest.param({"email": "maya@example.com", "expires_in": 43201}, "expires_in", id="long"),
        pytest.param(
            {"email": "maya@example.com", "origin": "https://evil.example"}, "origin", id="origin"
        ),
        pytest.param({"email": "maya@example.com", "color": "red"}, "color", id="unknown"),
        pytest.param({"customer": "x"}, "customer", id="no-id"),
    ],
)
def test_a_wrong_request_for_a_link_names_the_field(body: dict[str, Any], field: str) -> None:
    tenant = make.tenant()
    person(of=tenant, email="maya@example.com")
    _, text = make.api_key(of=tenant)

    answer = ask(text, {"panel": str(served.panel(of=tenant).pk), **body})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_a_panel_with_several_addresses_wants_one_named() -> None:
    tenant = make.tenant()
    person(of=tenant, email="maya@example.com")
    panel = served.panel(of=tenant, origins=(ZENDESK, "https://acme.freshdesk.com"))
    _, text = make.api_key(of=tenant)
    body = {"panel": str(panel.pk), "email": "maya@example.com"}

    answers = [ask(text, body), ask(text, body | {"origin": "https://acme.freshdesk.com"})]

    assert [answer.status_code for answer in answers] == [422, 201]


def test_foreign_missing_and_forbidden_get_no_link() -> None:
    tenant, other = make.tenant(), make.tenant()
    person(of=other, email="maya@example.com")
    panel = served.panel(of=tenant)
    _, text = make.api_key(of=tenant)
    _, weak = make.api_key(of=tenant, rights=[Right.SEE_FIGURES])
    body = {"panel": str(panel.pk), "email": "maya@example.com"}

    answers = [
        ask(text, body),
        ask(text, {"panel": str(served.panel(of=other).pk), "email": "maya@example.com"}),
        ask(weak, body),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 403]
    assert answers[0].json() == answers[1].json()


# The page about panels


def test_an_admin_adds_a_helpdesk() -> None:
    tenant = make.tenant()
    client, url = settings_client(tenant), f"/t/{tenant.slug}/settings/panels/"

    answer = client.post(
        f"{url}new/", {"title": "Desk", "origins": "https://a.example/\n\nHTTPS://B.example"}
    )

    with tenant_bound(tenant.pk):
        panel = Panel.objects.for_tenant(tenant).get()
    assert (answer.status_code, panel.title) == (302, "Desk")
    assert panel.origins == ["https://a.example", "https://b.example"]
    assert str(panel.pk) in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("origins", "words"),
    [
        ("http://a.example", "is no address of a helpdesk"),
        ("\n \n", "This field is required"),
        ("\n".join(f"https://a{n}.example" for n in range(21)), "at most 20 addresses"),
    ],
)
def test_a_wrong_address_is_said_and_nothing_is_lost(origins: str, words: str) -> None:
    tenant = make.tenant()
    url = f"/t/{tenant.slug}/settings/panels/new/"

    answer = settings_client(tenant).post(url, {"title": "Desk", "origins": origins})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="Desk"' in page


def test_panels_are_for_those_who_manage_keys() -> None:
    tenant, other = make.tenant(), make.tenant()
    url, panel = f"/t/{tenant.slug}/settings/panels/", served.panel(of=other)
    agent, admin = settings_client(tenant, Role.AGENT), settings_client(tenant)

    refused = [
        agent.get(url).status_code,
        agent.post(f"{url}new/", {"title": "x", "origins": ZENDESK}).status_code,
        admin.post(f"{url}{panel.pk}/revoke/").status_code,
    ]

    assert refused == [404, 404, 404]


def test_panels_by_the_api() -> None:
    tenant = make.tenant()
    _, text = make.api_key(of=tenant)
    headers = {"Authorization": f"Bearer {text}"}
    client, kind = Client(), "application/json"
    body = {"title": "Desk", "origins": [ZENDESK]}

    made = client.post("/api/v1/panels/", body, content_type=kind, headers=headers).json()
    url = f"/api/v1/panels/{made['id']}/revoke/"
    revoked = client.post(url, {}, content_type=kind, headers=headers).json()
    listed = client.get("/api/v1/panels/", headers=headers).json()["results"]
    wrong = client.post(
        "/api/v1/panels/", body | {"origins": ["*"]}, content_type=kind, headers=headers
    )

    assert made["origins"] == [ZENDESK]
    assert [one["revoked_at"] for one in listed] == [revoked["revoked_at"]]
    assert revoked["revoked_at"] == "2026-11-20T12:00:00Z"
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "origins")


def test_a_revoked_panel_gives_out_no_links() -> None:
    tenant = make.tenant()
    person(of=tenant, email="maya@example.com")
    panel = served.panel(of=tenant)
    with tenant_bound(tenant.pk):
        Panel.objects.for_tenant(tenant).update(revoked_at=make.NOW)
    _, text = make.api_key(of=tenant)

    answer = ask(text, {"panel": str(panel.pk), "email": "maya@example.com"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "panel"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_panels_asks_the_same_however_long(
    rows: int, django_assert_num_queries: Any
) -> None:
    tenant = make.tenant()
    for _ in range(rows):
        served.panel(of=tenant)
    client = settings_client(tenant)

    with django_assert_num_queries(10):
        client.get(f"/t/{tenant.slug}/settings/panels/")
