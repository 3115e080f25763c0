"""The page of drivers and its JSON: who sees it, what it says, and what is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from analytics.models import DriverRun
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from cxm.work.engine import drain
from cxm.work.models import Job
from feedback.adapters.records import RatingRecord, ResponseRecord
from tests import make
from tests.analytics.churning import definition
from tests.analytics.driving import ALL, crowd, told, worked_out

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
API = "/api/v1/drivers/"


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


@pytest.fixture
def ann(acme: Tenant) -> Membership:
    return make.member(of=acme, role=Role.MANAGER)


@pytest.fixture
def answered(acme: Tenant) -> Tenant:
    make.load(*crowd(), of=acme)
    return acme


def got(member: Membership, query: str = ALL) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.get(f"/t/{member.tenant.slug}/drivers/?{query}")


def sent(member: Membership, **fields: Any) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.post(f"/t/{member.tenant.slug}/drivers/compute/", fields)


def called(tenant: Tenant, method: str, query: str, rights: tuple[Right, ...] = ()) -> Any:
    _, secret = make.api_key(of=tenant, rights=rights or (Right.SEE_RESPONSES,))
    headers = {"Authorization": f"Bearer {secret}"}
    return getattr(Client(), method)(f"{API}?{query}", headers=headers)


def test_a_question_is_asked_worked_out_and_shown(answered: Tenant, ann: Membership) -> None:
    assert "Not worked out yet" in got(ann).text

    answer = sent(ann, outcome="nps", period="all")
    assert (answer.status_code, answer.headers["Location"].split("?")[1]) == (302, ALL)
    assert "Being worked out" in got(ann).text
    drain(answered.pk)

    shown = got(ann).text
    assert "Delivery goes with Net Promoter Score most" in shown
    assert "causes" not in shown
    assert "Share against present value" in shown
    assert shown.count("also with the others held still") == 2


def test_asking_twice_begins_once(answered: Tenant, ann: Membership) -> None:
    sent(ann, outcome="nps", period="all")
    sent(ann, outcome="nps", period="all")

    with tenant_bound(answered.pk):
        assert Job.objects.for_tenant(answered).count() == 1


def test_an_input_opens_its_answers(answered: Tenant, ann: Membership) -> None:
    worked_out(answered)
    client = Client()
    client.force_login(ann.user)
    found = re.search(r'href="([^"]*responses[^"]*touchpoint=delivery[^"]*)"', got(ann).text)
    assert found

    rows = client.get(found[1].replace("&amp;", "&"))

    n = sum(any(r.touchpoint == "delivery" for r in one.ratings) for one in crowd())
    assert rows.status_code == 200
    assert f"{n} answers" in rows.text


def test_what_goes_with_nothing_is_said_to_be_chance(acme: Tenant, ann: Membership) -> None:
    people = crowd(150)
    lot = [record.ratings[-1].value for record in reversed(people)]
    answers = [
        told(f"c-{n}", value, {r.touchpoint or "": r.value for r in record.ratings[:-1]})
        for n, (record, value) in enumerate(zip(people, lot, strict=True))
    ]
    make.load(*answers, of=acme)
    worked_out(acme)

    shown = got(ann).text

    assert "by more than chance explains" in shown
    assert "badge is-good" not in shown


def test_a_refusal_says_how_many_more(acme: Tenant, ann: Membership) -> None:
    make.load(*crowd(40), of=acme)
    worked_out(acme)

    assert "100 are needed, 60 more" in got(ann).text


def test_leaving_is_offered_where_it_is_defined(acme: Tenant, ann: Membership) -> None:
    churn = definition(of=acme, title="Silent")

    shown = got(ann, f"outcome=churn:{churn.key}&within=30").text

    assert "leaving within 30 days (Silent)" in shown
    assert 'name="at"' not in shown
    assert f'<option value="churn:{churn.key}" selected>' in shown


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("outcome=nothing", "There is no outcome"),
        ("outcome=churn:nothing", "There is no outcome"),
        ("at=nowhere", "There is no touchpoint"),
        ("at=%00&outcome=%00&within=%00", "There is no outcome"),
        ("touchpoint=x%00y", "Not worked out yet"),
        ("segment=none", "There is no segment"),
        ("from=2026-02-30", "is not a date"),
        ("hello=1", "is not a filter"),
    ],
)
def test_what_is_not_understood_is_said(ann: Membership, query: str, words: str) -> None:
    answer = got(ann, query)

    assert answer.status_code == 200
    assert words in answer.text


def test_results_of_other_days_say_so(answered: Tenant, ann: Membership) -> None:
    worked_out(answered, "outcome=nps")
    with tenant_bound(answered.pk):
        run = DriverRun.objects.for_tenant(answered).get()
        run.result = {**(run.result or {}), "start_on": "2026-01-01", "end_on": "2026-02-01"}
        run.save()

    shown = got(ann, "outcome=nps").text

    assert "This was worked out for" in shown
    assert "31 Jan 2026" in shown


def test_results_of_an_older_definition_say_so(answered: Tenant, ann: Membership) -> None:
    worked_out(answered)
    words = "The definition of the outcome was changed"
    assert words not in got(ann).text
    with tenant_bound(answered.pk):
        run = DriverRun.objects.for_tenant(answered).get()
        run.version = (run.version or 0) + 1
        run.save()

    assert words in got(ann).text


def test_an_outcome_of_which_less_is_better_says_how_to_read_it(
    acme: Tenant, ann: Membership
) -> None:
    people = [
        ResponseRecord(
            line=1,
            key=record.key,
            answered_at=record.answered_at,
            survey=record.survey,
            customer=record.customer,
            ratings=tuple(
                RatingRecord("effort", "ces_1", max(1, min(5, 6 - int(one.value) // 2)))
                if one.metric == "nps"
                else one
                for one in record.ratings
            ),
        )
        for record in crowd()
    ]
    make.load(*people, of=acme)
    query = "outcome=ces_1&period=all"

    found = worked_out(acme, query)

    assert max(found.inputs, key=lambda one: one.share).slope < 0
    shown = got(ann, query).text
    assert "below 0 where better ratings go with a lower, so better, outcome" in shown
    assert "better ratings of delivery go with" not in shown.casefold()


def test_those_who_may_not_see_answers_get_no_page(answered: Tenant) -> None:
    guest = make.member(of=answered, role=Role.GUEST)

    assert got(guest).status_code == 404
    assert sent(guest, outcome="nps").status_code == 404


def test_another_workspace_has_answers_of_its_own(answered: Tenant) -> None:
    worked_out(answered)
    stranger = make.member(of=make.tenant(name="Other"), role=Role.ADMIN)

    assert "Not worked out yet" in got(stranger).text
    assert called(stranger.tenant, "get", ALL).status_code == 404


def test_the_api_asks_and_reads(answered: Tenant) -> None:
    assert called(answered, "get", ALL).status_code == 404
    assert called(answered, "post", ALL).status_code == 202
    assert called(answered, "get", ALL).json()["waiting"]
    drain(answered.pk)

    found = called(answered, "get", ALL).json()

    first = max(found["result"]["inputs"], key=lambda one: one["share"])
    assert first["source"] == {"touchpoint": "delivery", "metric": "csat_5"}
    assert (first["is_beyond_chance"], found["waiting"]) == (True, False)
    assert found["result"]["people"] == 200


@pytest.mark.parametrize(
    "query", ["", "outcome=none", f"{ALL}&x=1", f"{ALL}&compare=none", f"{ALL}&touchpoint=none"]
)
def test_the_api_refuses_what_it_does_not_understand(acme: Tenant, query: str) -> None:
    assert called(acme, "get", query).status_code == 422
    assert called(acme, "post", query).status_code == 422


def test_the_api_asks_for_the_right_to_see_answers(answered: Tenant) -> None:
    worked_out(answered)

    assert called(answered, "get", ALL, (Right.SEE_FIGURES,)).status_code == 403
