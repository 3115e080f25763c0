"""The figures of maps in words, for files and rules: those that the map shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.kernel.metric_values import MetricPort, metric_values
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.analytics.map_world import World, touchpoint_id, world
from tests.analytics.reading import load_scores
from tests.journeys.promising import bound

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_inside")]
READER: dict[str, Any] = {"sees_answers": True, "now": make.NOW}


@pytest.fixture
def made() -> World:
    found = world("shop", "parcel")
    told = {"of": found.member.tenant, "metric": "csat_5"}
    load_scores({5: 40, 1: 10}, touchpoint="shop", **told)  # type: ignore[arg-type]
    load_scores({5: 1, 1: 9}, touchpoint="parcel", **told)  # type: ignore[arg-type]
    return found


@pytest.fixture
def _inside(made: World) -> Iterator[None]:
    with tenant_bound(made.member.tenant_id):
        yield


def test_a_lane_is_told_by_step_as_the_map_shows_it(made: World) -> None:
    lane = made.lane()

    told = metric_values.lane(journey_map=made.map(), lane_id=lane, **READER)

    assert told is not None
    [shop], [parcel] = told[made.steps["shop"]], told[made.steps["parcel"]]
    assert (shop.title, shop.value, shop.n, shop.is_hollow) == ("Satisfaction", 80.0, 50, False)
    assert shop.words == "80.0%, 50 answers, between 67.0 and 88.8"
    assert parcel.is_hollow


def test_other_lanes_have_no_figures(made: World) -> None:
    assert metric_values.lane(journey_map=made.map(), lane_id=made.lane("text"), **READER) is None


def test_who_reads_no_answers_is_told_no_figure(made: World) -> None:
    reader = READER | {"sees_answers": False}

    told = metric_values.lane(journey_map=made.map(), lane_id=made.lane(), **reader)

    assert told is not None
    assert [one.value for [one] in told.values()] == [None, None]
    assert all(one.words.startswith("Hidden, ") for [one] in told.values())


def test_a_binding_is_told_where_its_step_is_on_the_map(made: World) -> None:
    binding = bound(made)

    told = metric_values.binding(journey_map=made.map(), binding=binding, **READER)
    binding.step_id = made.map_id
    elsewhere = metric_values.binding(journey_map=made.map(), binding=binding, **READER)

    assert told is not None
    assert told.record()["value"] == 80.0
    assert elsewhere is None


def test_groups_are_pooled_by_counts_not_by_averages(made: World) -> None:
    shop, parcel = (touchpoint_id(made.member, name) for name in ("shop", "parcel"))
    places = {"both": [shop, parcel], "none": [], "one": [parcel]}
    asked: dict[str, Any] = {"tenant": made.member.tenant, "metric_key": "csat_5", **READER}

    with CaptureQueriesContext(connection) as queries:
        told = metric_values.pooled(places=places, **asked)

    assert {name: (one.value, one.n) for name, one in told.items()} == {
        "both": (pytest.approx(100 * 41 / 60), 60),
        "none": (None, 0),
        "one": (10.0, 10),
    }
    assert len(queries) == 3
    assert metric_values.pooled(places=places, **{**asked, "metric_key": "nothing"}) == {}


def test_without_a_source_nothing_is_told(made: World) -> None:
    port = MetricPort()

    assert not port.is_there
    assert port.lane(journey_map=made.map(), lane_id=made.map_id, **READER) is None
    assert port.binding(journey_map=made.map(), binding=None, **READER) is None
    assert port.pooled(tenant=None, places={"a": []}, metric_key="nps", **READER) == {}


def test_one_app_tells_the_figures() -> None:
    port = MetricPort()
    port.register(metric_values)

    with pytest.raises(ValueError, match="already"):
        port.register(metric_values)
