"""The unmodified client of Delighted (PyPI) against a running server: its whole public surface."""

from __future__ import annotations

import warnings
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.test import Client

from cxm.customers.models import Customer
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from feedback.models import Invitation, InvitationEvent, Rating, Response
from feedback.services.delighted_projects import make_project, set_autopilot
from feedback.services.distribution.running import ask
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.ways import way

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import delighted
    from delighted.errors import (
        AuthenticationError,
        GeneralAPIError,
        ResourceValidationError,
        TooManyRequestsError,
    )

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from cxm.tenants.models import Membership
    from feedback.models import DelightedProject

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
EPOCH = 1_713_497_396


@pytest.fixture
def member(db: None) -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)


@pytest.fixture
def project(member: Membership) -> tuple[DelightedProject, str]:
    with tenant_bound(member.tenant_id):
        return make_project(survey=asked_survey(member), by=member, now=now())


@pytest.fixture
def client_of_delighted(
    project: tuple[DelightedProject, str], live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> Any:
    base = f"{live_server.url}/v1/"
    client = delighted.Client(api_key=project[1], api_base_url=base)
    # `save` knows the module's own client only.
    monkeypatch.setattr(delighted, "shared_client", client, raising=False)
    monkeypatch.setattr(delighted, "api_key", project[1])
    monkeypatch.setattr(delighted, "api_base_url", base)
    return client


def _add(client: Any, email: str = "ana@example.com", **more: Any) -> Any:
    return delighted.Person.create(client=client, email=email, **more)


def test_a_person_is_added_once_and_asked(client_of_delighted: Any, member: Membership) -> None:
    first = _add(client_of_delighted, name="Ana", properties={"plan": "pro", "locale": "de"})
    again = _add(client_of_delighted, name="Ana Lima", send=False)

    assert first.id == again.id
    assert first.email == "ana@example.com"
    assert first.survey_scheduled_at is not None
    assert again.survey_scheduled_at is None
    drain(member.tenant_id)
    assert [one.to for one in mail.outbox] == [["ana@example.com"]]
    with tenant_bound(member.tenant_id):
        row = Invitation.objects.for_tenant(member.tenant).get()
        assert (row.state, row.language) == ("sent", "de")
        assert row.context["properties"]["plan"] == "pro"


def test_a_delay_is_kept_and_pending_requests_can_be_called_off(
    client_of_delighted: Any, member: Membership
) -> None:
    before = int(now().timestamp())
    person = _add(client_of_delighted, delay=3_600)
    assert before + 3_600 <= person.survey_scheduled_at <= before + 3_700

    told = delighted.SurveyRequest.delete_pending(
        client=client_of_delighted, person_email="ana@example.com"
    )

    assert told == {"ok": True}
    with tenant_bound(member.tenant_id):
        assert Invitation.objects.for_tenant(member.tenant).get().state == "cancelled"


def test_people_are_listed_over_pages_and_erased(
    client_of_delighted: Any, member: Membership
) -> None:
    names = [f"p{number}@example.com" for number in range(5)]
    people = [_add(client_of_delighted, name, send=False) for name in names]

    listed = delighted.Person.list(client=client_of_delighted, per_page=2)
    assert [one.email for one in listed.auto_paging_iter()] == names
    assert len(delighted.Person.all(client=client_of_delighted, per_page=3)) == 3
    [found] = delighted.Person.all(client=client_of_delighted, email="p3@example.com")
    assert found.id == people[3].id

    delighted.Person.delete(client=client_of_delighted, id=people[0].id)
    told = delighted.Person.delete(client=client_of_delighted, email="p1@example.com")
    assert told == {"ok": True}
    drain(member.tenant_id)
    left = delighted.Person.all(client=client_of_delighted, per_page=100)
    assert [one.email for one in left] == names[2:]
    with pytest.raises(GeneralAPIError):
        delighted.Person.delete(client=client_of_delighted, email="p1@example.com")


def test_responses_are_made_read_changed_and_counted(
    client_of_delighted: Any, member: Membership
) -> None:
    person = _add(client_of_delighted, send=False)
    made = delighted.SurveyResponse.create(
        client=client_of_delighted,
        person=person.id,
        score=9,
        comment="Fast",
        created_at=EPOCH,
        person_properties={"plan": "pro"},
    )
    assert (made.score, made.comment, made.created_at) == (9, "Fast", EPOCH)
    assert (made.person, made.survey_type) == (person.id, "nps")
    assert made.person_properties == {"plan": "pro"}

    read = delighted.SurveyResponse.retrieve(made.id, client=client_of_delighted, expand=["person"])
    assert isinstance(read.person, delighted.Person)
    assert read.person.email == "ana@example.com"

    read.score, read.tags = 4, ["call back"]
    read.notes = [{"text": "We called"}]
    saved = read.save(client=client_of_delighted)
    assert (saved.score, saved.comment, saved.tags) == (4, "Fast", ["call back"])
    assert saved.id == made.id
    with tenant_bound(member.tenant_id):
        assert Response.objects.for_tenant(member.tenant).count() == 1
        values = Rating.objects.for_tenant(member.tenant).order_by("recorded_at")
        assert [(one.value, one.state) for one in values] == [(9, "replaced"), (4, "counted")]

    for number, score in enumerate([10] * 6 + [8] * 3):
        delighted.SurveyResponse.create(
            client=client_of_delighted,
            person=person.id,
            score=score,
            created_at=EPOCH + 60 * (number + 1),
        )
    figures = delighted.Metrics.retrieve(client=client_of_delighted)
    assert figures == {
        "nps": 50,
        "promoter_count": 6,
        "promoter_percent": 60,
        "passive_count": 3,
        "passive_percent": 30,
        "detractor_count": 1,
        "detractor_percent": 10,
        "response_count": 10,
    }
    late = delighted.Metrics.retrieve(client=client_of_delighted, since=EPOCH + 61)
    assert late["response_count"] == 8
    page = delighted.SurveyResponse.all(client=client_of_delighted, page=2, per_page=4)
    assert [one.created_at for one in page] == [EPOCH + 60 * n for n in (4, 5, 6, 7)]
    newest = delighted.SurveyResponse.all(client=client_of_delighted, order="desc", per_page=1)
    assert newest[0].created_at == EPOCH + 60 * 9


def test_who_unsubscribes_is_not_asked_and_bounces_are_listed(
    client_of_delighted: Any, member: Membership
) -> None:
    person = _add(client_of_delighted, name="Ana", delay=60)
    with tenant_bound(member.tenant_id):
        asked = Invitation.objects.for_tenant(member.tenant).get()
        InvitationEvent.objects.create(
            tenant=member.tenant, invitation=asked, kind="bounced", at=now()
        )

    delighted.Unsubscribe.create(client=client_of_delighted, person_email="ana@example.com")
    [gone] = delighted.Unsubscribe.all(client=client_of_delighted)
    [bounced] = delighted.Bounce.all(client=client_of_delighted)

    assert (gone["person_id"], gone["email"], gone["name"]) == (
        person.id,
        "ana@example.com",
        "Ana",
    )
    assert bounced["person_id"] == person.id
    assert _add(client_of_delighted).survey_scheduled_at is None
    later = {"since": int(now().timestamp()) + 60}
    assert delighted.Unsubscribe.all(client=client_of_delighted, **later) == []


def test_people_on_the_autopilot_are_asked_in_turn(
    client_of_delighted: Any, member: Membership, project: tuple[DelightedProject, str]
) -> None:
    _add(client_of_delighted, send=False)
    shape = delighted.AutopilotConfiguration.retrieve("email", client=client_of_delighted)
    assert (shape.platform_id, shape.active) == ("email", False)
    autopilot = delighted.AutopilotMembership.forEmail()
    joined = autopilot.create(client=client_of_delighted, person_email="ana@example.com")
    assert joined.person["email"] == "ana@example.com"
    autopilot.create(client=client_of_delighted, person_email="ana@example.com")

    with tenant_bound(member.tenant_id):
        ask(tenant_id=member.tenant_id, now=now())
        assert not Invitation.objects.for_tenant(member.tenant).exists()
        set_autopilot(project=project[0], is_on=True, days=30, by=member)
        for days in (0, 1, 31):
            ask(tenant_id=member.tenant_id, now=now() + timedelta(days=days))
        assert Invitation.objects.for_tenant(member.tenant).count() == 2

    assert len(list(autopilot.list(client=client_of_delighted).auto_paging_iter())) == 1
    autopilot.delete(client=client_of_delighted, person_email="ana@example.com")
    assert list(autopilot.list(client=client_of_delighted).auto_paging_iter()) == []
    assert (
        list(
            delighted.AutopilotMembership.forSms()
            .list(client=client_of_delighted)
            .auto_paging_iter()
        )
        == []
    )


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b.example", "delay": "soon"}, "delay"),
        ({"email": "a@b.example", "delay": -1}, "delay"),
        ({"email": ["a@b.example"]}, "email"),
        ({"email": "a@b.example", "properties": "pro"}, "properties"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    client_of_delighted: Any, member: Membership, sent: dict[str, Any], field: str
) -> None:
    with pytest.raises(ResourceValidationError) as refused:
        delighted.Person.create(client=client_of_delighted, **sent)

    assert f'"{field}"' in str(refused.value.response.body)
    with tenant_bound(member.tenant_id):
        assert not Customer.objects.for_tenant(member.tenant).exists()


@pytest.mark.parametrize("score", [None, 11, -1, "9.5", True, "ten", "--5", "²", "00000099"])
def test_a_score_off_the_scale_is_refused(client_of_delighted: Any, score: object) -> None:
    person = _add(client_of_delighted, send=False)

    with pytest.raises(ResourceValidationError) as refused:
        delighted.SurveyResponse.create(client=client_of_delighted, person=person.id, score=score)

    assert '"score"' in str(refused.value.response.body)


def test_a_wrong_key_and_one_of_another_workspace_open_nothing(
    client_of_delighted: Any, live_server: LiveServer
) -> None:
    person = _add(client_of_delighted, send=False)
    made = delighted.SurveyResponse.create(client=client_of_delighted, person=person.id, score=3)
    base = f"{live_server.url}/v1/"
    wrong = delighted.Client(api_key="cxm_0_nothing", api_base_url=base)
    with pytest.raises(AuthenticationError):
        delighted.Metrics.retrieve(client=wrong)

    stranger = make.member(of=make.tenant(), role=Role.ADMIN)
    with tenant_bound(stranger.tenant_id):
        _, text = make_project(survey=asked_survey(stranger), by=stranger, now=now())
    other = delighted.Client(api_key=text, api_base_url=base)
    assert delighted.Person.all(client=other) == []
    with pytest.raises(GeneralAPIError):
        delighted.SurveyResponse.retrieve(made.id, client=other)
    with pytest.raises(ResourceValidationError):
        delighted.SurveyResponse.create(client=other, person=person.id, score=9)
    with pytest.raises(GeneralAPIError):
        delighted.Person.delete(client=other, id=person.id)


def test_many_wrong_keys_are_told_when_to_come_again(live_server: LiveServer) -> None:
    wrong = delighted.Client(api_key="nothing", api_base_url=f"{live_server.url}/v1/")
    for _ in range(20):
        with pytest.raises(AuthenticationError):
            delighted.Metrics.retrieve(client=wrong)

    with pytest.raises(TooManyRequestsError) as told:
        delighted.Metrics.retrieve(client=wrong)

    assert told.value.retry_after >= 1


def test_tags_put_on_an_answer_of_our_own_page_leave_the_answer_alone(
    client_of_delighted: Any, member: Membership, project: tuple[DelightedProject, str]
) -> None:
    survey = project[0].survey
    path = f"/q/{member.tenant.slug}/{survey.public_id}/"
    token = way(survey)
    for key, value in (("nps", "9"), ("why", "Fast"), ("used", "app")):
        sent = {"pass": token, "at": key, f"q.{key}": value, "to": "on"}
        Client().post(path, sent)
    [found] = delighted.SurveyResponse.all(client=client_of_delighted)

    found.tags = ["vip"]
    saved = found.save(client=client_of_delighted)

    assert (saved.score, saved.comment, saved.tags) == (9, "Fast", ["vip"])
    with tenant_bound(member.tenant_id):
        row = Response.objects.for_tenant(member.tenant).get()
        assert (row.answers, row.state) == ({"used": "app"}, "complete")
        assert Rating.objects.for_tenant(member.tenant).count() == 1
