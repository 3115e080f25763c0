"""Tiles of answers, questions, promises, stays and drivers say what their pages say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from analytics.models import DriverRun
from analytics.rules.tiles import TileError
from analytics.services.drivers import KEPT_DAYS, RENEW_AFTER, ask_drivers, due_for_renewal
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from feedback.models import Survey, SurveyQuestion
from tests import make
from tests.analytics import churning, driving, purchasing
from tests.analytics.boarding import answers, board, tile
from tests.analytics.map_world import world
from tests.analytics.reading import load_scores
from tests.journeys.promising import promise

if TYPE_CHECKING:
    from analytics.selectors.tile_shapes import TileAnswer
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]


@pytest.fixture
def ann(db: None) -> Membership:
    return make.member(of=make.tenant(), role=Role.ANALYST)


def shown(member: Membership, kind: str, **asked: str) -> TileAnswer:
    """Read a tile of a kind on a dashboard of its own."""
    on = board(member)
    tile(on, member, kind, **asked)
    [found] = answers(on).answers
    return found


def test_answers_are_counted_and_days_without_any_are_none(ann: Membership) -> None:
    load_scores({9: 3}, of=ann.tenant, day=2)
    load_scores({2: 4}, of=ann.tenant, day=0)

    found = shown(ann, "answers", metric="nps", step="day", filter="period=7d")

    assert found.sentences == ("7 answers.",)
    counts = [row[1] for row in found.table.rows]
    assert counts[-3:] == ["3", "0", "4"]
    assert sum(int(one) for one in counts) == 7
    assert [point.value for point in found.points][-3:] == [3.0, 0.0, 4.0]
    assert found.title == "Answers: Net Promoter Score"


def test_a_question_is_told_with_shares(ann: Membership) -> None:
    load_scores({10: 3, 0: 1}, of=ann.tenant)
    with tenant_bound(ann.tenant_id):
        survey = Survey.objects.for_tenant(ann.tenant).get()
        for key, text in (("q1", "Would you recommend us?"), ("q2", "And why?")):
            SurveyQuestion.objects.create(
                tenant=ann.tenant, survey=survey, key=key, text=text, kind="score"
            )

    found = shown(ann, "results", survey=survey.key, question="q1")
    nobody = shown(ann, "results", survey=survey.key, question="q1", filter="to=2020-12-31")

    assert found.title == "Would you recommend us?"
    assert found.sentences[-1].startswith("4 responses, ")
    # Wilson, 1 and 3 of 4.
    told = {row[0]: row[1:] for row in found.table.rows if row[1] != "0"}
    assert told == {
        "0": ("1", "25.0%", "4.6 to 69.9"),
        "10": ("3", "75.0%", "30.1 to 95.4"),
    }
    assert "/results/" in found.url
    assert nobody.sentences[-1].startswith("No responses")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"survey": "none", "question": "q1"}, "survey"),
        ({"survey": "survey", "question": "none"}, "question"),
        ({"survey": "survey"}, "question"),
    ],
)
def test_questions_that_are_not_there_are_refused(
    ann: Membership, asked: dict[str, str], field: str
) -> None:
    load_scores({10: 1}, of=ann.tenant)
    with tenant_bound(ann.tenant_id):
        key = Survey.objects.for_tenant(ann.tenant).get().key
    asked = {name: key if told == "survey" else told for name, told in asked.items()}

    with pytest.raises(TileError) as refused:
        tile(board(ann), ann, "results", **asked)

    assert refused.value.field == field


def test_promises_are_those_of_the_map(ann: Membership) -> None:
    made = world("shop", member=ann)
    with tenant_bound(ann.tenant_id):
        promise(made)
        made.publish_ahead()
    load_scores({5: 30, 1: 10}, of=ann.tenant, touchpoint="shop", metric="csat_5")

    found = shown(ann, "promises", map=str(made.map_id))

    [row] = found.table.rows
    assert row[1] == "up to 82"
    assert row[2:4] == ("30 Sep 2027", "75.0%")
    assert row[5] == "40"
    assert found.sentences[0] == "1 promise, 0 reached."
    assert found.url.endswith(f"/{made.map_id}/")


def test_maps_of_today_drafts_and_those_of_others_are_refused(ann: Membership) -> None:
    draft = world("shop", member=ann)
    other = world("shop", member=make.member())
    with tenant_bound(other.member.tenant_id):
        other.publish_ahead()

    for pk in (draft.map_id, other.map_id, "x"):
        with pytest.raises(TileError) as refused:
            tile(board(ann), ann, "promises", map=str(pk))
        assert refused.value.field == "map"


def test_who_probably_is_a_customer_stands_by_tenth(ann: Membership) -> None:
    assert "Nobody has said yet" in shown(ann, "alive").refusal
    assert shown(ann, "alive").url.endswith("/repeat-customers/")
    purchasing.defined(ann.tenant)
    purchasing.bought(purchasing.cohort(400), of=ann.tenant)
    result = purchasing.fitted(ann.tenant)
    assert result.tenths

    found = shown(ann, "alive")

    assert [row[1] for row in found.table.rows] == [f"{one:,}" for one in result.tenths]
    assert found.table.rows[0][0] == "0–10%"
    assert f"{result.again:,} customers bought again." in found.sentences


def test_stays_are_parted_like_the_page_parts_them(ann: Membership) -> None:
    for number in range(12):
        churning.did(f"gone {number}", "bought", 200 - number, of=ann.tenant)
    churning.did("stays", "bought", 100, 85, 70, 55, 40, 25, 10, of=ann.tenant)
    made = churning.definition(of=ann.tenant, title="Asleep")
    churning.counted(made)

    found = shown(ann, "survival", definition=made.key, group="nothing-like-this")

    assert "shown are all together" in found.notes[0]
    assert found.curves


def test_a_tile_has_its_own_question_of_drivers_worked_out_and_kept_up(ann: Membership) -> None:
    make.load(*driving.crowd(), of=ann.tenant)
    on = board(ann)
    tile(on, ann, "drivers", outcome="nps", filter="period=all")
    [before] = answers(on).answers

    drain(ann.tenant_id)

    [after] = answers(on).answers
    assert "not worked out yet" in before.refusal
    assert before.url == after.url
    assert after.title == "Drivers of Net Promoter Score"
    assert after.table.rows
    with tenant_bound(ann.tenant_id):
        [run] = DriverRun.objects.for_tenant(ann.tenant)
        much_later = make.NOW + timedelta(days=KEPT_DAYS + 1) + RENEW_AFTER
        assert due_for_renewal(tenant=ann.tenant, now=much_later) == [run]
        ask_drivers(question=driving.question_of(ann.tenant), by=None, now=much_later)
        assert DriverRun.objects.for_tenant(ann.tenant).filter(pk=run.pk).exists()


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"outcome": "no-such-metric"}, "outcome"),
        ({"outcome": "churn:nothing"}, "outcome"),
        ({"outcome": "nps", "at": "nowhere"}, "at"),
        ({"outcome": "nps", "within": "31"}, "within"),
    ],
)
def test_outcomes_that_are_not_there_are_refused(
    ann: Membership, asked: dict[str, str], field: str
) -> None:
    with pytest.raises(TileError) as refused:
        tile(board(ann), ann, "drivers", **asked)

    assert refused.value.field == field
