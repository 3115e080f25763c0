"""What somebody says of themselves in a survey: taken up with their consent, and never forged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cxm.customers.models import Consent, Customer, Identity, Interaction, MergeProposal
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.loading_events import load_events
from feedback.models import Response, Survey
from feedback.rules.survey_words import Anonymity
from feedback.services.embedding import note_shown
from feedback.services.surveys_making import publish_survey
from tests import make
from tests.feedback.drafting import add_question, survey_of
from tests.feedback.nameless import address, answer_all, nameless_survey
from tests.feedback.ways import way

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
SAID = {"name": "Ana Sá", "mail": "Ana@Example.com ", "call": "+351 912 345 678"}


@pytest.fixture
def survey(member: Membership) -> Survey:
    made = survey_of(member)
    for key, sort, more in (
        ("name", "name", {}),
        ("mail", "email", {}),
        ("call", "phone", {}),
        ("reach", "consent", {"title": "May we write to you about this?"}),
        ("news", "consent", {"title": "Send me news", "purpose": "newsletter"}),
    ):
        add_question(made, key, sort, by=member, **more)
    publish_survey(survey=made, by=member, now=make.NOW)
    return Survey.objects.for_tenant(member.tenant).select_related("tenant").get(pk=made.pk)


def customer(member: Membership, number: str, **traits: Any) -> Customer:
    """A customer known by a number, and by an address where *traits* have one."""
    refs = [Ref("external", "", number)]
    refs += [Ref.folded(kind, traits[kind]) for kind in ("email", "phone") if kind in traits]
    record = EventRecord(
        Call.IDENTIFY, 0, f"known-{number}", make.NOW, refs=tuple(refs), traits=traits
    )
    done = load_events(tenant=member.tenant, source="crm", records=[record], now=make.NOW)
    return Customer.objects.for_tenant(member.tenant).get(pk=done.customers[0])


def answer(survey: Survey, token: str = "", **answers: str) -> None:
    """Send all pages; what is not given is left empty."""
    token = token or way(survey)
    for key in ("name", "mail", "call", "reach", "news"):
        told = {"pass": token, "at": key}
        if key in answers:
            told[f"q.{key}"] = answers[key]
        assert Client().post(address(survey), told).status_code == 303


def consents(survey: Survey) -> list[tuple[str, str]]:
    rows = Consent.objects.for_tenant(survey.tenant_id).order_by("at", "purpose", "pk")
    return list(rows.values_list("purpose", "state"))


def test_with_consent_somebody_new_becomes_a_customer(survey: Survey, member: Membership) -> None:
    answer(survey, **SAID, reach="yes")

    [response] = Response.objects.for_tenant(survey.tenant_id)
    [who] = Customer.objects.for_tenant(survey.tenant_id)
    assert response.customer_id == who.pk
    assert Interaction.objects.for_tenant(survey.tenant_id).get().customer_id == who.pk
    assert (who.display_name, who.email) == ("Ana Sá", "Ana@Example.com")
    rows = Identity.objects.for_tenant(survey.tenant_id).order_by("kind")
    assert [(one.value, one.is_verified) for one in rows] == [
        ("ana@example.com", False),
        ("+351912345678", False),
    ]
    [consent] = Consent.objects.for_tenant(survey.tenant_id)
    assert (consent.purpose, consent.state, consent.customer_id) == ("contact", "given", who.pk)
    assert consent.proof == f"{survey.title}, version 1: May we write to you about this?"

    client = Client()
    client.force_login(member.user)
    page = client.get(reverse("customers:customer-page", args=[survey.tenant.slug, who.pk]))
    assert "Agreed to" in page.content.decode()


def test_without_consent_nothing_leaves_the_answer(survey: Survey) -> None:
    answer(survey, **SAID, reach="no")

    assert not Customer.objects.for_tenant(survey.tenant_id).exists()
    assert not Consent.objects.for_tenant(survey.tenant_id).exists()
    [response] = Response.objects.for_tenant(survey.tenant_id)
    assert response.answers["mail"] == "Ana@Example.com"


def test_who_types_the_address_of_somebody_else_is_not_taken_for_them(
    survey: Survey, member: Membership
) -> None:
    known = customer(member, "A-1", email="ana@example.com", name="Ana")

    answer(survey, name="Mallory", mail="ANA@example.com", reach="yes")

    [response] = Response.objects.for_tenant(survey.tenant_id)
    assert response.customer_id is None
    assert consents(survey) == []
    known.refresh_from_db()
    assert known.display_name == "Ana"
    assert Customer.objects.for_tenant(survey.tenant_id).count() == 1


def test_of_whom_we_asked_only_what_is_new_is_taken_up(survey: Survey, member: Membership) -> None:
    ben = customer(member, "B-2", email="ben@example.com", name="Ben")
    token = note_shown(survey=survey, customer=ben, language="en", now=make.NOW)

    answer(survey, token, **SAID, reach="yes", news="yes")

    ben.refresh_from_db()
    assert (ben.display_name, ben.email) == ("Ben", "ben@example.com")
    assert ben.phone == "+351 912 345 678"
    values = Identity.objects.for_tenant(survey.tenant_id).filter(customer=ben)
    assert set(values.values_list("value", flat=True)) == {
        "B-2",
        "ben@example.com",
        "ana@example.com",
        "+351912345678",
    }
    assert consents(survey) == [("contact", "given"), ("newsletter", "given")]


def test_an_address_of_somebody_else_is_left_to_people_to_decide(
    survey: Survey, member: Membership
) -> None:
    ana = customer(member, "A-1", email="ana@example.com")
    ben = customer(member, "B-2")
    token = note_shown(survey=survey, customer=ben, language="en", now=make.NOW)

    answer(survey, token, mail="ana@example.com", name="Ben", reach="yes")

    [email] = Identity.objects.for_tenant(survey.tenant_id).filter(kind="email")
    assert email.customer_id == ana.pk
    assert MergeProposal.objects.for_tenant(survey.tenant_id).count() == 1
    ben.refresh_from_db()
    assert ben.root_id == ben.pk


def test_what_is_taken_back_while_answers_can_be_changed_is_written_down(
    survey: Survey, member: Membership
) -> None:
    ben = customer(member, "B-2")
    with time_machine.travel(make.NOW, tick=False) as clock:
        token = note_shown(survey=survey, customer=ben, language="en", now=make.NOW)
        answer(survey, token, reach="yes", news="yes")
        clock.shift(timedelta(hours=1))
        answer(survey, token, reach="yes", news="yes")
        clock.shift(timedelta(hours=1))
        answer(survey, token, reach="yes", news="no")

    assert consents(survey) == [
        ("contact", "given"),
        ("newsletter", "given"),
        ("newsletter", "withdrawn"),
    ]


def test_an_anonymous_survey_takes_up_nobody(member: Membership) -> None:
    survey = nameless_survey(member)

    answer_all(survey, 1)

    assert survey.anonymity == Anonymity.ANONYMOUS
    assert not Customer.objects.for_tenant(survey.tenant_id).exists()


def test_a_desk_that_many_use_stands_for_nobody(survey: Survey) -> None:
    answer(survey, mail="info@example.com", reach="yes")

    assert not Customer.objects.for_tenant(survey.tenant_id).exists()
