"""Reports in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.tenants.rules import Right, Role
from tests import make
from tests.analytics.reporting import NPS, report, send

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
BODY = {"title": "Figures", "pages": [NPS], "pace": "weekly", "hour": 7, "day": 0}


@pytest.fixture
def ann() -> Membership:
    return make.member(role=Role.ANALYST)


def called(member: Membership, method: str, path: str = "", body: Any = None, **rights: Any) -> Any:
    """Call the API with a key of the member's workspace."""
    _, token = make.api_key(of=member.tenant, **rights)
    headers = {"Authorization": f"Bearer {token}"}
    told = {} if body is None else {"data": body, "content_type": "application/json"}
    return getattr(Client(), method)(f"/api/v1/reports/{path}", headers=headers, **told)


def test_a_report_is_made_read_changed_paused_and_archived(ann: Membership) -> None:
    made = called(ann, "post", body={**BODY, "recipients": [str(ann.pk)]})
    path = f"{made.json()['id']}/"

    changed = called(ann, "patch", path, {"pace": "monthly", "day": 3, "is_paused": True})
    listed = called(ann, "get").json()["results"]
    gone = called(ann, "delete", path)

    assert made.status_code == 201
    assert made.json()["next_at"] == "2026-11-23T07:00:00+00:00"
    assert made.json()["recipients"] == [{"id": str(ann.pk), "has_stopped": False}]
    assert changed.json()["words"] == "every month on day 3 at 07:00"
    assert (changed.json()["is_paused"], changed.json()["next_at"]) == (True, None)
    assert listed == [changed.json()]
    assert gone.status_code == 204
    assert called(ann, "get", path).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"pages": []}, "pages"),
        ({"pages": [{"page": "metric", "metric": "nothing"}]}, "pages"),
        ({"pages": [{"page": "churn", "definition": "nothing"}]}, "pages"),
        ({"pages": [{"page": "dashboard", "dashboard": "x"}]}, "pages"),
        ({"pace": "hourly"}, "pace"),
        ({"hour": 24}, "hour"),
        ({"day": 7}, "day"),
        ({"recipients": ["x"]}, "recipients"),
        ({"other": 1}, "other"),
    ],
)
def test_a_body_that_is_no_report_names_the_field(
    ann: Membership, change: dict[str, object], field: str
) -> None:
    answer = called(ann, "post", body={**BODY, "recipients": [], **change})

    assert answer.status_code in {400, 422}
    assert field in answer.content.decode()


def test_who_is_no_member_is_named_and_gets_nothing(ann: Membership) -> None:
    stranger = make.member(role=Role.MANAGER)
    made = called(ann, "post", body={**BODY, "recipients": [str(ann.pk)]})
    address = f"{made.json()['id']}/"

    for answer in (
        called(ann, "post", body={**BODY, "recipients": [str(stranger.pk)]}),
        called(ann, "patch", address, body={"recipients": [str(ann.pk), str(stranger.pk)]}),
    ):
        told = answer.content.decode()
        assert answer.status_code == 422
        assert "recipients" in told
        assert f"There is no such member: {stranger.pk}." in told
    kept = called(ann, "get", address).json()["recipients"]
    assert [one["id"] for one in kept] == [str(ann.pk)]


def test_runs_are_listed_the_newest_first(ann: Membership) -> None:
    made = report(ann, of=ann.tenant)
    send(ann.tenant)

    [run] = called(ann, "get", f"{made.pk}/runs/").json()["results"]

    assert (run["state"], run["due_at"]) == ("made", "2026-11-20T07:00:00Z")


def test_a_key_that_only_reads_figures_sees_no_report_and_makes_nothing(ann: Membership) -> None:
    made = report(ann, of=ann.tenant)
    rights = [Right.SEE_FIGURES]

    # As a member who may not build: reports of others are not theirs, and a key has none.
    assert called(ann, "get", rights=rights).json()["results"] == []
    assert called(ann, "get", f"{made.pk}/", rights=rights).status_code == 404
    assert called(ann, "delete", f"{made.pk}/", rights=rights).status_code == 403
    assert called(ann, "get", f"{made.pk}/runs/", rights=rights).status_code == 403


def test_a_key_of_another_workspace_finds_nothing(ann: Membership) -> None:
    made = report(ann, of=ann.tenant)
    stranger = make.member(of=make.tenant())

    assert called(stranger, "get", f"{made.pk}/").status_code == 404
    assert called(stranger, "get", f"{made.pk}/runs/").status_code == 404
