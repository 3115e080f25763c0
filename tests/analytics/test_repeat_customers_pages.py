"""The pages of repeat customers, the line on the agent's page, the JSON API, and who sees what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analytics.models import PurchaseDefinitionVersion, RepeatCustomer
from analytics.selectors.purchase_rule import purchase_definition
from analytics.services.purchase_definitions import FIT
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from cxm.work.engine import drain
from cxm.work.models import Job
from tests import make
from tests.analytics.purchasing import bought, cohort, defined, fitted

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
API = "/api/v1/repeat-purchases/"
HOME = "repeat-customers/"
FORM = {
    "names": ["bought"],
    "amount_in": "own",
    "horizon_months": "12",
    "discount_percent": "1",
    "margin_percent": "40",
}


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


@pytest.fixture
def ann(acme: Tenant) -> Membership:
    return make.member(of=acme, role=Role.MANAGER)


@pytest.fixture
def fitting(acme: Tenant) -> Tenant:
    bought(cohort(300), of=acme)
    defined(acme)
    fitted(acme)
    return acme


def got(member: Membership, path: str = HOME) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.get(f"/t/{member.tenant.slug}/{path}")


def text(member: Membership, path: str = HOME) -> str:
    return " ".join(got(member, path).content.decode().split())


def posted(member: Membership, path: str, **data: object) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.post(f"/t/{member.tenant.slug}/{path}", data)


def call(tenant: Tenant, method: str, path: str = API, body: object = None, **more: Any) -> Any:
    _, secret = make.api_key(of=tenant, rights=more.get("rights", tuple(Right)))
    sent = {} if method == "get" else {"data": body or {}, "content_type": "application/json"}
    headers = {"Authorization": f"Bearer {secret}"}
    return getattr(Client(), method)(path, headers=headers, **sent)


def somebody(tenant: Tenant, **where: object) -> RepeatCustomer:
    with tenant_bound(tenant.pk):
        found = RepeatCustomer.objects.for_tenant(tenant).filter(**where).order_by("pk").first()
    assert found is not None
    return found


def test_settings_are_saved_counted_and_shown(ann: Membership) -> None:
    bought(cohort(300), of=ann.tenant)

    empty = text(ann)
    saved = posted(ann, f"{HOME}settings/", **FORM)
    waiting = text(ann)
    drain(ann.tenant_id)
    shown = text(ann)

    assert "What is a purchase?" in empty
    assert saved.status_code == 302
    assert "Being counted" in waiting
    assert "Repeat purchase rate" in shown
    assert "300 customers, between" in shown
    assert "Was the model right before?" in shown
    assert "40% of their amounts" in shown


def test_the_form_shows_what_is_in_force_and_changes_it(ann: Membership) -> None:
    defined(ann.tenant, amount="props.order.total", horizon_months=6)

    shown = text(ann, f"{HOME}settings/")
    changed = posted(ann, f"{HOME}settings/", **{**FORM, "names": [], "names_others": "paid\nsold"})

    assert 'value="order.total"' in shown
    assert 'value="6"' in shown
    assert changed.status_code == 302
    with tenant_bound(ann.tenant_id):
        newest = PurchaseDefinitionVersion.objects.for_tenant(ann.tenant).get(number=2)
    assert newest.config["names"] == ["paid", "sold"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"names": []}, "Choose at least one event"),
        ({"amount_in": "inside"}, "Write the name of the property"),
        ({"amount_in": "inside", "amount_path": "a b"}, "without spaces"),
        ({"horizon_months": "0"}, "greater than or equal to 1"),
        ({"discount_percent": "nan"}, "Enter a number"),
    ],
)
def test_wrong_settings_are_refused_at_their_field(
    ann: Membership, wrong: dict[str, object], words: str
) -> None:
    bought({"ana": [(9, "10")]}, of=ann.tenant)

    answer = posted(ann, f"{HOME}settings/", **{**FORM, **wrong})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    with tenant_bound(ann.tenant_id):
        assert purchase_definition(ann.tenant) is None


def test_a_refused_model_says_why_and_still_counts(ann: Membership) -> None:
    bought({"ana": [(30, "10"), (20, "5")], "ben": [(9, "1")]}, of=ann.tenant)
    defined(ann.tenant)
    fitted(ann.tenant)

    page, listed = text(ann), text(ann, f"{HOME}customers/?sort=repeats")

    assert "Nothing is told of the future." in page
    assert "1 of 2 customers bought again" in page
    assert "Who probably still is a customer" not in page
    assert "2 customers" in listed
    assert "no repeat purchase yet" in listed


def test_nobody_bought_is_no_error(ann: Membership) -> None:
    defined(ann.tenant, names=["never"])
    fitted(ann.tenant)

    assert "Nobody bought yet" in text(ann)
    assert "Nobody" in text(ann, f"{HOME}customers/")


def test_the_list_is_sorted_filtered_and_opens_the_customer(
    ann: Membership, fitting: Tenant
) -> None:
    with tenant_bound(fitting.pk):
        best = RepeatCustomer.objects.for_tenant(fitting).order_by("-value").first()
    assert best is not None

    first = text(ann, f"{HOME}customers/")
    once = text(ann, f"{HOME}customers/?again=0")
    tenth = text(ann, f"{HOME}customers/?tenth=9")

    [top, *_] = re.findall(r'<th scope="row" class="name"><a href="([^"]+)"', first)
    assert top == f"/t/{fitting.slug}/customers/{best.customer_id}/"
    assert "?sort=value&amp;order=up" in first
    assert "Customers who bought once" in once
    assert "Still customers with 90 to 100%" in tenth
    assert got(ann, f"{HOME}customers/?tenth=10").status_code == 404
    assert got(ann, f"{HOME}customers/?sort=hunch").status_code == 200


def test_the_list_has_as_many_queries_for_three_as_for_one(ann: Membership) -> None:
    counts = []
    for people in ({"ana": [(9, None)]}, {"ben": [(8, None)], "cid": [(7, None)]}):
        bought(people, of=ann.tenant)
        defined(ann.tenant)
        fitted(ann.tenant)
        with CaptureQueriesContext(connection) as queries:
            got(ann, f"{HOME}customers/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_names_are_hidden_from_those_who_may_not_see_persons(fitting: Tenant) -> None:
    analyst = make.member(of=fitting, role=Role.ANALYST)

    listed = text(analyst, f"{HOME}customers/?sort=repeats")
    answer = call(fitting, "get", "/api/v1/repeat-customers/", rights=(Right.SEE_CUSTOMERS,)).json()

    assert "buyer-" not in listed
    assert "Customer " in listed
    assert all(one["name"].startswith("Customer ") for one in answer["results"])


def test_who_may_not_open_customers_sees_numbers_without_links(fitting: Tenant) -> None:
    viewer = make.member(of=fitting, role=Role.VIEWER)

    page = text(viewer)

    assert "Repeat purchase rate" in page
    assert "repeat-customers/customers/" not in page
    assert got(viewer, f"{HOME}customers/").status_code == 404
    assert got(viewer, f"{HOME}settings/").status_code == 404
    assert posted(viewer, f"{HOME}settings/", **FORM).status_code == 404
    assert posted(viewer, f"{HOME}count/").status_code == 404


def test_strangers_find_nothing(fitting: Tenant) -> None:
    stranger = make.member(of=make.tenant(), role=Role.OWNER)
    client = Client()
    client.force_login(stranger.user)

    for path in ("", "customers/", "settings/"):
        assert client.get(f"/t/{fitting.slug}/{HOME}{path}").status_code == 404
    assert posted(stranger, f"{HOME}count/").status_code == 404
    assert got(stranger, f"{HOME}customers/").status_code == 404


def test_counting_again_is_one_job_at_a_time(ann: Membership, fitting: Tenant) -> None:
    drain(fitting.pk)
    before = jobs(fitting)

    first, second = posted(ann, f"{HOME}count/"), posted(ann, f"{HOME}count/")

    assert (first.status_code, second.status_code) == (302, 302)
    assert jobs(fitting) == before + 1


def jobs(tenant: Tenant) -> int:
    with tenant_bound(tenant.pk):
        return Job.objects.for_tenant(tenant).filter(kind=FIT).count()


def test_the_agents_page_says_whether_they_still_buy(ann: Membership, fitting: Tenant) -> None:
    again, once = somebody(fitting, repeats__gt=0), somebody(fitting, repeats=0)

    sure = text(ann, f"customers/{again.customer_id}/parts/")
    unsure = text(ann, f"customers/{once.customer_id}/parts/")

    assert "Probably still a customer:" in sure
    assert "by the BG/NBD model of repeat purchases as of 20 Nov 2026" in sure
    assert "No repeat purchase yet: bought once" in unsure


def test_without_a_trustworthy_model_the_agents_page_tells_counts(ann: Membership) -> None:
    bought({"ana": [(30, "10"), (20, "5")]}, of=ann.tenant)
    defined(ann.tenant)
    fitted(ann.tenant)

    shown = text(ann, f"customers/{somebody(ann.tenant).customer_id}/parts/")

    assert "Repeat customer: bought on 2 days, last on 31 Oct 2026." in shown
    assert "Probably" not in shown


def test_settings_and_results_over_the_api(acme: Tenant) -> None:
    bought(cohort(300), of=acme)

    missing = call(acme, "get")
    made = call(acme, "put", body={"names": ["bought"], "margin_percent": 50})
    drain(acme.pk)
    read = call(acme, "get").json()
    listed = call(acme, "get", "/api/v1/repeat-customers/?sort=alive&limit=2").json()
    following = Client().get(
        listed["next"], headers={"Authorization": f"Bearer {make.api_key(of=acme)[1]}"}
    )

    assert missing.status_code == 404
    assert (made.status_code, made.json()["result"]) == (200, None)
    assert (read["version"], read["rule"]["margin_percent"]) == (1, 50.0)
    assert read["repeat_purchase_rate"]["n"] == read["result"]["buyers"] == 300
    assert read["result"]["fit"]["customers"] == 300
    assert read["result"]["reason"] == ""
    first, second = listed["results"]
    assert first["alive"] >= second["alive"] > 0
    assert following.status_code == 200
    assert call(acme, "post", f"{API}count/").status_code == 204


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "names"),
        ({"names": ["a"], "amount": "total"}, "amount"),
        ({"names": ["a"], "margin_percent": 0}, "margin_percent"),
        ({"names": ["a"], "unit": "day"}, "unit"),
        ({"kinds": ["note"]}, "kinds"),
    ],
)
def test_the_api_names_what_is_wrong(acme: Tenant, body: dict[str, object], attr: str) -> None:
    answer = call(acme, "put", body=body)

    assert answer.status_code in {400, 422}
    assert attr in answer.content.decode()


def test_the_api_keeps_rights_and_tenants_apart(fitting: Tenant) -> None:
    other, seeing = make.tenant(), (Right.SEE_FIGURES,)

    assert call(other, "get").status_code == 404
    assert call(other, "get", "/api/v1/repeat-customers/").status_code == 404
    assert call(other, "post", f"{API}count/").status_code == 404
    assert call(fitting, "get", rights=seeing).status_code == 200
    assert call(fitting, "get", "/api/v1/repeat-customers/", rights=seeing).status_code == 403
    assert call(fitting, "put", body={"names": ["a"]}, rights=seeing).status_code == 403
