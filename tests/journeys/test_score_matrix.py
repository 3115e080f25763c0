"""The matrix of opportunities and solutions: what is drawn, filtered, moved and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.tenants.rules import Role
from tests import make
from tests.journeys import scoring, shelving
from tests.journeys.test_library_pages import got, posted, seen, signed_in, url

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HOSTILE = '<script>alert("x")</script> & “q”'
VALUE = "opportunity-value-effort"


@pytest.fixture
def ann() -> Membership:
    return make.member()


def problem(member: Membership, title: str = "Nobody says when", **values: Any) -> Any:
    return shelving.made(member, "opportunity", title, **values)


def placed(member: Membership, chance: Any, **values: Any) -> Any:
    told = {"item": str(chance.pk), "x_axis": "effort", "y_axis": "value"} | values
    return posted(member, f"opportunities/matrix/place/?scores={VALUE}", **told)


def test_a_matrix_draws_items_with_their_intervals_and_lists_those_without(
    ann: Membership,
) -> None:
    item = problem(ann, HOSTILE)
    problem(ann, "Without")
    scoring.say(ann, item, value=(6, 4, 8), effort=2)

    answer = got(ann, "opportunities/matrix/", scores=VALUE)

    matrix = answer.context["matrix"]
    [drawn] = matrix.placed
    assert (drawn.spot.x, drawn.spot.y, drawn.spot.y_interval) == (2.0, 6.0, (4.0, 8.0))
    assert [one.spot.label for one in matrix.absent] == ["Without"]
    assert matrix.zones == ("Do first", "Plan well", "Fill in", "Leave for now")
    assert HOSTILE not in answer.content.decode()


@pytest.mark.parametrize("sort", ["opportunities", "solutions"])
def test_what_is_drawn_is_chosen_from_scores_and_inputs(ann: Membership, sort: str) -> None:
    told = {"x": "confidence", "y": "rice", "size": ""}

    answer = got(ann, f"{sort}/matrix/", **told)

    drawn = answer.context["drawn"]
    assert (drawn.x, drawn.y, drawn.size) == ("confidence", "rice", "")


def test_what_a_model_does_not_have_is_not_drawn(ann: Membership) -> None:
    told = {"x": HOSTILE, "y": "nothing", "size": "nothing", "scores": "nothing"}

    answer = got(ann, "opportunities/matrix/", **told)

    drawn = answer.context["drawn"]
    assert answer.status_code == 200
    assert (drawn.x, drawn.y, drawn.size) == ("effort", "rice", "")
    assert HOSTILE not in answer.content.decode()


def test_a_matrix_is_filtered_as_the_list_is(ann: Membership) -> None:
    goal = shelving.made(ann, "goal", "Fewer calls")
    chance = shelving.made(ann, "opportunity", "Serves it", links=[("serves", goal.pk)])
    problem(ann, "Serves none", owner=None)
    shelving.made(ann, "solution", "A sign", links=[("solves", chance.pk)])
    shelving.made(ann, "solution", "Another")

    def labels(folder: str, **query: str) -> list[str]:
        found = got(ann, f"{folder}/matrix/", **query).context["matrix"].rows
        return sorted(one.spot.label for one in found)

    assert labels("opportunities", goal=str(goal.pk)) == ["Serves it"]
    assert labels("solutions", goal=str(goal.pk)) == ["A sign"]
    assert labels("opportunities", owner="nobody") == ["Serves none"]
    assert labels("opportunities", status="done") == []


def test_a_place_says_the_inputs_and_keeps_what_was_not_moved(ann: Membership) -> None:
    item = problem(ann)
    scoring.say(ann, item, value=(6, 4, 8), effort=2)

    answer = placed(ann, item, x="3", y="6")

    held = scoring.scored(ann, item).held
    assert answer.status_code == 302
    assert [one.words for one in scoring.scored(ann, item).inputs] == ["6 (4 to 8)", "3"]
    assert held["effort"].said is not None


def test_an_emptied_place_is_taken_back(ann: Membership) -> None:
    item = problem(ann)
    scoring.say(ann, item, value=6, effort=2)

    placed(ann, item, x="", y="6")

    assert [one.words for one in scoring.scored(ann, item).inputs] == ["6", ""]


def test_a_script_is_answered_in_short(ann: Membership) -> None:
    item, client = problem(ann), signed_in(ann)
    told = {"item": str(item.pk), "x_axis": "effort", "y_axis": "value", "y": "7"}
    path = url(ann, f"opportunities/matrix/place/?scores={VALUE}")
    scoring.model(ann)

    good = client.post(path, told, headers={"Accept": "application/json"})
    bad = client.post(path, told | {"y": "70"}, headers={"Accept": "application/json"})

    assert (good.status_code, good.content) == (204, b"")
    assert (bad.status_code, bad.content.decode()) == (422, "Value: 0 to 10.")
    assert bad["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"x": "many"}, "Enter a number."),
        ({"x": "-1"}, "Effort: 0 to 10."),
        ({"x": "1", "x_axis": "ratio"}, "no input “ratio”"),
        ({"item": "rubbish"}, "Enter a valid UUID."),
    ],
)
def test_places_that_cannot_be_are_refused(
    ann: Membership, values: dict[str, str], words: str
) -> None:
    item = problem(ann)
    scoring.model(ann)

    answer = placed(ann, item, **values)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_places_are_refused_to_viewers_and_of_strangers(ann: Membership) -> None:
    item, viewer = problem(ann), make.member(of=ann.tenant, role=Role.VIEWER)

    assert placed(viewer, item, x="1").status_code == 404
    assert placed(make.member(), item, x="1").status_code == 404
    assert "data-matrix " not in seen(viewer, "opportunities/matrix/", scores=VALUE)


def test_nobody_is_sent_elsewhere(ann: Membership) -> None:
    item = problem(ann)

    answer = placed(ann, item, x="1", next="//evil.example/")

    assert answer.url == url(ann, "opportunities/matrix/")
