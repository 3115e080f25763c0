"""What followed on each touchpoint: counted once a customer, told, and opened."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from analytics.rules.churn import Inactivity, read_churn_rule
from analytics.rules.churn_onward import Next, Onward, onward_of, watched_days
from analytics.selectors.churn_onward import spans_onward
from analytics.services.churn_spans import rule_of
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make
from tests.analytics.churning import definition, did, result_of
from tests.analytics.page_reading import signed_in, text_of

if TYPE_CHECKING:
    from django.test import Client

    from analytics.models import ChurnDefinition
    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]


@pytest.fixture
def acme() -> Tenant:
    tenant = make.tenant()
    for key in ("bill", "app", "desk", "shop"):
        make.touchpoint(of=tenant, key=key, title=key.title())
    return tenant


def meet(who: str, place: str, day: int, of: Tenant) -> None:
    did(who, "met", day, of=of, touchpoint=place)


def story(of: Tenant) -> ChurnDefinition:
    """Twelve meet the bill: three leave, six go to the app, one to the desk, two stay."""
    for number in range(12):
        meet(f"c{number}", "bill", 70, of)
        meet(f"c{number}", "bill", 60, of)
    for number in range(3):
        did(f"c{number}", "cancelled", 50, of=of)
    for number in range(3, 9):
        meet(f"c{number}", "app", 40, of)
    meet("c9", "desk", 31, of)
    meet("c10", "desk", 29, of)  # too late to be what came next
    return definition("event", of=of, ends=["cancelled"])


def onward(made: ChurnDefinition) -> tuple[Onward, ...]:
    found = result_of(made).onward
    assert found
    return found.places


def test_each_customer_of_a_touchpoint_left_went_on_or_stayed(acme: Tenant) -> None:
    [bill] = onward(story(acme))

    assert (bill.title, bill.n, bill.left, bill.stayed, bill.went_on) == ("Bill", 12, 3, 2, 7)
    assert bill.next == (Next("App", 6),)  # one at the desk is too few to be named


def test_a_contact_that_is_the_end_by_the_rule_comes_last(acme: Tenant) -> None:
    made = story(acme)
    for number in range(10):
        meet(f"x{number}", "shop", 80, acme)
        did(f"x{number}", "cancelled", 60, of=acme, touchpoint="desk")
    did("x9", "met", 55, of=acme, touchpoint="app")

    shop, bill, desk = onward(made)

    assert (bill.title, bill.left, bill.ended) == ("Bill", 3, 0)
    assert (shop.title, shop.left, shop.ended) == ("Shop", 10, 0)
    assert (desk.title, desk.n, desk.left, desk.ended) == ("Desk", 11, 10, 10)
    with tenant_bound(acme.pk):
        behind = spans_onward(made, rule_of(made), UUID(desk.key), "left", make.NOW)
        assert behind.count() == desk.left


def test_contacts_that_could_not_be_watched_long_enough_are_left_out(acme: Tenant) -> None:
    for number in range(10):
        meet(f"new{number}", "bill", 29, acme)
        meet(f"old{number}", "shop", 121, acme)
        meet(f"in{number}", "app", 119, acme)

    [app] = onward(definition("event", of=acme, ends=["cancelled"]))

    assert (app.title, app.n, app.stayed) == ("App", 10, 10)


def test_silence_is_watched_as_long_as_its_rule(acme: Tenant) -> None:
    for number in range(10):
        meet(f"c{number}", "bill", 100, acme)
    for number in range(4):
        meet(f"c{number}", "app", 30, acme)

    [bill] = onward(definition(of=acme, days=90))

    assert (bill.left, bill.went_on, bill.stayed) == (6, 4, 0)
    assert watched_days(Inactivity(90)) == 90
    assert watched_days(read_churn_rule("event", {"ends": ["cancelled"]})) == 30


def test_who_was_no_customer_then_is_not_counted(acme: Tenant) -> None:
    for number in range(12):
        did(f"c{number}", "signed", 70 if number < 3 else 90, of=acme)
        meet(f"c{number}", "bill", 80, acme)
    made = definition("event", of=acme, ends=["cancelled"], starts=["signed"])

    assert onward(made) == ()  # nine of them were: too few
    meet("c0", "bill", 60, acme)
    assert [one.n for one in onward(made)] == [10]


def test_lines_are_laid_out_by_who_leaves_most() -> None:
    found = onward_of(
        [
            ("a", "left", "", 1),
            ("a", "stayed", "", 9),
            ("b", "left", "", 4),
            ("b", "on", "a", 4),
            ("b", "on", "c", 5),
            ("c", "left", "", 9),
        ],
        {"a": "App", "b": "Bill"},
    )

    assert [(one.title, one.n) for one in found] == [("Bill", 13), ("App", 10)]
    assert found[0].next == (Next("c", 5),)


def test_numbers_open_their_customers(client: Client, acme: Tenant) -> None:
    made = story(acme)
    [bill] = onward(made)
    browser = signed_in(client, acme)
    with tenant_bound(acme.pk):
        listed = {
            fate: spans_onward(made, rule_of(made), UUID(bill.key), fate, make.NOW).count()
            for fate in ("all", "left", "on", "stayed")
        }

    address = f"/t/{acme.slug}/churn/"
    page = text_of(browser, address)
    left = text_of(
        browser, f"{address}definitions/{made.pk}/onward/?touchpoint={bill.key}&what=left"
    )

    assert listed == {"all": 12, "left": 3, "on": 7, "stayed": 2}
    assert "25.0% 8.9 to 53.2 17% 4.7 to 44.8 58% 32.0 to 80.7 App 86%" in page
    assert "Left after Bill" in left
    assert "3 customers" in left


@pytest.mark.parametrize("query", ["", "touchpoint=nothing&what=all", "touchpoint={}&what=won"])
def test_what_cannot_be_asked_is_not_found(client: Client, acme: Tenant, query: str) -> None:
    made = story(acme)
    [bill] = onward(made)
    address = f"/t/{acme.slug}/churn/definitions/{made.pk}/onward/?{query.format(bill.key)}"

    assert signed_in(client, acme).get(address).status_code == 404


def test_strangers_and_those_who_see_no_customers_do_not_open_them(
    client: Client, acme: Tenant
) -> None:
    made = story(acme)
    [bill] = onward(made)
    query = f"?touchpoint={bill.key}&what=left"
    path = f"churn/definitions/{made.pk}/onward/{query}"
    other = make.tenant()

    guest = make.member(of=acme, role=Role.GUEST)
    client.force_login(guest.user)
    assert client.get(f"/t/{acme.slug}/{path}").status_code in {403, 404}
    assert signed_in(client, other).get(f"/t/{other.slug}/{path}").status_code == 404
    missing = path.replace(bill.key, str(new_id()))
    assert signed_in(client, acme).get(f"/t/{acme.slug}/{missing}").status_code == 404
