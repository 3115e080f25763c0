"""What is measured along a map: figures of its steps, their changes, and the belief gap."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.selectors.figures import Viewer
from analytics.selectors.lane_figures import Sought, read_numbers
from analytics.selectors.lane_numbers import lane_numbers
from analytics.selectors.map_outline import read_outline
from cxm.customers.models import Identity, SegmentMember
from cxm.metrics.models import Metric
from cxm.metrics.rules.windows import closed_window
from cxm.tenants.binding import tenant_bound
from journeys.models import MetricBinding
from tests import make
from tests.analytics.map_world import World, at, touchpoint_id, world
from tests.analytics.reading import load_scores
from tests.journeys import charting
from tests.journeys.promising import ahead, bound, promise
from tests.personas import editing

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.customers.models import Segment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]

# The last closed window of 28 days at make.NOW, and the one before, in days back from then.
CLOSED = closed_window(make.NOW.date(), 28)
INSIDE = (make.NOW.date() - CLOSED.start_on).days
BEFORE = INSIDE + 28


@pytest.fixture
def shop() -> World:
    return world("shop")


def csat(of: World, name: str, good: int, bad: int, **more: Any) -> None:
    scores = {score: n for score, n in {5: good, 1: bad}.items() if n}
    load_scores(scores, of=of.member.tenant, touchpoint=name, metric="csat_5", **more)


def shown(of: World, lane_id: UUID) -> list[tuple[float | None, int]]:
    readings = [cell.items[0].reading for cell in of.numbers(lane_id).cells]
    return [(one.figure.value, one.figure.n) for one in readings if one]


def test_each_step_shows_what_was_answered_at_its_touchpoints() -> None:
    made = world("shop", "parcel")
    at(made.member, made.map_id, made.steps["parcel"], "hotline", role="secondary")
    csat(made, "shop", 8, 2)
    csat(made, "parcel", 6, 4)
    csat(made, "hotline", 0, 10)
    csat(made, "shop", 0, 50, day=28)  # one day too old

    found = made.numbers(made.lane())

    assert shown(made, found.lane.id) == [(80.0, 10), (30.0, 20)]
    assert found.cells[1].items[0].reading is not None
    url = found.cells[1].items[0].reading.figure.rows_url
    assert "touchpoint=hotline&touchpoint=parcel" in url
    assert "from=2026-10-24&metric=csat_5&to=2026-11-20" in url


def test_figures_equal_those_of_show_metric() -> None:
    made = world("shop", "parcel", "refund")
    for name, good, bad in (("shop", 31, 9), ("parcel", 7, 5), ("refund", 40, 1)):
        csat(made, name, good, bad, day=3)
        load_scores({9: good, 3: bad}, of=made.member.tenant, touchpoint=name, day=9)
    at(made.member, made.map_id, made.steps["refund"], "bank", role="secondary")
    csat(made, "bank", 3, 8, day=20)

    for metric in ("csat_5", "nps"):
        found = made.numbers(made.lane(metric_key=metric))
        for cell in found.cells:
            told = io.StringIO()
            days = {"first": "2026-10-24", "last": "2026-11-20"}
            keys = [one.key for one in cell.column.touchpoints]
            slug = made.member.tenant.slug
            call_command(
                "show_metric",
                tenant=slug,
                metric=metric,
                touchpoint=keys,
                json=True,
                stdout=told,
                **days,
            )
            [record] = json.loads(told.getvalue())
            reading = cell.items[0].reading
            assert reading is not None
            figure = reading.figure
            assert (figure.value, figure.n, figure.ci_low, figure.ci_high) == (
                record["value"],
                record["n"],
                record["ci_low"],
                record["ci_high"],
            )


def test_few_answers_are_hollow_and_fewer_hidden() -> None:
    made = world("shop", "parcel", "refund")
    csat(made, "shop", 30, 0)
    csat(made, "parcel", 29, 0)
    csat(made, "refund", 4, 0)

    cells = made.numbers(made.lane()).cells

    readings = [cell.items[0].reading for cell in cells]
    assert [one and one.is_hollow for one in readings] == [False, True, True]
    assert [one and one.figure.value for one in readings] == [100.0, 100.0, None]
    assert readings[2] is not None
    assert readings[2].figure.suppressed


def test_who_reads_no_answers_is_told_no_number() -> None:
    made = world("shop")
    csat(made, "shop", 30, 0)

    [cell] = made.numbers(made.lane(), sees_rows=False).cells

    reading = cell.items[0].reading
    assert reading is not None
    assert (reading.figure.value, reading.figure.n) == (None, 0)


def test_a_drop_between_closed_windows_is_marked_and_nothing_else() -> None:
    made = world("shop", "parcel")
    csat(made, "shop", 96, 24, day=BEFORE)
    csat(made, "shop", 60, 60, day=INSIDE)
    csat(made, "parcel", 96, 24, day=BEFORE)
    csat(made, "parcel", 95, 25, day=INSIDE)

    found = made.numbers(made.lane(compare="previous"))

    changes = [cell.items[0].reading and cell.items[0].reading.change for cell in found.cells]
    assert [change and change.words for change in changes] == [
        "down 30.0 points",
        # (2.2414 + 0.8416) * sqrt((1658 + 1704) / 120), with 2 tests
        "no change shown; smallest visible change is 16.3 points",
    ]
    assert [change and change.is_good for change in changes] == [False, None]
    assert (found.tests, found.closed) == (2, CLOSED)


def test_all_lanes_of_a_map_are_one_family() -> None:
    made = world("shop", "parcel")
    for name in ("shop", "parcel"):
        csat(made, name, 96, 24, day=BEFORE)
        csat(made, name, 90, 30, day=INSIDE)
        load_scores({10: 20, 3: 10}, of=made.member.tenant, touchpoint=name, day=INSIDE)
        load_scores({10: 20, 3: 10}, of=made.member.tenant, touchpoint=name, day=BEFORE)
    lane = made.lane(compare="previous")
    alone = made.numbers(lane).tests

    made.lane(metric_key="nps", compare="previous")
    made.lane(compare="previous")  # the same figures once more are no further tests
    made.lane(metric_key="nps", compare="none", window_days=7)

    assert (alone, made.numbers(lane).tests) == (2, 4)


def test_nothing_that_runs_is_compared() -> None:
    made = world("shop")
    csat(made, "shop", 100, 0, day=BEFORE)
    csat(made, "shop", 100, 0, day=INSIDE)
    csat(made, "shop", 0, 100)

    [cell] = made.numbers(made.lane(compare="previous")).cells

    reading = cell.items[0].reading
    assert reading is not None
    assert reading.change is not None
    assert reading.change.direction == ""


def test_a_lane_by_touchpoint_names_each() -> None:
    made = world("shop")
    at(made.member, made.map_id, made.steps["shop"], "hotline", role="secondary")
    csat(made, "shop", 8, 2)
    csat(made, "hotline", 1, 9)

    [cell] = made.numbers(made.lane(by="touchpoint")).cells

    assert [(one.label, one.reading and one.reading.figure.value) for one in cell.items] == [
        ("shop", 80.0),
        ("hotline", 10.0),
    ]


def test_what_is_drawn_outside_the_interval_is_a_gap() -> None:
    made = world("shop", "parcel", "refund")
    for name in ("shop", "parcel", "refund"):
        csat(made, name, 60, 60)  # a mean of 3, which is 0 on the drawn axis
    made.feel({"shop": 1.5, "parcel": -2.0, "refund": 0.1})

    found = made.numbers(made.lane(mapping="minus_3"))

    assert found.mapping == "mean of 1 to 5, less 3"
    assert [cell.column.step for cell in found.gaps] == [made.steps["parcel"], made.steps["shop"]]
    gaps = [cell.belief and cell.belief.gap for cell in found.gaps]
    assert [round(gap or 0, 2) for gap in gaps] == [-1.64, 1.14]


def test_without_a_mapping_nothing_stands_on_the_drawn_axis() -> None:
    made = world("shop")
    csat(made, "shop", 60, 60)
    made.feel({"shop": 1.5})

    found = made.numbers(made.lane())

    assert (found.mapping, found.gaps) == ("", [])
    assert found.cells[0].drawn == 1.5


def test_a_lane_of_an_archived_metric_is_broken() -> None:
    made = world("shop")
    lane = made.lane()
    with tenant_bound(made.member.tenant_id):
        rows = Metric.objects.for_tenant(made.member.tenant).filter(key="csat_5")
        rows.update(archived_at=timezone.now())

    found = made.numbers(lane)

    assert found.broken == "Broken: there is no live metric “csat_5”. Choose one for this lane."
    assert found.cells[0].items == ()


def test_a_step_without_a_touchpoint_says_so() -> None:
    made = world("shop")
    charting.stage(made.member, made.map_id, "Later")

    cells = made.numbers(made.lane()).cells

    assert [cell.items[0].why for cell in cells] == ["", "No touchpoint at this step"]


@pytest.mark.parametrize("steps", [1, 3])
def test_a_lane_takes_six_queries_however_many_steps(steps: int) -> None:
    names = [f"place-{number}" for number in range(steps)]
    made = world(*names)
    for name in names:
        csat(made, name, 12, 3)
    lane = made.lane(compare="previous", mapping="minus_3")
    made.lane("metric")
    found = made.map()

    viewer = Viewer(made.member.tenant, sees_rows=True, now=make.NOW)
    with tenant_bound(made.member.tenant_id), CaptureQueriesContext(connection) as queries:
        outline = read_outline(found)
        its = outline.lane(lane)
        assert its is not None
        lane_numbers(viewer, outline, its)

    assert len(queries) == 6


def test_a_metric_lane_shows_what_is_bound_and_promised(shop: World) -> None:
    made = shop
    csat(made, "shop", 30, 10)
    csat(made, "shop", 30, 10, day=INSIDE)
    lanes = {how: made.lane("metric", display=how) for how in ("number", "spark", "bars")}
    with tenant_bound(made.member.tenant_id):
        ahead(made)
        promise(made)

    shown = {how: made.numbers(lane).cells[0].items[0] for how, lane in lanes.items()}

    assert {one.label for one in shown.values()} == {"Satisfaction"}
    assert {one.target for one in shown.values()} == {"up to 82 by 30 Sep 2027"}
    assert shown["number"].picture is None
    assert "<svg" in (shown["spark"].picture or "")
    assert "<svg" in (shown["bars"].picture or "")


def test_a_metric_lane_takes_six_queries_too(shop: World) -> None:
    made = shop
    lane = made.lane("metric", display="spark")
    with tenant_bound(made.member.tenant_id):
        found = ahead(made)
        promise(made)
        with CaptureQueriesContext(connection) as queries:
            outline = read_outline(found)
            its = outline.lane(lane)
            assert its is not None
            lane_numbers(Viewer(made.member.tenant, sees_rows=True, now=make.NOW), outline, its)

    assert len(queries) == 6


def test_the_course_of_a_figure_hides_small_windows(shop: World) -> None:
    made = shop
    csat(made, "shop", 8, 2, day=INSIDE)
    csat(made, "shop", 4, 0, day=BEFORE)
    viewer = Viewer(made.member.tenant, sees_rows=True, now=make.NOW)
    with tenant_bound(made.member.tenant_id):
        place = touchpoint_id(made.member, "shop")
        sought = Sought("csat_5", frozenset({place}), 28, "none")

        course = read_numbers(viewer, [sought], past=3).course(sought, 3)

    assert course == (None, None, 80.0)


def in_segment(of: World, *names: str) -> Segment:
    """Give a segment that these customers are in now."""
    tenant = of.member.tenant
    segment = make.segment(of=tenant)
    with tenant_bound(tenant.pk):
        known = Identity.objects.for_tenant(tenant).filter(value__in=names)
        for one in known.values_list("customer__root_id", flat=True):
            SegmentMember.objects.create(
                tenant=tenant, segment=segment, customer_id=one, from_at=make.NOW
            )
    return segment


def bind_persona(of: World, segment: Segment | None = None) -> None:
    """Bind satisfaction at the shop, as customers of a persona told it."""
    persona = editing.persona(of.member, "Maya")
    if segment:
        editing.do(of.member, persona, editing.put(persona, "segment", str(segment.pk)))
    with tenant_bound(of.member.tenant_id):
        rows = MetricBinding.objects.for_tenant(of.member.tenant)
        rows.filter(pk=bound(of).pk).update(persona_id=persona)


@pytest.mark.parametrize(
    ("own", "others", "told"),
    [
        pytest.param(8, 12, (75.0, 8), id="enough of both"),
        pytest.param(4, 12, (None, 0), id="too few of the persona"),
        pytest.param(8, 3, (None, 0), id="too few others: subtraction would tell of them"),
        pytest.param(8, 0, (75.0, 8), id="nobody else"),
    ],
)
def test_a_figure_of_a_persona_counts_the_members_of_its_segment(
    shop: World, own: int, others: int, told: tuple[float | None, int]
) -> None:
    lane = shop.lane("metric", compare="none")
    mine = [f"mine-{number}" for number in range(own)]
    for number, name in enumerate(mine):
        csat(shop, "shop", *((0, 1) if number % 4 == 0 else (1, 0)), customer=name)
    for number in range(others):
        csat(shop, "shop", 0, 1, customer=f"other-{number}")
    bind_persona(shop, in_segment(shop, *mine))

    item = shop.numbers(lane).cells[0].items[0]

    assert item.reading is not None
    assert item.label == "Satisfaction, Maya"
    assert (item.reading.figure.value, item.reading.figure.n) == told
    assert "segment=pros" in item.reading.url


def test_a_figure_of_a_persona_without_a_segment_says_so(shop: World) -> None:
    lane = shop.lane("metric")
    bind_persona(shop)

    item = shop.numbers(lane).cells[0].items[0]

    assert (item.reading, item.why) == (
        None,
        "The persona “Maya” has no segment: choose one for it.",
    )
