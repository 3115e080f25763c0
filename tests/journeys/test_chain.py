"""The chain from goal to verdict that stands on the page of every item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.tenants.binding import tenant_bound
from journeys.rules.library_sorts import SORTS
from journeys.selectors.chain import ChainStop, chain_of
from tests import make
from tests.journeys import shelving
from tests.journeys.test_library_pages import page_of, seen
from tests.personas import citing

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def ann() -> Membership:
    return make.member()


def chain(member: Membership, item: Any) -> list[ChainStop]:
    with tenant_bound(member.tenant_id):
        return chain_of(SORTS[item._meta.model_name], item, now=make.NOW)


def told(stops: list[ChainStop]) -> list[tuple[str, list[str], str]]:
    return [(stop.title, [row.title for row in stop.rows], stop.note) for stop in stops]


def whole(member: Membership, **solution: Any) -> dict[str, Any]:
    """Make one item of each sort, all linked, with one piece of evidence."""
    goal = shelving.made(member, "goal", "Fewer calls")
    insight = shelving.made(member, title="No date")
    shelving.cite(member, insight, citing.evidence(member))
    links = [("answers", insight.pk), ("serves", goal.pk)]
    chance = shelving.made(member, "opportunity", "Say the day", links)
    answer = shelving.made(member, "solution", "A mail", [("solves", chance.pk)], **solution)
    return {"goal": goal, "opportunity": chance, "insight": insight, "solution": answer}


@pytest.mark.parametrize("here", ["goal", "opportunity", "insight", "solution"])
def test_the_whole_chain_stands_on_every_item(ann: Membership, here: str) -> None:
    items = whole(ann, status="verified")

    stops = chain(ann, items[here])

    assert [(rows, note) for _, rows, note in told(stops)] == [
        (["Fewer calls"], ""),
        (["Say the day"], ""),
        (["No date"], ""),
        ([], "1 piece that counts"),
        (["A mail"], ""),
        ([], "1 verified"),
    ]
    assert [stop.title for stop in stops if stop.is_here] == [here.capitalize()]
    assert not any(stop.is_missing for stop in stops)


@pytest.mark.parametrize(
    ("status", "note", "is_missing"),
    [
        ("idea", "Nothing has shipped yet", True),
        ("shipped", "1 shipped, not verified yet", True),
        ("verified", "1 verified", False),
    ],
)
def test_the_verdict_says_how_far_solutions_are_proved(
    ann: Membership, status: str, note: str, is_missing: bool
) -> None:
    last = chain(ann, whole(ann, status=status)["solution"])[-1]

    assert (last.note, last.is_missing) == (note, is_missing)


@pytest.mark.parametrize(
    ("sort", "hints"),
    [
        ("goal", [("Goal", ""), ("Opportunities", "No opportunity yet")]),
        (
            "insight",
            [
                ("Opportunities", "No opportunity yet"),
                ("Insight", ""),
                ("Evidence", "Nothing is cited yet"),
            ],
        ),
        (
            "opportunity",
            [
                ("Goals", "Serves no goal yet"),
                ("Opportunity", ""),
                ("Insights", "Rests on no insight yet"),
                ("Solutions", "No solution yet"),
            ],
        ),
        (
            "solution",
            [
                ("Opportunities", "No opportunity yet"),
                ("Solution", ""),
                ("Verdict", "Nothing has shipped yet"),
            ],
        ),
    ],
)
def test_missing_links_are_hinted_and_nothing_is_shown_beyond(
    ann: Membership, sort: str, hints: list[tuple[str, str]]
) -> None:
    stops = chain(ann, shelving.made(ann, sort, "Alone"))

    assert [(stop.title, stop.note) for stop in stops] == hints
    assert [stop.is_missing for stop in stops] == [bool(note) for _, note in hints]


def test_archived_items_are_no_links_of_the_chain(ann: Membership) -> None:
    items = whole(ann)
    shelving.archive(ann, items["opportunity"])

    assert told(chain(ann, items["goal"]))[-1] == ("Opportunities", [], "No opportunity yet")


def test_of_many_two_are_named(ann: Membership) -> None:
    insight = shelving.made(ann)
    for title in "CAB":
        shelving.made(ann, "opportunity", title, links=[("answers", insight.pk)])

    [stop] = [one for one in chain(ann, insight) if one.title == "Opportunities"]

    assert ([row.title for row in stop.rows], stop.more) == (["A", "B"], 1)
    assert "and 1 more" in seen(ann, page_of(insight))
