"""Boards in lanes: which of them a card can leave for another, and what that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.kernel.ids import new_id
from cxm.tenants.rules import Role
from tests import make
from tests.journeys import shelving
from tests.journeys.test_library_pages import page_of, posted, seen, signed_in, url

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Membership:
    return make.member()


class Shelf:
    """Three goals, and an opportunity that serves the first two of them."""

    def __init__(self, member: Membership) -> None:
        self.member = member
        goals = [shelving.made(member, "goal", title) for title in ("A pay", "B wait", "C ask")]
        self.goals: dict[str, UUID] = {goal.title[0]: goal.pk for goal in goals}
        links = [("serves", self.goals[name]) for name in "AB"]
        self.item: Any = shelving.made(member, "opportunity", "Say the day", links)

    def move(self, before: str, after: str, **more: Any) -> Any:
        told = {"before": self.goals.get(before, ""), "after": self.goals.get(after, ""), **more}
        return posted(self.member, page_of(self.item, "goal/"), **told)

    def serves(self) -> str:
        """Name the goals that it serves now."""
        names = {pk: name for name, pk in self.goals.items()}
        found = shelving.links_of(self.member, self.item, "serves")
        return "".join(sorted(names[pk] for pk in found))


@pytest.mark.parametrize(
    ("before", "after", "served"),
    [
        pytest.param("A", "C", "BC", id="from one goal to another"),
        pytest.param("A", "B", "B", id="to one that it serves already"),
        pytest.param("A", "", "B", id="to none: the others stay"),
        pytest.param("", "C", "ABC", id="from none"),
        pytest.param("C", "A", "AB", id="from one that it does not serve any more"),
        pytest.param("A", "A", "AB", id="nowhere"),
        pytest.param("", "", "AB", id="from none to none"),
    ],
)
def test_a_card_takes_its_goal_from_the_lane_it_comes_to(
    ann: Membership, before: str, after: str, served: str
) -> None:
    shelf = Shelf(ann)

    answer = shelf.move(before, after, next=url(ann, "opportunities/?lanes=goal"))

    assert (answer.status_code, answer.url) == (302, url(ann, "opportunities/?lanes=goal"))
    assert shelf.serves() == served


def test_goal_and_column_change_together_and_one_undo_takes_both_back(ann: Membership) -> None:
    shelf = Shelf(ann)

    shelf.move("A", "C", status="doing")
    moved = (shelf.serves(), shelving.fresh(ann, shelf.item).status)
    shelving.take_back(ann, shelf.item)

    assert moved == ("BC", "doing")
    assert (shelf.serves(), shelving.fresh(ann, shelf.item).status) == ("AB", "new")


def test_sent_twice_it_is_done_once(ann: Membership) -> None:
    shelf = Shelf(ann)

    shelf.move("A", "C", status="doing")
    head = shelving.fresh(ann, shelf.item).head_seq
    shelf.move("A", "C", status="doing")

    assert (shelf.serves(), shelving.fresh(ann, shelf.item).head_seq) == ("BC", head)


@pytest.mark.parametrize(
    ("told", "field", "words"),
    [
        ({"after": "rubbish"}, "after", "Choose one of the goals."),
        ({"status": "lost"}, "status", "Choose one of the columns."),
    ],
    ids=["no-id", "no-column"],
)
def test_what_cannot_be_is_refused_with_the_field_and_changes_nothing(
    ann: Membership, told: dict[str, Any], field: str, words: str
) -> None:
    shelf = Shelf(ann)

    answer = signed_in(ann).post(
        url(ann, page_of(shelf.item, "goal/")), told, headers={"Accept": "application/json"}
    )

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert words in answer.json()["message"]
    assert shelf.serves() == "AB"


def test_a_goal_that_is_archived_is_served_no_more(ann: Membership) -> None:
    shelf = Shelf(ann)
    [goal] = [one for one in shelving.all_of(ann, "goal") if one.pk == shelf.goals["C"]]
    shelving.archive(ann, shelving.fresh(ann, goal))

    told = signed_in(ann).post(
        url(ann, page_of(shelf.item, "goal/")),
        {"after": shelf.goals["C"]},
        headers={"Accept": "application/json"},
    )
    plain = shelf.move("A", "C")

    assert (told.status_code, told.json()["field"]) == (422, "after")
    assert told.json()["message"] == "This goal is archived. Choose another one."
    assert (plain.status_code, shelf.serves()) == (302, "AB")


@pytest.mark.parametrize("whose", ["nobody's", "a stranger's"])
def test_a_goal_that_is_not_here_is_not_found(ann: Membership, whose: str) -> None:
    shelf = Shelf(ann)
    theirs = shelving.made(make.member(), "goal", "Theirs").pk

    told = {"before": shelf.goals["A"], "after": theirs if whose == "a stranger's" else new_id()}
    answer = posted(ann, page_of(shelf.item, "goal/"), **told)

    assert (answer.status_code, shelf.serves()) == (404, "AB")


def test_others_move_nothing(ann: Membership) -> None:
    shelf = Shelf(ann)
    viewer = make.member(of=ann.tenant, role=Role.VIEWER, email="v@example.org")

    refused = posted(viewer, page_of(shelf.item, "goal/"), after="rubbish")
    strange = posted(make.member(), page_of(shelf.item, "goal/"), after="rubbish")

    assert (refused.status_code, strange.status_code) == (404, 404)
    assert shelf.serves() == "AB"


@pytest.mark.parametrize(
    ("folder", "lanes", "changes", "words"),
    [
        ("opportunities", "goal", "goal", "it serves that goal instead"),
        ("opportunities", "owner", "owner", "it is somebody else’s"),
        ("opportunities", "journey", "", "in which journeys it lies is said by its steps"),
        ("solutions", "goal", "", "a solution serves the goals of its opportunities"),
        ("solutions", "journey", "", "in which journeys it lies is said by its steps"),
    ],
)
def test_a_board_says_what_another_lane_means(
    ann: Membership, folder: str, lanes: str, changes: str, words: str
) -> None:
    shelf = Shelf(ann)
    shelving.made(ann, "solution", "A message", [("solves", shelf.item.pk)])

    html = seen(ann, f"{folder}/", view="board", lanes=lanes)

    assert words in html
    assert ("data-board-by=" in html) == bool(changes)
    assert (f'data-board-by="{changes}"' in html) == bool(changes)


def test_the_lanes_of_goals_have_one_for_none(ann: Membership) -> None:
    shelf = Shelf(ann)

    html = seen(ann, "opportunities/", lanes="goal")

    assert html.count("data-goal-url=") == 2
    assert 'data-board-lane="" data-words="For no goal"' in html
    assert f'data-board-lane="{shelf.goals["A"]}" data-words="A pay"' in html
    assert f'value="{shelf.goals["C"]}"' not in html.split("board-lane", 1)[1]
