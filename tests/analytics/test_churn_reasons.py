"""Why customers left, as the event that ended it says: counted, shown, opened to its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from analytics.models import ChurnDefinition, ChurnDefinitionVersion
from analytics.rules.churn import ChurnRuleError, read_churn_rule
from analytics.rules.churn_shapes import MOST_REASONS
from cxm.customers.models import Customer
from cxm.customers.services.joining import merge_customers
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from tests import make
from tests.analytics.churning import definition, did, result_of
from tests.analytics.page_reading import opened, words_of

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
RULE = {"ends": ["cancelled"], "reason": "why"}


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


def left(who: str, why: object, *, of: Tenant, day: int = 20) -> None:
    """Let *who* have come 90 days ago and cancelled on *day*, for *why*."""
    did(who, "signed up", 90, of=of)
    did(who, "cancelled", day, of=of, props={} if why is None else {"why": why})


def by_event(of: Tenant, **more: Any) -> ChurnDefinition:
    return definition("event", of=of, **{**RULE, **more})


def told(made: ChurnDefinition) -> list[tuple[str, int]]:
    reasons = result_of(made).reasons
    assert reasons is not None
    return [(one.title, one.n) for one in reasons.told]


def get(member: Membership, name: str, *args: object, **query: str) -> str:
    answer = opened(member, name, *args, **query)
    assert answer.status_code == 200
    return words_of(answer)


def test_reasons_of_events_are_counted_with_unknown_first(acme: Tenant) -> None:
    left("ana", "Price", of=acme)
    left("ben", "  Price ", of=acme)
    left("cem", None, of=acme)
    left("dee", "Moved\n  away", of=acme)
    left("eva", {"code": 7}, of=acme)
    left("fay", 12, of=acme)
    did("gus", "signed up", 90, of=acme)

    assert told(by_event(acme)) == [("", 2), ("Price", 2), ("12", 1), ("Moved away", 1)]


def test_a_long_reason_is_cut_and_says_so_by_its_length(acme: Tenant) -> None:
    left("ana", "x" * 119 + " y", of=acme)
    left("ben", "x" * 500, of=acme)

    assert sorted(told(by_event(acme))) == [("x" * 119, 1), ("x" * 120, 1)]


def test_each_time_has_the_reason_of_its_own_end(acme: Tenant) -> None:
    left("ana", "Price", of=acme, day=60)
    did("ana", "signed up", 40, of=acme)
    did("ana", "cancelled", 10, of=acme, props={"why": "Outages"})

    assert told(by_event(acme, starts=["signed up"])) == [("Outages", 1), ("Price", 1)]


def test_late_and_joined_facts_move_the_reason(acme: Tenant) -> None:
    left("ana", "Price", of=acme, day=20)
    left("ben", "Outages", of=acme, day=10)
    made = by_event(acme, grace_days=30)
    before = told(made)

    # Both were one person all the time: the first end is the one that counts.
    ann = make.member(of=acme)
    with tenant_bound(acme.pk):
        ana, ben = Customer.objects.for_tenant(acme).order_by("pk")
        merge_customers(survivor=ana, absorbed=ben, by=ann, now=make.NOW, is_confirmed=True)

    assert before == [("Outages", 1), ("Price", 1)]
    assert told(made) == [("Price", 1)]


def test_silence_and_events_without_a_property_name_no_reason(acme: Tenant) -> None:
    left("ana", "Price", of=acme)

    assert result_of(by_event(acme, reason="")).reasons is None
    assert result_of(definition(of=acme, title="Silent")).reasons is None


def test_many_reasons_are_told_one_by_one_up_to_a_number(acme: Tenant) -> None:
    for place in range(MOST_REASONS + 2):
        left(f"c{place}", f"Reason {place:02}", of=acme)
    left("again", "Reason 41", of=acme)
    left("nobody", None, of=acme)
    ann, made = make.member(of=acme, role=Role.MANAGER), by_event(acme)

    reasons = result_of(made).reasons
    assert reasons is not None
    assert (len(reasons.told), reasons.others, reasons.other_kinds) == (MOST_REASONS + 1, 2, 2)
    assert [one.title for one in reasons.told[:2]] == ["", "Reason 41"]
    assert reasons.ends == MOST_REASONS + 4
    page = get(ann, "churn")
    rows = get(ann, "churn-customers", made.pk, what="left", others="1")
    assert "2 other reasons, each given less often" in page
    assert "What “why” of the event that ended it says, of 44 times that a customer left." in page
    assert "2 times; reason: one of those that were given less often" in rows
    assert "Reason 39" in rows
    assert "Reason 40" in rows


def test_a_reason_opens_those_who_left_for_it(acme: Tenant) -> None:
    left("ana", "Price & more", of=acme)
    left("ben", None, of=acme)
    ann, made = make.member(of=acme, role=Role.MANAGER), by_event(acme)
    result_of(made)

    priced = get(ann, "churn-customers", made.pk, what="left", reason="Price & more")
    unknown = get(ann, "churn-customers", made.pk, what="left", reason="")

    assert "1 time; reason: Price &amp; more" in priced
    assert "1 time; reason: unknown" in unknown


def test_the_form_keeps_the_property_and_a_rule_without_one_stays_its_version(
    acme: Tenant,
) -> None:
    ann = make.member(of=acme, role=Role.MANAGER)
    client = Client()
    client.force_login(ann.user)
    made = by_event(acme, reason="")
    address = reverse("analytics:churn-definition-edit", args=[acme.slug, made.pk])
    typed = {"title": "Renamed", "ends": ["cancelled"], "ends_others": "", "grace_days": "0"}

    renamed = client.post(address, {**typed, "reason": " "})
    chosen = client.post(address, {**typed, "reason": " why "})

    assert (renamed.status_code, chosen.status_code) == (302, 302)
    with tenant_bound(acme.pk):
        versions = ChurnDefinitionVersion.objects.for_tenant(acme).order_by("number")
        assert [one.config.get("reason") for one in versions] == [None, "why"]
    assert 'value="why"' in client.get(address).content.decode()


@pytest.mark.parametrize("reason", [7, ["why"], "x" * 101, "a\0b"])
def test_what_is_no_name_of_a_property_is_refused_at_its_field(reason: object) -> None:
    with pytest.raises(ChurnRuleError) as refused:
        read_churn_rule("event", {**RULE, "reason": reason})

    assert refused.value.field == "reason"


def test_what_a_few_gave_is_not_told_to_those_who_see_no_customers(acme: Tenant) -> None:
    """A property can hold what points at one person, and any event can be chosen as the end."""
    for place in range(5):
        left(f"many {place}", "Price", of=acme)
    left("one", "jo@example.com", of=acme)
    left("nobody", None, of=acme)
    manager = make.member(of=acme, role=Role.MANAGER)
    viewer, made = make.member(of=acme, role=Role.VIEWER), by_event(acme)
    result_of(made)
    address = f"/api/v1/churn-definitions/{made.key}/"
    told = {}
    for right in (Right.SEE_FIGURES, Right.SEE_CUSTOMERS):
        _, secret = make.api_key(of=acme, rights=(Right.SEE_FIGURES, right))
        answer = Client().get(address, headers={"Authorization": f"Bearer {secret}"}).json()
        told[right] = answer["result"]["reasons"]

    assert "jo@example.com" in get(manager, "churn")
    page = get(viewer, "churn")
    assert "jo@example.com" not in page
    assert "Price" in page
    assert told[Right.SEE_FIGURES] == {
        "told": [{"title": "", "n": 1}, {"title": "Price", "n": 5}],
        "others": 1,
        "other_kinds": 1,
    }
    assert {"title": "jo@example.com", "n": 1} in told[Right.SEE_CUSTOMERS]["told"]


def test_others_of_a_rule_without_reasons_are_not_found(acme: Tenant) -> None:
    left("ana", "Price", of=acme)
    ann, made = make.member(of=acme, role=Role.MANAGER), definition(of=acme, title="Silent")
    result_of(made)
    client = Client()
    client.force_login(ann.user)
    address = reverse("analytics:churn-customers", args=[acme.slug, made.pk])

    assert client.get(address, {"what": "left", "others": "1"}).status_code == 404
