"""What differs between maps, promoting and rebasing in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.operations.records import Deed
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from tests import make
from tests.journeys import charting as m
from tests.journeys.ahead import Told

if TYPE_CHECKING:
    from journeys.models import JourneyMap

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ALL = (Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS, Right.PUBLISH_JOURNEYS)


class Program:
    """A program with a key, that asks about the future map."""

    def __init__(self, told: Told, *rights: Right) -> None:
        self.told = told
        _, secret = make.api_key(of=told.member.tenant, rights=rights or ALL)
        self.headers = {"X-Api-Key": secret}

    def url(self, more: str, on: JourneyMap | None = None) -> str:
        return f"/api/v1/journey-maps/{(on or self.told.future).pk}/{more}"

    def get(self, more: str, on: JourneyMap | None = None) -> Any:
        return Client().get(self.url(more, on), headers=self.headers)

    def post(self, more: str, body: Any = None, on: JourneyMap | None = None) -> Any:
        return Client().post(
            self.url(more, on), body or {}, content_type="application/json", headers=self.headers
        )


@pytest.fixture
def told(db: None) -> Told:
    found = Told(make.member())
    found.title(found.future, found.pay, "Pay later")
    return found


def test_the_api_tells_the_same_differences_as_the_page(told: Told) -> None:
    told.do(told.future, m.asked(Deed.DELETE, told.card))
    program = Program(told)

    found = program.get("diff/").json()

    assert found["against"] == str(told.current.pk)
    assert found["counts"] == [{"stage": str(told.stage), "counts": {"changed": 1, "removed": 1}}]
    assert [(c["key"], c["words"]) for c in found["changes"]] == [
        (
            f"changed:{told.pay}:title",
            "Changed title of “Pay later”: “Buy 1” → “Pay later”",
        ),
        (f"removed:{told.card}", "Removed card “I pay” from “Does”, at “Pay later”"),
    ]
    assert found["changes"][1]["was"] == {
        "inside": str(told.lane),
        "after": None,
        "step_from": str(told.pay),
        "step_to": str(told.pay),
    }


def test_a_map_is_compared_with_another_one_or_an_earlier_moment(told: Told) -> None:
    program = Program(told)

    same = program.get(f"diff/?against={told.future.pk}").json()
    then = program.get("diff/?at=1").json()
    never = program.get("diff/?at=99")
    nobody = program.get("diff/", told.current)

    assert same["changes"] == []
    assert {change["sort"] for change in then["changes"]} == {"added"}
    assert (never.status_code, never.json()["errors"][0]["field"]) == (409, "at")
    assert (nobody.status_code, nobody.json()["errors"][0]["field"]) == (422, "against")


def test_steps_are_promoted_into_a_draft(told: Told) -> None:
    told.title(told.future, told.wait, "No wait")
    program = Program(told)

    made = program.post("promote/", {"steps": [str(told.pay)]})

    assert made.status_code == 201
    assert made.json()["baseline"] == str(told.current.pk)
    assert told.steps(told.draft()) == ["Pay later", "Buy 2"]


def test_live_steps_are_promoted_when_asked_for(told: Told) -> None:
    told.title(told.future, told.wait, "No wait")
    program = Program(told)

    noted = program.post("realisation/", {"step": str(told.wait), "state": "live"}).json()
    program.post("promote/", {"live": True})

    assert (noted["state"], noted["owner"]) == ("live", None)
    assert [one["step"] for one in program.get("realisation/").json()] == [str(told.wait)]
    assert told.steps(told.draft()) == ["Buy 1", "No wait"]


def test_conflicts_are_named_and_answered(told: Told) -> None:
    told.title(told.draft(), told.pay, "Pay by card")
    program = Program(told)
    key = f"changed:{told.pay}:title"

    asked = program.post("promote/")
    done = program.post("promote/", {"answers": {key: "theirs"}})
    wrong = program.post("promote/", {"answers": {key: "mine"}})

    assert (asked.status_code, asked.json()["conflicts"]) == (409, [key])
    assert done.status_code == 201
    assert wrong.status_code == 422
    assert told.steps(told.draft()) == ["Pay later", "Buy 2"]


def test_a_future_map_is_rebased_and_an_earlier_one_published_again(told: Told) -> None:
    told.title(told.draft(), told.wait, "Wait a little")
    told.publish(told.draft())
    program = Program(told)

    done = program.post("rebase/").json()
    again = program.post("publish-again/", on=told.current)

    assert (done["left"], done["is_realised"]) == (1, False)
    assert (again.status_code, again.json()["number"]) == (201, 4)


@pytest.mark.parametrize("more", ["promote/", "rebase/", "publish-again/", "realisation/"])
def test_writing_needs_the_right_and_ones_own_map(told: Told, more: str) -> None:
    stranger = Program(Told(make.member()))
    reader = Program(told, Right.SEE_JOURNEYS)

    strange = stranger.post(more, {"nonsense": 1}, on=told.future)
    read_only = reader.post(more)

    assert (strange.status_code, read_only.status_code) == (404, 403)


def test_promoting_needs_the_right_to_publish(told: Told) -> None:
    program = Program(told, Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS)

    assert program.post("promote/").status_code == 404


def test_an_owner_of_another_workspace_is_not_there(told: Told) -> None:
    body = {"step": str(told.pay), "state": "planned", "owner": str(make.member().pk)}

    assert Program(told).post("realisation/", body).status_code == 404
    with tenant_bound(told.member.tenant_id):
        assert told.row(told.future.pk).baseline == told.current
