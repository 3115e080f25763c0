"""Models of scores, scores and the progress of goals in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from tests import make
from tests.analytics.map_world import world
from tests.journeys import promising, scoring, shelving, test_api_journeys

if TYPE_CHECKING:
    from cxm.tenants.models import Membership


class Program(test_api_journeys.Program):
    """A program that asks by any method."""

    def ask(self, method: str, url: str, body: Any = None) -> Any:
        told: dict[str, Any] = {"data": body} if body is not None else {}
        headers = self.headers
        send = getattr(Client(), method)
        return send(url, content_type="application/json", headers=headers, **told)


pytestmark = [pytest.mark.django_db, pytest.mark.slow]
V1 = "/api/v1/"
VALUE = "opportunity-value-effort"


@pytest.fixture
def ann() -> Membership:
    return make.member()


@pytest.fixture
def program(ann: Membership) -> Program:
    return Program(ann.tenant, Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS, Right.EDIT_REGISTRIES)


def body(member: Membership, **changes: Any) -> dict[str, Any]:
    """Give all that a model is, with changes."""
    model = scoring.model(member)
    told = {
        name: getattr(model, name) for name in ("title", "inputs", "formulas", "x", "y", "size")
    }
    return told | changes


def test_models_are_listed_by_subject(program: Program) -> None:
    told = program.get(f"{V1}score-models/?subject=solution").json()

    assert {one["subject"] for one in told} == {"solution"}
    assert [one["key"] for one in told if one["is_default"]] == ["solution-rice"]
    assert told[0]["formulas"][0]["expr"] == "reach * impact * confidence / 100 / effort"


def test_a_model_is_copied_changed_and_archived(ann: Membership, program: Program) -> None:
    of = str(scoring.model(ann).pk)

    made = program.ask("post", f"{V1}score-models/", {"title": "Ours", "of": of}).json()
    url = f"{V1}score-models/{made['id']}/"
    formulas = [{"key": "sum", "label": "Sum", "expr": "value + effort"}]
    changed = program.ask("put", url, body(ann, title="Sum", formulas=formulas)).json()
    usual = program.ask("post", f"{url}default/").json()
    archived = program.ask("post", f"{url}archive/").json()
    restored = program.ask("post", f"{url}restore/").json()

    assert (made["key"], made["subject"]) == ("ours", "opportunity")
    assert (changed["title"], changed["formulas"]) == ("Sum", formulas)
    assert usual["is_default"]
    assert archived["archived_at"]
    assert restored["archived_at"] is None
    assert program.get(url).json() == restored


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"formulas": [{"key": "a", "label": "A", "expr": "value + + effort"}]}, "formulas"),
        ({"formulas": []}, "formulas"),
        ({"inputs": []}, "inputs"),
        ({"x": "elsewhere"}, "x"),
        ({"title": ""}, "title"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_model_that_cannot_be_used_is_refused_by_name(
    ann: Membership, program: Program, changes: dict[str, Any], field: str
) -> None:
    url = f"{V1}score-models/{scoring.model(ann).pk}/"

    answer = program.ask("put", url, body(ann, **changes))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_values_are_said_and_the_score_follows(ann: Membership, program: Program) -> None:
    item = shelving.made(ann, "opportunity", "Say the day")
    url = f"{V1}opportunities/{item.pk}/scores/"
    values = {"value": {"value": 6, "lo": 4, "hi": 8}, "effort": {"value": 2}}

    said = program.ask("post", url, {"model": VALUE, "values": values, "reason": "A guess"}).json()
    taken = program.ask("post", url, {"model": VALUE, "values": {"effort": None}}).json()

    assert said["scores"] == [
        {"key": "ratio", "span": {"value": 3.0, "lo": 2.0, "hi": 4.0}, "why": ""}
    ]
    assert taken["scores"] == [{"key": "ratio", "span": None, "why": "Effort is missing."}]
    assert [one["reason"] for one in taken["past"]] == ["", "A guess", "A guess"]
    assert program.get(f"{url}?model={VALUE}").json() == taken


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"values": {"value": {"value": 11}}}, "value"),
        ({"values": {"value": {"value": 5, "lo": 6, "hi": 7}}}, "lo"),
        ({"values": {"stars": {"value": 5}}}, "input"),
        ({"values": {"value": {}}}, "values"),
        ({}, "values"),
    ],
)
def test_values_that_cannot_be_are_refused_by_name(
    ann: Membership, program: Program, told: dict[str, Any], field: str
) -> None:
    item = shelving.made(ann, "opportunity", "Say the day")
    scoring.model(ann)

    answer = program.ask("post", f"{V1}opportunities/{item.pk}/scores/", {"model": VALUE} | told)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field)


def test_all_items_of_a_model_are_listed_with_their_scores(
    ann: Membership, program: Program
) -> None:
    for number, title in enumerate("AB", start=1):
        scoring.say(ann, shelving.made(ann, "opportunity", title), value=number, effort=1)
    url = f"{V1}score-models/{scoring.model(ann).pk}/scores/"

    first = program.get(f"{url}?limit=1").json()
    second = program.get(first["next"]).json()

    told = [(one["title"], one["scores"][0]["span"]["value"]) for one in first["results"]]
    told += [(one["title"], one["scores"][0]["span"]["value"]) for one in second["results"]]
    assert told == [("A", 1.0), ("B", 2.0)]


def test_what_data_say_is_computed_again(program: Program) -> None:
    assert program.ask("post", f"{V1}score-models/compute/").status_code == 202


def test_a_goal_tells_how_far_it_is(ann: Membership, program: Program) -> None:
    of = world("shop", member=ann)
    make.load(
        *[make.record(9 if n < 7 else 3, touchpoint="shop", day=1) for n in range(10)],
        of=ann.tenant,
    )
    with tenant_bound(ann.tenant_id):
        binding = promising.bound(of, metric="nps")
    goal = shelving.made(ann, "goal", "Better", binding=str(binding.pk), target=60.0)
    sees = Program(ann.tenant, Right.SEE_JOURNEYS, Right.SEE_RESPONSES)

    told = sees.get(f"{V1}goals/{goal.pk}/progress/").json()

    assert (told["now"]["value"], told["now"]["n"]) == (40.0, 10)
    assert told["verdict"].startswith("Too few answers")
    hidden = program.get(f"{V1}goals/{goal.pk}/progress/").json()
    assert hidden["verdict"] == ""


def test_nothing_of_others_is_there(program: Program) -> None:
    other = make.member()
    item, goal = shelving.made(other, "opportunity"), shelving.made(other, "goal")
    model = scoring.model(other)

    for method, path in (
        ("get", f"score-models/{model.pk}/"),
        ("get", f"score-models/{model.pk}/scores/"),
        ("put", f"score-models/{model.pk}/"),
        ("post", f"score-models/{model.pk}/archive/"),
        ("get", f"opportunities/{item.pk}/scores/"),
        ("post", f"opportunities/{item.pk}/scores/"),
        ("get", f"goals/{goal.pk}/progress/"),
    ):
        assert program.ask(method, f"{V1}{path}").status_code == 404


def test_reading_is_not_writing(ann: Membership) -> None:
    reads = Program(ann.tenant, Right.SEE_JOURNEYS)
    item, model = shelving.made(ann, "opportunity"), scoring.model(ann)

    for method, path in (
        ("post", "score-models/"),
        ("put", f"score-models/{model.pk}/"),
        ("post", f"score-models/{model.pk}/default/"),
        ("post", f"opportunities/{item.pk}/scores/"),
        ("post", "score-models/compute/"),
    ):
        assert reads.ask(method, f"{V1}{path}").status_code == 403
