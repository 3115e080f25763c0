"""Questions whose choices are pictures: put in, checked, published, answered; and no more shown."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from cxm.collaboration.models import Asset
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.models import Response
from feedback.services.surveys_making import publish_survey
from tests import make
from tests.feedback.drafting import add, add_question, survey_of
from tests.feedback.ways import way
from tests.make import NOW

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership
    from feedback.models import Survey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def member(db: None) -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.MANAGER)


@pytest.fixture
def client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


class Rooms:
    """A survey that asks which of two rooms is nicer."""

    def __init__(self, member: Membership, client: Client) -> None:
        self.client = client
        with tenant_bound(member.tenant_id):
            self.survey: Survey = survey_of(member)
            self.question = add_question(self.survey, "room", "picture", by=member, title="Nicer?")
            self.choices = {
                key: add(self.survey, "choice", by=member, parent=self.question, key=key, title=key)
                for key in ("sea", "yard")
            }
        self.member = member

    def url(self, choice: UUID) -> str:
        slug, pk = self.survey.tenant.slug, self.survey.pk
        return f"/t/{slug}/surveys/{pk}/questions/{self.question}/choices/{choice}/picture/"

    def put(self, key: str, colour: str = "#0a6e6e", **more: Any) -> Any:
        return self.client.post(self.url(self.choices[key]), {"picture": picture(colour), **more})

    def publish(self) -> None:
        with tenant_bound(self.member.tenant_id):
            publish_survey(survey=self.survey, by=self.member, now=NOW)

    def findings(self) -> str:
        slug, pk = self.survey.tenant.slug, self.survey.pk
        page = self.client.get(f"/t/{slug}/surveys/{pk}/edit/?question={self.question}")
        return str(page.content.decode())

    def assets(self) -> list[Asset]:
        with tenant_bound(self.member.tenant_id):
            return list(Asset.objects.for_tenant(self.member.tenant_id).order_by("pk"))


def picture(colour: str = "#0a6e6e") -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(stream, "PNG")
    return SimpleUploadedFile("room.png", stream.getvalue(), "image/png")


@pytest.fixture
def rooms(member: Membership, client: Client) -> Rooms:
    return Rooms(member, client)


def public(survey: Survey, rest: str = "") -> str:
    return f"/q/{survey.tenant.slug}/{rest or survey.public_id}/"


def shown(survey: Survey, asset: Asset) -> Any:
    return Client().get(public(survey, f"pictures/{survey.pk}/{asset.pk}"))


def test_a_survey_lacks_pictures_until_each_choice_has_one(rooms: Rooms) -> None:
    before = rooms.findings()
    rooms.put("sea")
    between = rooms.findings()
    rooms.put("yard", "#8a2b00")
    after = rooms.findings()

    assert "A choice of “Nicer?” has no picture." in before
    assert "A choice of “Nicer?” has no picture." in between
    assert "has no picture" not in after
    assert after.count('name="picture"') == 2


def test_pictures_are_chosen_without_a_script_and_the_key_is_kept(rooms: Rooms) -> None:
    rooms.put("sea")
    rooms.put("yard", "#8a2b00")
    rooms.publish()
    visitor = Client()

    page = visitor.get(public(rooms.survey)).content.decode()
    visitor.post(public(rooms.survey), {"pass": way(rooms.survey), "at": "room", "q.room": "yard"})

    assert page.count("<img") == 2
    with tenant_bound(rooms.member.tenant_id):
        [row] = Response.objects.for_tenant(rooms.member.tenant_id)
    assert row.answers["room"] in ("yard", ["yard"])


def test_only_pictures_of_published_versions_are_given_to_everybody(rooms: Rooms) -> None:
    rooms.put("sea")
    rooms.put("yard", "#8a2b00")
    one = rooms.assets()[0]
    before = shown(rooms.survey, one)
    rooms.publish()
    rooms.put("sea", "#123456")
    of_the_draft = next(each for each in rooms.assets() if each.sha256 not in _kept(rooms))

    answer = shown(rooms.survey, one)

    assert before.status_code == 404
    assert (answer.status_code, answer["Content-Type"]) == (200, one.mime)
    assert "room.png" not in str(answer.headers)
    assert shown(rooms.survey, of_the_draft).status_code == 404


def _kept(rooms: Rooms) -> set[str]:
    return {one.sha256 for one in rooms.assets() if shown(rooms.survey, one).status_code == 200}


def test_a_file_of_another_survey_or_workspace_is_not_found(rooms: Rooms) -> None:
    rooms.put("sea")
    rooms.put("yard", "#8a2b00")
    rooms.publish()
    one = rooms.assets()[0]
    other = make.member(of=make.tenant(name="Other"), role=Role.MANAGER)
    with tenant_bound(other.tenant_id):
        theirs = survey_of(other)

    found = Client().get(f"/q/{other.tenant.slug}/pictures/{rooms.survey.pk}/{one.pk}/")
    crossed = Client().get(f"/q/{other.tenant.slug}/pictures/{theirs.pk}/{one.pk}/")

    assert (found.status_code, crossed.status_code) == (404, 404)


def test_what_is_no_picture_is_refused_in_words(rooms: Rooms) -> None:
    upload = SimpleUploadedFile("room.png", b"%PDF-1.4 no picture", "image/png")

    answer = rooms.client.post(rooms.url(rooms.choices["sea"]), {"picture": upload})
    nothing = rooms.client.post(rooms.url(rooms.choices["sea"]))

    assert answer.status_code in (415, 422)
    assert "picture" in answer.content.decode()
    assert nothing.status_code == 422
    assert "Choose a picture first." in nothing.content.decode()
    assert rooms.assets() == []


def test_a_picture_is_taken_off_again(rooms: Rooms) -> None:
    rooms.put("sea")
    rooms.put("yard", "#8a2b00")

    rooms.client.post(rooms.url(rooms.choices["sea"]), {"drop": "1"})

    assert "A choice of “Nicer?” has no picture." in rooms.findings()


def test_others_put_nothing(rooms: Rooms) -> None:
    stranger = Client()
    stranger.force_login(make.member(of=make.tenant(name="Other"), role=Role.OWNER).user)
    viewer = Client()
    viewer.force_login(make.member(of=rooms.member.tenant, role=Role.VIEWER).user)

    answers = [
        one.post(rooms.url(rooms.choices["sea"]), {"picture": picture()}).status_code
        for one in (stranger, viewer)
    ]
    unknown = rooms.client.post(rooms.url(new_id()), {"picture": picture()})

    assert answers == [404, 404]
    assert unknown.status_code == 404


def test_whoever_tries_a_draft_out_sees_its_pictures(rooms: Rooms) -> None:
    rooms.put("sea")
    slug, pk = rooms.survey.tenant.slug, rooms.survey.pk
    page = rooms.client.get(f"/t/{slug}/surveys/{pk}/preview/")
    trial = page.content.decode().split(f"/t/{slug}/surveys/{pk}/trials/")[1].split("/")[0]

    shown = rooms.client.get(f"/t/{slug}/surveys/{pk}/trials/{trial}/").content.decode()

    assert f"/t/{slug}/assets/{rooms.assets()[0].pk}/picture" in shown
