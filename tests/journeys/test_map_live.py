"""Changing a map from its page: what is answered, what others are told, and what is refused."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.tenants.rules import Role
from tests import make
from tests.journeys import charting
from tests.journeys.sample import Sample, sample
from tests.journeys.test_map_page import colleague, url

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse
    from pytest_django.fixtures import DjangoAssertNumQueries

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def op(name: str, lineage: UUID, **more: Any) -> dict[str, Any]:
    ids = {"id": str(new_id()), "batch": str(new_id())}
    return {**ids, "op": name, "lineage": str(lineage), **more}


def send(member: Membership, made: Sample, *ops: Any, query: str = "") -> HttpResponse:
    return client_of(member).post(  # type: ignore[return-value]
        url(member, made.map_id, f"ops{query}"), json.dumps(ops), content_type="application/json"
    )


def targets(html: str) -> list[str]:
    return re.findall(r'<hx-partial hx-target="#([\w-]+)" hx-swap="outerMorph">', html)


def test_a_change_of_a_card_is_answered_with_its_lane() -> None:
    made = sample(make.member())
    changed = op("set", made.cards["Does 0"], field="text", value="Sees a tram", base_rev=99)

    told = json.loads(send(made.member, made, changed).content)

    assert targets(told["html"]) == [f"lane-{made.lanes['Does']}"]
    assert "Sees a tram" in told["html"]
    assert told["done"] == [{"id": changed["id"], "seq": told["head"]}]


def test_a_card_that_moves_is_answered_with_both_lanes() -> None:
    made = sample(make.member())
    moved = op("move", made.cards["Does 0"], value={"parent": str(made.lanes["Thinks"])})

    told = json.loads(send(made.member, made, moved).content)

    assert set(targets(told["html"])) == {
        f"lane-{made.lanes[title]}" for title in ("Does", "Thinks")
    }


@pytest.mark.parametrize(
    ("kind", "parent", "values", "lanes"),
    [
        ("role", "step", {"role": "R"}, ["Backstage"]),
        ("contact", "step", {"role": "secondary"}, ["Touchpoints", "Channels"]),
        ("flow", "map", {"kind": "loop"}, ["Ways"]),
    ],
)
def test_what_steps_have_is_answered_with_the_lanes_that_show_it(
    kind: str, parent: str, values: dict[str, Any], lanes: list[str]
) -> None:
    made = sample(make.member())
    step = made.steps[3]
    told = values | _shown(made, kind, step)
    place = step if parent == "step" else made.map_id

    answer = send(
        made.member,
        made,
        op("create", new_id(), kind=kind, value={"values": told, "parent": str(place)}),
    )

    assert set(targets(json.loads(answer.content)["html"])) == {
        f"lane-{made.lanes[title]}" for title in lanes
    }


def _shown(made: Sample, kind: str, step: UUID) -> dict[str, str]:
    """Give what an element of *kind* refers to, taken from one that is there."""
    if kind == "flow":
        return {"from_step": str(step), "to_step": str(step)}
    name = {"role": "stakeholder", "contact": "touchpoint"}[kind]
    state = charting.state_of(made.member, made.map_id)
    return {name: str(next(e.values[name] for e in state.values() if e.kind == kind))}


def test_a_new_step_is_answered_with_the_whole_grid() -> None:
    made = sample(make.member())
    value = {"values": {"title": "Pays"}, "parent": str(made.stages[1])}

    told = json.loads(
        send(made.member, made, op("create", new_id(), kind="step", value=value)).content
    )

    assert targets(told["html"]) == ["map-grid"]
    assert "Step 5, Pays" in told["html"]


def test_a_description_that_nobody_sees_changes_nothing_on_the_page() -> None:
    made = sample(make.member())
    changed = op("set", made.steps[0], field="presenter_note", value="Pause here", base_rev=99)

    assert json.loads(send(made.member, made, changed).content)["html"] == ""


def test_a_deleted_step_takes_its_cards_along() -> None:
    made = sample(make.member())

    told = json.loads(send(made.member, made, op("delete", made.steps[5])).content)

    assert targets(told["html"]) == ["map-grid"]
    assert "Cable is routed" in told["html"]
    assert len(told["done"]) > 1


def test_fragments_are_drawn_as_the_page_is_looked_at() -> None:
    made = sample(make.member())
    changed = op("set", made.cards["Does 2"], field="text", value="Types it", base_rev=99)

    told = json.loads(send(made.member, made, changed, query=f"?stage={made.stages[0]}").content)

    assert "Types it" not in told["html"]
    assert "Sees a bus-stop" in told["html"]


def test_an_operation_takes_few_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = sample(make.member())
    client = client_of(made.member)
    changed = [op("set", made.cards["Does 0"], field="text", value="Sees a tram", base_rev=99)]

    # Behind the door, and beside two savepoints that are made and released.
    with django_assert_num_queries(7 + 4 + 12):
        client.post(
            url(made.member, made.map_id, "ops"),
            json.dumps(changed),
            content_type="application/json",
        )


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"oh", 400), (b"[]", 422), (b'[{"op": "set"}]', 422), (b"[" + b" " * 1_000_000 + b"]", 413)],
)
def test_what_is_no_list_of_operations_is_refused(body: bytes, status: int) -> None:
    made = sample(make.member())

    answer = client_of(made.member).post(
        url(made.member, made.map_id, "ops"), body, content_type="application/json"
    )

    assert answer.status_code == status


def test_text_that_somebody_else_changed_is_asked_about() -> None:
    made = sample(make.member())
    card = made.cards["Does 0"]
    theirs = colleague(made.member, Role.MANAGER)
    send(theirs, made, op("set", card, field="text", value="Theirs", base_rev=99))

    answer = send(made.member, made, op("set", card, field="text", value="Mine", base_rev=1))

    told = json.loads(answer.content)
    assert (answer.status_code, told["code"]) == (409, "stale")
    assert told["clashes"][0]["theirs"] == "Theirs"


def test_a_published_map_is_not_changed() -> None:
    made = sample(make.member())
    client_of(made.member).post(url(made.member, made.map_id, "publish/"))

    answer = send(made.member, made, op("delete", made.cards["Does 0"]))

    assert answer.status_code == 403
    assert "open a draft" in json.loads(answer.content)["message"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_who_may_not_edit_finds_no_operations(role: Role) -> None:
    made = sample(make.member())

    answer = send(colleague(made.member, role), made, op("delete", made.cards["Does 0"]))

    assert answer.status_code == 404


def changes(member: Membership, made: Sample, after: int, **query: str) -> HttpResponse:
    told = {"after": str(after), **query}
    return client_of(member).get(url(member, made.map_id, "changes"), told)  # type: ignore[return-value]


def head_of(made: Sample) -> int:
    state = charting.state_of(made.member, made.map_id)
    return max(max(e.revs.values()) for e in state.values())


def test_others_are_told_what_changed_and_get_its_lane() -> None:
    made = sample(make.member())
    head = head_of(made)
    send(made.member, made, op("delete", made.cards["Does 0"]))

    told = json.loads(changes(colleague(made.member, Role.VIEWER), made, head).content)

    assert told["head"] == head + 1
    assert targets(told["html"]) == [f"lane-{made.lanes['Does']}"]
    assert told["changes"][0]["words"].startswith("deleted card")


def test_where_nothing_is_new_nothing_is_told() -> None:
    made = sample(make.member())

    assert changes(made.member, made, head_of(made)).status_code == 204


def test_who_is_on_the_map_is_told_to_others_with_where_they_are() -> None:
    made = sample(make.member())
    other, head = colleague(made.member, Role.MANAGER), head_of(made)
    at = str(made.cards["Does 0"])
    changes(other, made, head, at=at, typing="1")

    told = json.loads(changes(made.member, made, head).content)

    name = other.user.get_full_name()
    assert told["present"] == [{"id": str(other.pk), "name": name, "at": at, "is_typing": True}]
    assert changes(made.member, made, head, present=told["mark"]).status_code == 204


def test_who_hides_is_told_to_nobody() -> None:
    made = sample(make.member())
    other, head = colleague(made.member, Role.MANAGER), head_of(made)
    changes(other, made, head)
    changes(other, made, head, hidden="1")

    assert changes(made.member, made, head).status_code == 204


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 12])
def test_a_number_that_is_none_is_refused(after: str) -> None:
    made = sample(make.member())

    answer = client_of(made.member).get(url(made.member, made.map_id, f"changes?after={after}"))

    assert answer.status_code == 422
