"""Topics in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.tenants.rules import Right
from tests import make
from tests.feedback.text import topics

if TYPE_CHECKING:
    from uuid import UUID

pytestmark = pytest.mark.django_db
NICE = "The staff was friendly and helpful"


def _ask(
    method: str, path: str, body: Any = None, *, key: str, expected: int = 200
) -> dict[str, Any]:
    response = getattr(Client(), method)(
        f"/api/v1/{path}",
        data=body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    assert response.status_code == expected, response.content
    answer: dict[str, Any] = response.json()
    return answer


def test_a_topic_is_made_read_and_changed() -> None:
    _, key = make.api_key()
    body = {"title": "Staff", "expressions": {"en": "staff"}}

    made = _ask("post", "topics/", body, key=key, expected=201)
    path = f"topics/{made['id']}/"
    changed = _ask("patch", path, {"expressions": {"any": "staff*"}}, key=key)
    listed = _ask("get", "topics/", key=key)["results"]

    assert (made["key"], made["version"], made["expressions"]) == ("staff", 1, {"en": "staff"})
    assert (changed["title"], changed["version"]) == ("Staff", 2)
    assert listed == [changed] == [_ask("get", path, key=key)]


def test_a_rule_that_cannot_be_read_is_refused() -> None:
    _, key = make.api_key()
    body = {"title": "Staff", "expressions": {"en": "(staff"}}

    _ask("post", "topics/", body, key=key, expected=422)


def test_hits_are_listed_with_their_places() -> None:
    member = make.member()
    topic = topics.topic(member, "Staff", "staff")
    topics.wrote(member.tenant, NICE, "Other words")
    _, key = make.api_key(of=member.tenant)

    [hit] = _ask("get", f"topics/{topic.pk}/hits/", key=key)["results"]

    assert (hit["text"], hit["spans"], hit["origin"]) == (NICE, [[4, 9]], "rule")


def test_hits_hide_names_and_places_from_keys_that_may_not_see_persons() -> None:
    member = make.member()
    topic = topics.topic(member, "Staff", "staff")
    make.load(
        make.record(9, comment="Zebulon-77 likes the staff", customer="Zebulon-77"),
        of=member.tenant,
    )
    topics.wrote(member.tenant)
    _, key = make.api_key(of=member.tenant, rights=[Right.SEE_RESPONSES])

    [hit] = _ask("get", f"topics/{topic.pk}/hits/", key=key)["results"]

    assert (hit["text"], hit["spans"]) == ("[name] likes the staff", [])


def test_topics_of_others_are_not_found() -> None:
    topic_id: UUID = topics.topic(make.member(), "Staff", "staff").pk
    _, key = make.api_key()

    for path in (f"topics/{topic_id}/", f"topics/{topic_id}/hits/"):
        _ask("get", path, key=key, expected=404)
    _ask("patch", f"topics/{topic_id}/", {"title": 3}, key=key, expected=404)


def test_keys_without_the_right_make_nothing() -> None:
    _, key = make.api_key(rights=[Right.SEE_RESPONSES])

    _ask("post", "topics/", {"title": "A"}, key=key, expected=403)
