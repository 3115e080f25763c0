"""The pages of goals and their JSON API: who sees and sets which, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from analytics.models import MetricGoal
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from tests import make
from tests.analytics.aiming import BEGAN, DUE, answers, goal

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]


@pytest.fixture
def ann(db: None) -> Membership:
    member = make.member(of=make.tenant(), role=Role.ANALYST)
    answers({9: 30, 0: 10}, of=member.tenant, days_ago=40, touchpoint="checkout")
    answers({9: 36, 0: 4}, of=member.tenant, days_ago=3, touchpoint="checkout")
    return member


def got(member: Membership, path: str = "") -> Any:
    client = Client()
    client.force_login(member.user)
    return client.get(f"/t/{member.tenant.slug}/strategy/{path}")


def posted(member: Membership, path: str, **asked: object) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.post(f"/t/{member.tenant.slug}/strategy/{path}", asked)


def wanted(member: Membership, **fields: object) -> dict[str, object]:
    return {
        "title": "Loved at checkout",
        "metric": "nps",
        "target": "70",
        "from_on": BEGAN.isoformat(),
        "due_on": DUE.isoformat(),
        "owner": str(member.pk),
        "touchpoint": ["checkout"],
        **fields,
    }


def goals(member: Membership) -> list[MetricGoal]:
    with tenant_bound(member.tenant_id):
        return list(MetricGoal.objects.for_tenant(member.tenant_id).order_by("pk"))


def test_the_empty_list_says_what_a_goal_is(ann: Membership) -> None:
    assert "What should a figure be" in got(ann).content.decode()


def test_a_goal_is_set_and_shown(ann: Membership) -> None:
    answer = posted(ann, "new/", **wanted(ann))

    [made] = goals(ann)
    assert answer.status_code == 302
    text = got(ann, f"{made.pk}/").content.decode()
    assert "50 before (40 answers), 80 since (40 answers)" in text
    assert "Loved at checkout" in got(ann).content.decode()


def test_the_list_groups_by_metric(ann: Membership) -> None:
    goal(ann)

    text = got(ann, "?by=metric").content.decode()

    assert f"Goals: {make.metric(of=ann.tenant).title}" in text


def test_a_refused_goal_keeps_what_was_typed(ann: Membership) -> None:
    answer = posted(ann, "new/", **wanted(ann, target="700"))

    assert answer.status_code == 422
    assert "Use a number from" in answer.content.decode()
    assert "Loved at checkout" in answer.content.decode()
    assert goals(ann) == []


def test_a_move_is_told_on_the_page(ann: Membership) -> None:
    made = goal(ann)
    asked = {"title": "NPS of 40", "target": "60", "due_on": DUE.isoformat(), "owner": ""}

    refused = posted(ann, f"{made.pk}/edit/", **asked)
    moved = posted(ann, f"{made.pk}/edit/", **asked, reason="It was too easy.")

    assert (refused.status_code, moved.status_code) == (422, 302)
    assert "It was too easy." in got(ann, f"{made.pk}/").content.decode()


def test_an_archived_goal_leaves_the_list(ann: Membership) -> None:
    made = goal(ann)

    posted(ann, f"{made.pk}/archive/")
    posted(ann, f"{made.pk}/archive/")

    assert "NPS of 40</a>" not in got(ann).content.decode()


def test_a_viewer_reads_goals_and_sets_none(ann: Membership) -> None:
    made, vic = goal(ann), make.member(of=ann.tenant, role=Role.VIEWER)

    assert got(vic, f"{made.pk}/").status_code == 200
    assert posted(vic, "new/", **wanted(vic)).status_code == 404
    assert len(goals(ann)) == 1


def test_another_workspace_has_no_such_goal(ann: Membership) -> None:
    made, stranger = goal(ann), make.member(role=Role.ADMIN)

    assert got(stranger, f"{made.pk}/").status_code == 404
    assert posted(stranger, f"{made.pk}/edit/").status_code == 404


def call(member: Membership, method: str, path: str = "", body: object = None, **more: Any) -> Any:
    _, secret = make.api_key(of=member.tenant, rights=more.get("rights", tuple(Right)))
    sent = {} if method == "get" else {"data": body or {}, "content_type": "application/json"}
    headers = {"Authorization": f"Bearer {secret}"}
    return getattr(Client(), method)(f"/api/v1/metric-goals/{path}", headers=headers, **sent)


def asked(**fields: object) -> dict[str, object]:
    days = {"from_on": BEGAN.isoformat(), "due_on": DUE.isoformat()}
    return {"title": "Loved", "metric": "nps", "target": 90, **days, **fields}


def test_a_goal_is_set_read_moved_and_archived_over_the_api(ann: Membership) -> None:
    made = call(ann, "post", "", asked(owner=str(ann.pk), places={"touchpoint": ["checkout"]}))
    path = f"{made.json()['id']}/"
    refused = call(ann, "patch", path, {"target": 85})
    moved = call(ann, "patch", path, {"target": 85, "reason": "Too far", "owner": None})
    [listed] = call(ann, "get").json()["results"]
    gone = call(ann, "delete", path)

    assert made.status_code == 201
    progress = made.json()["progress"]
    assert progress["before"] == {"value": 50.0, "n": 40}
    assert (progress["now"]["value"], progress["share_of_way"]) == (80.0, 0.75)
    assert refused.status_code == 422
    assert (moved.json()["target"], moved.json()["owner"]) == (85.0, None)
    assert (listed["title"], gone.status_code) == ("Loved", 204)
    assert call(ann, "get", path).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"metric": "nothing"},
        {"target": 101},
        {"target": "many"},
        {"due_on": "tomorrow"},
        {"owner": "00000000-0000-0000-0000-000000000000"},
        {"places": {"planet": ["mars"]}},
        {"places": ["checkout"]},
        {"colour": "red"},
    ],
)
def test_a_goal_that_cannot_be_is_refused_over_the_api(
    ann: Membership, wrong: dict[str, object]
) -> None:
    assert call(ann, "post", "", asked(**wrong)).status_code in {400, 422}
    assert goals(ann) == []


def test_a_key_that_only_reads_sets_no_goal(ann: Membership) -> None:
    rights = (Right.SEE_RESPONSES,)

    assert call(ann, "get", rights=rights).status_code == 200
    assert call(ann, "post", "", asked(), rights=rights).status_code == 403


def test_over_the_api_another_workspace_has_no_such_goal(ann: Membership) -> None:
    made, stranger = goal(ann), make.member(role=Role.ADMIN)

    for method in ("get", "patch", "delete"):
        assert call(stranger, method, f"{made.pk}/").status_code == 404
