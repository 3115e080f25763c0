"""Threads and notices in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from personas.models import StakeholderMap
from tests import make
from tests.collaboration.commenting import begun, comments_of, named, of_map, of_persona, told
from tests.personas import mapping
from tests.personas.editing import persona, section

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
COMMENTING = [Right.SEE_JOURNEYS, Right.COMMENT]


class Api:
    """Asks as a member, or with a key of a member's tenant that has *rights*."""

    def __init__(self, member: Membership, rights: list[Right] | None = None) -> None:
        self.client = Client()
        self.headers = {"X-Tenant": member.tenant.slug}
        if rights is None:
            self.client.force_login(member.user)
        else:
            _, text = make.api_key(of=member.tenant, rights=rights)
            self.headers = {"Authorization": f"Bearer {text}"}

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        told = {"content_type": "application/json", "headers": self.headers | headers}
        return getattr(self.client, method)(f"/api/v1/{path}", body, **told)


def test_a_thread_is_begun_answered_and_settled(bea: Membership) -> None:
    uma = persona(bea)
    needs, api = section(bea, uma), Api(bea)

    made = api("post", f"personas/{uma}/threads/", {"body": "So?", "part": str(needs)})
    path = f"personas/{uma}/threads/{made.json()['id']}/"
    api("post", f"{path}comments/", {"body": "Yes"})
    settled = api("patch", path, {"resolved": True}).json()

    assert made.status_code == 201
    assert (settled["part"], settled["resolved_by"]) == (str(needs), str(bea.pk))
    assert [one["body"] for one in settled["comments"]] == ["So?", "Yes"]
    assert api("get", path).json() == settled
    assert api("patch", path, {"resolved": False}).json()["resolved_at"] is None


def test_threads_are_listed_by_state(bea: Membership) -> None:
    uma = persona(bea)
    subject, api = of_persona(bea, uma), Api(bea)
    first, second = begun(bea, subject, "First"), begun(bea, subject, "Second")
    api("patch", f"personas/{uma}/threads/{first.pk}/", {"resolved": True})

    found = {
        show: [one["id"] for one in api("get", f"personas/{uma}/threads/{show}").json()["results"]]
        for show in ("", "?show=open", "?show=resolved", "?show=mine")
    }

    assert found == {
        "": [str(second.pk), str(first.pk)],
        "?show=open": [str(second.pk)],
        "?show=resolved": [str(first.pk)],
        "?show=mine": [str(second.pk), str(first.pk)],
    }


def test_own_comments_are_changed_and_deleted(bea: Membership) -> None:
    uma = persona(bea)
    thread = begun(bea, of_persona(bea, uma), "Frist")
    [comment] = comments_of(thread)
    api, path = Api(bea), f"personas/{uma}/comments/{comment.pk}/"

    changed = api("patch", path, {"body": "First"}).json()["comments"]
    gone = api("delete", path)

    assert [(one["body"], one["edited_at"] is None) for one in changed] == [("First", False)]
    assert gone.status_code == 204
    [kept] = comments_of(thread)
    assert (kept.body, kept.deleted_at is None) == ("", False)


def test_others_comments_are_not_to_be_changed(bea: Membership, ana: Membership) -> None:
    uma = persona(bea)
    [comment] = comments_of(begun(bea, of_persona(bea, uma)))
    path = f"personas/{uma}/comments/{comment.pk}/"

    answers = [
        api("patch", path, {"body": "x"}).status_code for api in (Api(ana), Api(bea, COMMENTING))
    ]

    assert answers == [403, 403]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({}, "body", id="nothing"),
        pytest.param({"body": "  "}, "body", id="space"),
        pytest.param({"body": "x" * 4_001}, "body", id="long"),
        pytest.param({"body": "a\0b"}, "body", id="nul"),
        pytest.param({"body": "@Gil Gast"}, "body", id="out-of-sight"),
        pytest.param({"body": "x", "part": str(new_id())}, "about", id="no-such-part"),
        pytest.param({"body": "x", "about": "y"}, "about", id="unknown-field"),
    ],
)
def test_what_cannot_be_said_is_refused_by_field(
    bea: Membership, body: dict[str, str], field: str
) -> None:
    named(make.member(of=bea.tenant, role=Role.GUEST), "Gil Gast")
    uma = persona(bea)

    answer = Api(bea)("post", f"personas/{uma}/threads/", body)

    assert answer.status_code == 422
    assert field in {one["field"] for one in answer.json()["errors"]}


def test_a_post_that_is_sent_again_has_one_effect(bea: Membership) -> None:
    uma, api = persona(bea), Api(bea, COMMENTING)

    ids = {
        api(
            "post", f"personas/{uma}/threads/", {"body": "Once"}, **{"Idempotency-Key": "k"}
        ).json()["id"]
        for _ in range(2)
    }

    assert len(ids) == 1
    assert len(api("get", f"personas/{uma}/threads/").json()["results"]) == 1


def test_a_key_comments_without_a_name(bea: Membership) -> None:
    uma = persona(bea)

    made = Api(bea, COMMENTING)("post", f"personas/{uma}/threads/", {"body": "From a program"})

    [said] = made.json()["comments"]
    assert (said["author"], said["author_name"]) == (None, "An API key")


@pytest.mark.parametrize("rights", [[Right.COMMENT], [Right.SEE_JOURNEYS]])
def test_a_narrow_key_does_not_comment(bea: Membership, rights: list[Right]) -> None:
    uma = persona(bea)

    answer = Api(bea, rights)("post", f"personas/{uma}/threads/", {"body": "Hm"})

    assert answer.status_code == 403


def test_a_hidden_map_has_no_threads_for_others(bea: Membership, ana: Membership) -> None:
    drawn = mapping.map_of(bea)
    begun(bea, of_map(drawn))
    path = f"stakeholder-maps/{drawn.pk}/threads/"
    before = Api(ana)("get", path).status_code
    with tenant_bound(bea.tenant_id):
        StakeholderMap.objects.for_tenant(bea.tenant).update(visibility="hidden", owner=bea)

    after = [api("get", path).status_code for api in (Api(ana), Api(bea, COMMENTING), Api(bea))]

    assert (before, after) == (200, [404, 404, 200])


def test_another_tenants_threads_are_not_found_whatever_is_sent(bea: Membership) -> None:
    stranger = make.member()
    theirs = persona(stranger)
    thread = begun(stranger, of_persona(stranger, theirs))
    api = Api(bea)

    answers = [
        api("get", f"personas/{theirs}/threads/"),
        api("post", f"personas/{theirs}/threads/", {}),
        api("patch", f"personas/{persona(bea)}/threads/{thread.pk}/", {}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


# Notices


def test_notices_are_listed_and_read(bea: Membership, ana: Membership) -> None:
    named(ana, "Ana Alves")
    uma = persona(bea, "Uma")
    thread = begun(bea, of_persona(bea, uma), "@Ana Alves, **see**")
    begun(bea, of_persona(bea, uma), "@Ana Alves, too")
    api = Api(ana)

    [_, first] = api("get", "notices/").json()["results"]
    read = api("post", f"notices/{first['id']}/read/").json()

    told_of = (first["kind"], first["about"], first["excerpt"], first["page"], first["thread"])
    page = f"personas/{uma}/"
    assert told_of == ("mention", "Uma", "@Ana Alves, see", page, str(thread.pk))
    assert (first["read_at"], read["read_at"] is None) == (None, False)
    assert len(api("get", "notices/?unread=true").json()["results"]) == 1
    assert api("post", "notices/read/").json() == {"count": 1}
    assert told(ana) == [("mention", True), ("mention", True)]


def test_notices_are_a_persons_own(bea: Membership, ana: Membership) -> None:
    named(ana, "Ana Alves")
    begun(bea, of_persona(bea, persona(bea)), "@Ana Alves?")
    [notice] = Api(ana)("get", "notices/").json()["results"]

    answers = [
        Api(bea)("post", f"notices/{notice['id']}/read/").status_code,
        Api(bea, COMMENTING)("get", "notices/").status_code,
    ]

    assert answers == [404, 403]
    assert Api(bea)("get", "notices/").json()["results"] == []
