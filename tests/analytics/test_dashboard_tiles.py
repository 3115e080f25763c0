"""What tiles answer: the same figures as the pages they lead to, and refusals in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.rules.tile_kinds import TileKind
from analytics.selectors.churn import counted_definitions, rate_figure
from analytics.selectors.figures import Viewer
from analytics.selectors.filters import for_guest, read_filter
from analytics.selectors.histograms import By
from analytics.selectors.metric_page import View, metric_page
from analytics.selectors.names import measures
from cxm.customers.models import Customer
from cxm.metrics.models import Metric
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.analytics import alerting, churning
from tests.analytics.boarding import answers, board, every_kind, tile
from tests.analytics.reading import NPS_EXAMPLE, figures_of, load_scores

if TYPE_CHECKING:
    from analytics.models import Dashboard
    from analytics.selectors.metric_page import MetricPage
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
PERIODS = ["", "period=all", "period=28d", "touchpoint=checkout", "period=52w&compare=year"]


@pytest.fixture
def ann(db: None) -> Membership:
    """An analyst of a workspace with answers at two touchpoints, now and 100 days before."""
    member = make.member(of=make.tenant(), role=Role.ANALYST)
    load_scores(NPS_EXAMPLE, of=member.tenant, touchpoint="checkout", channel="web")
    load_scores({10: 12, 3: 30}, of=member.tenant, touchpoint="delivery", channel="app")
    before = make.NOW - timedelta(days=100)
    load_scores({9: 40, 0: 5}, of=member.tenant, touchpoint="checkout", answered_at=before)
    return member


def the_page(
    on: Dashboard, query: str, by: By | None = None, *, sees_rows: bool = True
) -> MetricPage:
    """Read the page of NPS within the same filter."""
    with tenant_bound(on.tenant_id):
        viewer = Viewer(on.tenant, sees_rows, make.NOW)
        asked = read_filter(parse_qs(query), today=viewer.today)
        asked = asked if sees_rows else for_guest(asked, today=viewer.today)
        [measure] = measures(on.tenant, only="nps")
        return metric_page(viewer, measure, asked, View(by=by))


@pytest.mark.parametrize("query", PERIODS)
def test_a_tile_shows_the_same_figures_as_the_page_it_leads_to(ann: Membership, query: str) -> None:
    on = board(ann)
    for kind in ("figure", "trend", "bars", "distribution"):
        tile(on, ann, kind)

    figure, trend, bars, spread = answers(on, query).answers
    page = the_page(on, query, By.TOUCHPOINT)

    assert figure.figure == page.total.figure
    assert (trend.points, trend.figures[1:]) == (tuple(page.line.points), tuple(page.line.figures))
    assert [(row.title, row.figure) for row in bars.bars] == [
        (row.title, row.figure) for row in page.rows
    ]
    assert (spread.bins, spread.classes) == (tuple(page.scores), tuple(page.classes))


def test_the_published_example_reads_in_words(ann: Membership) -> None:
    on = board(ann)
    tile(on, ann, filter="touchpoint=checkout")

    [shown] = answers(on).answers

    assert shown.figure is not None
    assert shown.figure.value == pytest.approx(100 * 26 / 51)
    assert shown.figure.n == 51
    assert shown.sentences[0].startswith("Net Promoter Score: 51, 95% interval ")
    assert shown.sentences[0].endswith(", from 51 answers.")
    assert shown.table.rows[0][:2] == ("Net Promoter Score", "51")
    assert "touchpoint=checkout" in shown.url
    assert shown.has_own_filter


def test_the_filter_of_a_tile_goes_before_the_boards(ann: Membership) -> None:
    on = board(ann)
    tile(on, ann, filter="touchpoint=checkout")
    tile(on, ann)

    own, follows = answers(on, "touchpoint=delivery").answers

    assert own.figure
    assert follows.figure
    assert (own.figure.n, follows.figure.n) == (51, 42)
    assert own.days == "From 24 Aug 2026 to 22 Nov 2026."


def test_where_nobody_answered_lately_a_tile_is_about_all_time_as_its_page_is() -> None:
    ann = make.member(of=make.tenant(), role=Role.ANALYST)
    load_scores({10: 20}, of=ann.tenant, answered_at=make.NOW - timedelta(days=400))
    on = board(ann)
    tile(on, ann)

    [shown] = answers(on).answers

    assert shown.figure == the_page(on, "").total.figure
    assert shown.notes == ("Nobody answered in the last 13 weeks, so this is all time.",)


def test_all_changes_of_a_board_are_one_family(ann: Membership) -> None:
    alone, many = board(ann, "Alone"), board(ann, "Many")
    tile(alone, ann)
    tile(many, ann)
    tile(many, ann, "table")

    [one], [figure, table] = answers(alone).answers, answers(many).answers

    assert answers(alone).family.size == 1
    assert answers(many).family.size == 2
    assert one.change
    assert figure.change
    assert one.change.value == figure.change.value
    assert [row.change is not None for row in table.bars] == [True, True]


def test_a_segment_is_a_breakdown_and_equals_the_api(ann: Membership) -> None:
    make.load(*(make.record(9, customer=f"c{n}") for n in range(12)), of=ann.tenant)
    with tenant_bound(ann.tenant_id):
        Customer.objects.for_tenant(ann.tenant).update(attributes={"plan": "pro"})
    make.segment(of=ann.tenant)
    drain(ann.tenant_id)
    on = board(ann)
    tile(on, ann, "bars", by="segment")

    [shown] = answers(on).answers

    assert [(row.title, row.figure.n) for row in shown.bars] == [("Pros", 12)]
    assert [row.figure for row in shown.bars] == [
        one.figure for one in figures_of(ann.tenant, by=By.SEGMENT)
    ]


def test_small_groups_are_hidden_from_those_who_may_not_read_answers(ann: Membership) -> None:
    make.load(*(make.record(0, touchpoint="returns") for _ in range(3)), of=ann.tenant)
    on = board(ann)
    tile(on, ann, "bars")
    tile(on, ann, "bars", by="segment")
    for kind in ("texts", "alerts", "response_rate"):
        tile(on, ann, kind)
    tile(on, ann, filter="touchpoint=returns")

    bars, segments, *rest, figure = answers(on, sees_rows=False).answers

    hidden = [(row.figure.value, row.figure.n) for row in bars.bars if row.figure.suppressed]
    assert hidden
    assert set(hidden) == {(None, 0)}
    assert [(r.title, r.figure) for r in bars.bars] == [
        (r.title, r.figure) for r in the_page(on, "", By.TOUCHPOINT, sees_rows=False).rows
    ]
    assert "right to read answers" in segments.refusal
    assert all("right to read answers" in one.refusal for one in rest)
    assert all(one.table.rows == () and one.quotes == () for one in rest)
    assert figure.figure == the_page(on, "", sees_rows=False).total.figure


def test_comments_are_the_newest_and_name_nobody(ann: Membership) -> None:
    for place in range(7):
        make.load(
            make.record(
                2,
                answered_at=make.NOW - timedelta(minutes=place),
                comment=f"Comment {place} of jo.doe@example.com",
            ),
            of=ann.tenant,
        )
    on = board(ann)
    tile(on, ann, "texts")

    [shown] = answers(on).answers

    assert [one.text[:9] for one in shown.quotes] == [f"Comment {n}" for n in range(5)]
    assert not any("jo.doe" in one.text for one in shown.quotes)
    assert "comment=yes" in shown.url


def test_churn_is_the_figure_of_its_page(ann: Membership) -> None:
    churning.did("stays", "bought", 100, 85, 70, 55, 40, 25, 10, of=ann.tenant)
    for number in range(4):
        churning.did(f"lost {number}", "bought", 90, of=ann.tenant)
    made = churning.definition(of=ann.tenant, title="Asleep")
    on = board(ann)
    tile(on, ann, "churn", definition=made.key)
    tile(on, ann, "cohorts", definition=made.key)
    before = answers(on).answers
    churning.counted(made)

    churn, cohorts = answers(on).answers
    with tenant_bound(ann.tenant_id):
        [counted] = counted_definitions(ann.tenant)
        assert counted.last_month
        viewer = Viewer(ann.tenant, sees_rows=True, now=make.NOW)
        figure = rate_figure(viewer, counted, counted.last_month, may_open=False)

    assert {one.refusal for one in before} == {"Churn has not been counted yet by this definition."}
    assert (churn.title, churn.figure) == ("Asleep", figure)
    assert churn.table.rows[0][0] == "Oct 2026"
    assert cohorts.table.columns[:3] == ("Came in", "Customers", "Month 0")
    assert [row[:2] for row in cohorts.table.rows] == [("Aug 2026", "5")]
    assert cohorts.table.rows[0][2].startswith("100% (")
    assert len(cohorts.table.rows[0]) == len(cohorts.table.columns)


def test_alerts_that_nobody_noted_are_counted(ann: Membership) -> None:
    alerting.rule(of=ann.tenant, target=90, title="Watched")
    alerting.watch(ann.tenant)
    on = board(ann)
    tile(on, ann, "alerts")

    [shown] = answers(on).answers

    assert shown.sentences == ("1 alert that nobody has taken note of.",)
    assert shown.table.rows[0][1] == "Watched"


def test_a_note_is_shown_with_its_marks_and_nothing_else(ann: Membership) -> None:
    on = board(ann)
    tile(on, ann, "note", text="**Look** at <script>alert(1)</script>")

    [shown] = answers(on).answers

    assert shown.sentences == ("Look at <script>alert(1)</script>",)
    assert "<strong>Look</strong>" in str(shown.markup)
    assert "<script>" not in str(shown.markup)


def test_a_metric_that_was_archived_is_refused_in_words(ann: Membership) -> None:
    on = board(ann)
    tile(on, ann)
    with tenant_bound(ann.tenant_id):
        Metric.objects.for_tenant(ann.tenant).filter(key="nps").update(archived_at=make.NOW)

    [shown] = answers(on).answers

    assert "archived" in shown.refusal
    assert shown.figure is None


def test_every_kind_has_words_and_a_reader(ann: Membership) -> None:
    on = board(ann)
    for kind, asked in every_kind(ann).items():
        tile(on, ann, kind, **asked)

    shown = answers(on).answers

    assert [one.kind for one in shown] == list(TileKind)
    assert all(one.sentences or one.refusal for one in shown)


@pytest.mark.parametrize("copies", [1, 4])
def test_more_tiles_about_the_same_need_no_more_queries(ann: Membership, copies: int) -> None:
    on = board(ann)
    for _ in range(copies):
        for kind in ("figure", "trend", "bars", "table", "distribution"):
            tile(on, ann, kind)

    with tenant_bound(on.tenant_id), CaptureQueriesContext(connection) as counted:
        answers(on)

    # The tiles, names, metrics, and answers: all, before, by week, and by touchpoint twice.
    assert len([one for one in counted if "FROM" in one["sql"]]) == 8
