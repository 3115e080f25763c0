"""Tiles that look ahead say what their pages say: goals, drivers, stays, revenue, buyers, risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analytics.selectors.churn import counted_definitions
from analytics.selectors.churn_pictures import drawn_curves
from analytics.selectors.figures import Viewer
from analytics.selectors.filters import read_filter
from analytics.selectors.names import measures
from analytics.selectors.repeat_customers import counted_purchases, repeat_rate
from analytics.selectors.risk import counted_risks
from analytics.selectors.why import why
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make
from tests.analytics import aiming, churning, contracting, driving, purchasing, risking
from tests.analytics.boarding import answers, board, tile
from tests.analytics.reading import load_scores
from tests.feedback.text import topics

if TYPE_CHECKING:
    from analytics.selectors.tile_shapes import TileAnswer
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(db: None) -> Membership:
    return make.member(of=make.tenant(), role=Role.ANALYST)


def shown(member: Membership, kind: str, **asked: str) -> TileAnswer:
    """Read a tile of a kind on a dashboard of its own."""
    on = board(member)
    tile(on, member, kind, **asked)
    [found] = answers(on).answers
    return found


def test_goals_stand_with_their_verdicts(ann: Membership) -> None:
    aiming.answers({9: 30, 0: 10}, of=ann.tenant, days_ago=40)
    aiming.answers({9: 36, 0: 4}, of=ann.tenant, days_ago=3)
    aiming.goal(ann)
    page = aiming.shown(ann.tenant)

    found = shown(ann, "goals")

    assert found.sentences == (f"1 goal, {int(not page.is_met)} not reached yet.",)
    between = f"{page.now.ci_low:.0f} to {page.now.ci_high:.0f}"
    told = ("50", "80", between, "40", "40", page.way, "30 Nov 2026", f"{page.words}, for now")
    assert found.table.rows == (("NPS of 40", *told),)
    assert found.url.endswith("/strategy/")


def test_topics_are_those_of_most_texts_with_their_shares(ann: Membership) -> None:
    topics.topic(ann, "Staff", "staff")
    topics.topic(ann, "Delivery", "parcel")
    topics.topic(ann, "Silence", "silence")
    topics.wrote(ann.tenant, "parcel one", "parcel two", "staff one", "other")
    make.channel(of=ann.tenant, key="web")

    found = shown(ann, "topics", filter="period=all")
    narrowed = shown(ann, "topics", filter="period=all&channel=web")
    empty = shown(ann, "topics", filter="from=2020-01-01&to=2020-12-31")

    assert found.sentences == ("Of 4 texts, 25.0% are about no topic.",)
    # Wilson, 2 and 1 of 4.
    assert [row[:4] for row in found.table.rows] == [
        ("Delivery", "2", "50.0%", "15.0 to 85.0"),
        ("Staff", "1", "25.0%", "4.6 to 69.9"),
    ]
    assert found.url.endswith("/topics/")
    assert any("only the days count" in one for one in narrowed.notes)
    assert empty.sentences == ("Nobody wrote anything.",)
    assert empty.table.rows == ()


def test_a_workspace_without_topics_says_so(ann: Membership) -> None:
    assert "no topics yet" in shown(ann, "topics").refusal


def test_a_change_is_told_as_on_its_page(ann: Membership) -> None:
    for day, score in ((100, 10), (0, 0)):
        load_scores({score: 30, 8: 10}, of=ann.tenant, day=day, channel="web")
    with tenant_bound(ann.tenant_id):
        viewer = Viewer(ann.tenant, sees_rows=True, now=make.NOW)
        asked = read_filter({}, today=viewer.today)
        page = why(viewer, measures(ann.tenant, only="nps")[0], asked)
    assert page.explained

    found = shown(ann, "why", metric="nps")

    assert found.sentences == tuple(page.explained.sentences)
    assert [row[0] for row in found.table.rows] == [
        "Before",
        "Who answered",
        "What they answered",
        "Now",
    ]


def test_reasons_and_what_follows_are_those_of_the_churn_page(ann: Membership) -> None:
    rows = [contracting.row(f"c{at}", "2026-01-01") for at in range(5)]
    rows += [
        contracting.row(f"gone {at}", "2026-01-01", "2026-10-15", end_reason="Price")
        for at in range(5)
    ]
    rows.append(contracting.row("one", "2026-01-01", "2026-10-15", end_reason="Told by one"))
    rows.append(contracting.row("left", "2026-01-01", "2026-09-15"))
    contracting.take_in(*rows, of=ann.tenant)
    made = churning.definition("contract", of=ann.tenant, title="Ended", plans=[], grace_days=0)
    churning.counted(made)

    reasons = shown(ann, "reasons", definition=made.key)
    onward = shown(ann, "onward", definition=made.key)

    assert [(row[0], row[3]) for row in reasons.table.rows][1:] == [
        ("Price", "5"),
        ("1 other reason, given less often", "1"),
    ]
    assert reasons.sentences == ("7 ends, with what is known of them.",)
    assert onward.sentences[0].startswith("No touchpoint has ten customers")


def test_readers_without_answers_get_no_goals(ann: Membership) -> None:
    on = board(ann)
    for kind in ("goals", "drivers"):
        tile(on, ann, kind)

    found = answers(on, sees_rows=False).answers

    assert all("right to read answers" in one.refusal for one in found)


def test_drivers_are_those_worked_out_last(ann: Membership) -> None:
    assert "Nobody has asked" in shown(ann, "drivers").refusal
    make.load(*driving.crowd(), of=ann.tenant)
    result = driving.worked_out(ann.tenant)

    found = shown(ann, "drivers")

    assert len(found.table.rows) == len(result.inputs)
    assert "delivery" in found.table.rows[0][0].lower()
    assert found.sentences


def test_stays_are_those_of_the_curve(ann: Membership) -> None:
    for number in range(12):
        churning.did(f"lost {number}", "bought", 200 - number, of=ann.tenant)
    churning.did("stays", "bought", 100, 85, 70, 55, 40, 25, 10, of=ann.tenant)
    made = churning.definition(of=ann.tenant, title="Asleep")
    assert "not been counted yet" in shown(ann, "survival", definition=made.key).refusal
    churning.counted(made)
    with tenant_bound(ann.tenant_id):
        [one] = counted_definitions(ann.tenant)
        assert one.result
        curves = drawn_curves(one.result, "")
    assert curves

    found = shown(ann, "survival", definition=made.key)

    assert found.sentences[0] == "Everybody: half are gone after 30 days, of 13 customers."
    assert [row[0] for row in found.table.rows] == [f"{day} days" for day in curves.days]
    assert found.picture == curves.picture


def test_revenue_is_that_of_contracts(ann: Membership) -> None:
    rows = [contracting.row(f"c{at}", "2026-01-01") for at in range(9)]
    rows.append(contracting.row("gone", "2026-01-01", "2026-10-15"))
    contracting.take_in(*rows, of=ann.tenant)
    made = churning.definition("contract", of=ann.tenant, title="Ended", plans=[], grace_days=0)
    churning.counted(made)

    found = shown(ann, "revenue", definition=made.key)

    october = next(row for row in found.table.rows if row[0] == "Oct 2026")
    assert october[1:] == ("10.0%", "90.0%", "10")
    assert any("Worth of a new holder in 10 months" in one for one in found.sentences)


def test_revenue_of_what_counts_no_contracts_is_refused(ann: Membership) -> None:
    churning.did("stays", "bought", 10, of=ann.tenant)
    made = churning.definition(of=ann.tenant, title="Asleep")
    churning.counted(made)

    assert "counts no contracts" in shown(ann, "revenue", definition=made.key).refusal


def test_buyers_are_those_of_their_page(ann: Membership) -> None:
    assert "Nobody has said yet" in shown(ann, "repeat").refusal
    purchasing.defined(ann.tenant)
    purchasing.bought(
        {"once": [(30, "5")], "twice": [(60, "5"), (20, "6")], "never again": [(300, "9")]},
        of=ann.tenant,
    )
    purchasing.fitted(ann.tenant)
    with tenant_bound(ann.tenant_id):
        counted = counted_purchases(ann.tenant)
        assert counted
        viewer = Viewer(ann.tenant, sees_rows=True, now=make.NOW)
        figure = repeat_rate(viewer, counted, may_open=False)

    found = shown(ann, "repeat")

    assert found.figure == figure
    assert found.table.rows[-1] == ("Bought at all", "3")


@pytest.mark.slow
def test_risk_tells_its_trial_and_no_customer(ann: Membership) -> None:
    risking.story(600, of=ann.tenant)
    made = risking.leavers(ann.tenant)
    assert "not been counted yet" in shown(ann, "risk", definition=made.key).refusal
    risking.run_of(made)
    with tenant_bound(ann.tenant_id):
        [counted] = counted_risks(ann.tenant)
    assert counted.result
    assert counted.result.trial

    found = shown(ann, "risk", definition=made.key)

    assert found.sentences == (counted.trial_words,)
    assert len(found.table.rows) == len(counted.result.trial.tenths)
    assert "person-" not in str(found)
