"""Programs for Delighted are told nobody's name behind answers of surveys that do not name."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.models import Response, Survey, Verbatim
from feedback.rules.delighted import read_person
from feedback.services.delighted import Said, add_person, add_response
from feedback.services.delighted_projects import make_project
from tests import make
from tests.feedback.drafting import asked_survey
from tests.make import NOW

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
COMMENT = "Write to ana@example.com or 0170 1234567."
KNOWN = {"plan": "pro", "mail": "ana@example.com"}
LIST = "/v1/survey_responses.json"


@pytest.fixture
def member() -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)


class Program:
    """Asks by the key of a survey that Ana has answered, and is as *anonymity* says."""

    def __init__(self, member: Membership, anonymity: str) -> None:
        with tenant_bound(member.tenant_id):
            survey = asked_survey(member)
            Survey.objects.for_tenant(member.tenant).filter(pk=survey.pk).update(
                anonymity=anonymity
            )
            survey.refresh_from_db()
            project, key = make_project(survey=survey, by=member, now=NOW)
            wish = read_person({"email": "ana@example.com", "send": "false"})
            ana, _ = add_person(project=project, asked=wish, now=NOW)
            said = Said(9, COMMENT, NOW, {"person_properties": KNOWN})
            add_response(project=project, customer=ana, said=said, now=NOW)
            # As texts stood before addresses were taken out of them on their way in.
            Verbatim.objects.for_tenant(member.tenant).update(text=COMMENT)
        self.ana: UUID = ana.pk
        packed = base64.b64encode(f"{key}:".encode()).decode()
        self.headers = {"Authorization": f"Basic {packed}"}

    def get(self, **query: str) -> Any:
        """Give the responses that are listed."""
        return Client().get(LIST, query, headers=self.headers).json()

    def put(self, one: dict[str, Any]) -> Any:
        """Send a response back."""
        path = f"/v1/survey_responses/{one['id']}"
        sent = Client().put(path, one, content_type="application/json", headers=self.headers)
        return sent.json()


def test_a_survey_that_names_tells_who_it_was(member: Membership) -> None:
    program = Program(member, "named")

    [plain], [expanded] = program.get(), program.get(expand="person")

    assert plain["person"] == str(program.ana)
    assert expanded["person"]["email"] == "ana@example.com"
    assert (expanded["comment"], expanded["person_properties"]) == (COMMENT, KNOWN)
    assert len(program.get(person_email="ana@example.com")) == 1


def test_a_confidential_survey_tells_nobody(member: Membership) -> None:
    program = Program(member, "confidential")

    for asked in ({}, {"expand": "person"}, {"expand[]": "person"}):
        [told] = program.get(**asked)
        assert (told["person"], told["person_properties"]) == (None, None)
        assert (told["score"], told["comment"]) == (9, "Write to [e-mail] or [number].")
        assert "ana" not in str(told)
    assert program.get(person_email="ana@example.com") == []
    assert program.get(person_id=str(program.ana)) == []


@pytest.mark.parametrize("anonymity", ["named", "confidential"])
def test_what_a_program_sends_back_as_it_was_shown_stays(
    member: Membership, anonymity: str
) -> None:
    program = Program(member, anonymity)
    [shown] = program.get()

    saved = program.put({**shown, "tags": ["vip"]})

    assert saved == {**shown, "tags": ["vip"]}
    with tenant_bound(member.tenant_id):
        assert Verbatim.objects.for_tenant(member.tenant).get().text == COMMENT
        row = Response.objects.for_tenant(member.tenant).get()
        assert row.hidden == {"person_properties": KNOWN, "tags": ["vip"], "notes": []}
        assert row.revised_at is None
