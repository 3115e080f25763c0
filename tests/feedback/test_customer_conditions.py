"""Rules of surveys that look at what is known of whoever was asked by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.customers.models import AttributeDef, Customer
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.loading_events import load_events
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.models import Survey
from feedback.rules.survey_checks import checked
from feedback.services.embedding import note_shown
from feedback.services.surveys_making import publish_survey
from tests import make
from tests.feedback.asking import NPS, asked, nps, question, when
from tests.feedback.drafting import add_question, survey_of
from tests.feedback.elsewhere import invited
from tests.feedback.nameless import address
from tests.feedback.ways import way

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Iterator[Membership]:
    manager = make.member(of=make.tenant(), role=Role.MANAGER)
    with tenant_bound(manager.tenant_id):
        for key, sort, personal in (
            ("plan", "choice", "none"),
            ("orders", "number", "personal"),
            ("health", "text", "special"),
        ):
            AttributeDef.objects.create(
                tenant=manager.tenant, key=key, title=key.title(), type=sort, personal=personal
            )
        yield manager


def asks(member: Membership, **show: Any) -> Survey:
    """Publish a survey whose second question is shown when *show* holds."""
    made = survey_of(member)
    add_question(made, "nps", "nps", by=member, metric="nps")
    add_question(made, "extra", "short_text", by=member, title="For some alone", show=show)
    add_question(made, "why", "long_text", by=member, title="Why?")
    publish_survey(survey=made, by=member, now=make.NOW)
    return Survey.objects.for_tenant(member.tenant).select_related("tenant").get(pk=made.pk)


def known(member: Membership, number: str, **traits: Any) -> Customer:
    record = EventRecord(
        Call.IDENTIFY,
        0,
        f"k-{number}",
        make.NOW,
        refs=(Ref("external", "", number),),
        traits=traits,
    )
    done = load_events(tenant=member.tenant, source="crm", records=[record], now=make.NOW)
    return Customer.objects.for_tenant(member.tenant).get(pk=done.customers[0])


def next_page(survey: Survey, token: str) -> str:
    """Answer the first question; give what the way leads to."""
    told = {"pass": token, "at": "nps", "q.nps": "9"}
    return str(Client().post(address(survey), told)["Location"]).partition("?at=")[2]


def shown_to(survey: Survey, who: Customer) -> str:
    return note_shown(survey=survey, customer=who, language="en", now=make.NOW)


def test_a_question_is_shown_by_what_is_known_of_the_person(member: Membership) -> None:
    survey = asks(member, of="$customer.plan", op="=", value="pro")
    pro, plain = known(member, "A-1", plan="pro"), known(member, "A-2", plan="basic")

    assert next_page(survey, shown_to(survey, pro)) == "extra"
    assert next_page(survey, shown_to(survey, plain)) == "why"
    assert next_page(survey, way(survey)) == "why"  # nobody knows them


@pytest.mark.parametrize(("orders", "goes_to"), [(3, "extra"), (2, "why")])
def test_numbers_are_compared_as_numbers(member: Membership, orders: int, goes_to: str) -> None:
    survey = asks(member, of="$customer.orders", op=">", value=2)
    who = known(member, "A-1", orders=orders)

    assert next_page(survey, shown_to(survey, who)) == goes_to


def test_who_was_joined_is_known_by_the_root(member: Membership) -> None:
    survey = asks(member, of="$customer.plan", op="answered")
    who, other = known(member, "A-1"), known(member, "A-2", plan="pro")
    Customer.objects.for_tenant(member.tenant).filter(pk=who.pk).update(root=other)

    assert next_page(survey, shown_to(survey, who)) == "extra"


def test_an_anonymous_survey_looks_at_nobody(member: Membership) -> None:
    survey = asks(member, of="$customer.plan", op="=", value="pro")
    Survey.objects.for_tenant(member.tenant).filter(pk=survey.pk).update(anonymity="anonymous")
    survey.refresh_from_db()
    invitation, token = invited(survey)
    root = Customer.objects.for_tenant(member.tenant).filter(pk=invitation.customer_id)
    root.update(attributes={"plan": "pro"})

    assert next_page(survey, token) == "why"


def test_whom_an_invitation_names_is_known_on_every_page(member: Membership) -> None:
    survey = asks(member, of="$customer.plan", op="=", value="pro")
    invitation, token = invited(survey)
    root = Customer.objects.for_tenant(member.tenant).filter(pk=invitation.customer_id)
    root.update(attributes={"plan": "pro"})

    assert next_page(survey, token) == "extra"
    assert "For some alone" in Client().get(f"{address(survey, token)}?at=extra").content.decode()


def test_a_survey_without_such_rules_asks_no_more_than_before(member: Membership) -> None:
    plain, ruled = (
        asks(member, of="nps", op="<", value=3),
        asks(member, of="$customer.plan", op="=", value="pro"),
    )
    who = known(member, "A-1", plan="pro")
    counts = []
    for survey in (plain, ruled):
        token = shown_to(survey, who)
        with CaptureQueriesContext(connection) as queries:
            next_page(survey, token)
        counts.append(sum("customers_customer" in one["sql"] for one in queries))

    assert counts[1] > counts[0]


def test_rules_about_customers_can_be_published_and_are_never_impossible() -> None:
    for rule in (
        when("$customer.orders", "<", 5),
        when("$customer.plan", "in", ["pro", "basic"]),
        when("$customer.plan", "unanswered"),
    ):
        found = checked(asked(nps(), question("why", show=rule)), {"nps": NPS})
        assert found == []


def test_the_builder_offers_what_is_known_and_not_what_is_specially_protected(
    client: Client, member: Membership
) -> None:
    client.force_login(member.user)
    made = survey_of(member)
    second: UUID = add_question(made, "why", "long_text", by=member)
    edit = reverse("feedback:survey-edit", args=[member.tenant.slug, made.pk])
    rule = reverse("feedback:question-rule", args=[member.tenant.slug, made.pk, second])

    page = client.get(f"{edit}?question={second}").content.decode()
    told = {"join": "all", "of": "$customer.orders", "op": ">=", "value": "3"}
    saved = client.post(rule, told)
    words = client.get(f"{edit}?question={second}").content.decode()

    assert "Customer: Plan" in page
    assert "Customer: Health" not in page
    assert saved.status_code == 302
    assert "“Customer: Orders” is at least 3" in words
