"""Figures and targets of a map as a whole: beside the map, over the API, and how they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from cxm.tenants.rules import Right, Role
from journeys.models import MetricBinding, Target
from tests import make
from tests.analytics.map_world import World, world
from tests.analytics.reading import load_scores
from tests.journeys.promising import ahead, bound, promise
from tests.journeys.test_api_figures import Program, bindings
from tests.journeys.test_step_pages import TARGET, address, metric_id, rows, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
FIGURE = {"touchpoint": "", "window_days": 28, "min_n": 30}


@pytest.fixture
def _at_one_moment() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def made(client: Client) -> World:
    found = world("shop", "parcel")
    client.force_login(found.member.user)
    return found


def panel(client: Client, of: World) -> str:
    asked = {"of": str(of.map_id), "tab": "metrics"}
    return client.get(address(of, "map-panel"), asked).content.decode()


def answered(tenant: Tenant) -> None:
    """Load 30 good answers at one step's touchpoint and 10 bad ones at the other's."""
    load_scores({5: 30}, of=tenant, touchpoint="shop", metric="csat_5")
    load_scores({1: 10}, of=tenant, touchpoint="parcel", metric="csat_5")


def test_a_figure_of_the_whole_map_counts_the_answers_of_all_steps(
    client: Client, made: World
) -> None:
    answered(made.member.tenant)

    answer = client.post(address(made, "map-binding-new"), {**FIGURE, "metric": metric_id(made)})
    shown = panel(client, made)

    [binding] = rows(made, MetricBinding)
    assert answer["Location"] == f"{address(made, 'map-page')}?of={made.map_id}&tab=metrics"
    assert (binding.step_id, binding.key) == (None, "csat-5-map")
    assert ">75.0%</a>" in shown
    assert "all touchpoints of the map" in shown


def test_a_figure_of_the_whole_map_is_not_one_of_its_steps(client: Client, made: World) -> None:
    within(made, bound, step=None)

    asked = {"of": str(made.steps["shop"]), "tab": "metrics"}
    of_step = client.get(address(made, "map-panel"), asked).content.decode()

    assert "No figure is bound to this step yet." in of_step


def test_a_target_of_the_whole_map_is_set_changed_and_taken_back(
    client: Client, made: World
) -> None:
    answered(made.member.tenant)
    within(made, ahead)
    binding = within(made, bound, step=None)
    url = address(made, "map-target-new")

    form = client.get(url).content.decode()
    client.post(url, {**TARGET, "binding": str(binding.pk)})
    shown = panel(client, made)
    [target] = rows(made, Target)
    client.post(address(made, "target-change", target.pk), {**TARGET, "value": "85"})
    changed = panel(client, made)
    client.post(address(made, "target-remove", target.pk), {"reason": ""})

    assert "the whole map" in form
    assert "75.0%, 40 answers, between 59.8 and 85.8" in form
    assert target.step_id is None
    assert "Satisfaction up to 82" in shown
    assert "Not begun" in shown
    assert "Satisfaction up to 85" in changed
    assert "This map promises nothing of these figures yet." in panel(client, made)


def test_a_figure_of_the_whole_map_is_changed_and_taken_off(client: Client, made: World) -> None:
    binding = within(made, bound, step=None)

    client.post(address(made, "binding-change", binding.pk), {**FIGURE, "window_days": 7})
    again = client.post(address(made, "map-binding-new"), {**FIGURE, "metric": metric_id(made)})
    client.post(address(made, "binding-remove", binding.pk))

    [kept] = rows(made, MetricBinding)
    assert again.status_code == 422
    assert "This figure is shown here already." in again.content.decode()
    assert kept.window_days == 7
    assert kept.archived_at is not None


def test_the_panel_of_the_map_has_its_figures_alone(client: Client, made: World) -> None:
    url = address(made, "map-panel")

    shown = client.get(url, {"of": str(made.map_id), "tab": "history"})
    page = client.get(address(made, "map-page"), {"of": str(made.map_id), "tab": "metrics"})

    assert shown.status_code == 200
    assert "tab=content" not in shown.content.decode()
    assert "Figures" in shown.content.decode()
    assert "No figure of the whole map is shown yet." in page.content.decode()


def test_viewers_and_strangers_set_nothing(client: Client, made: World) -> None:
    target = within(made, promise, binding=within(made, bound, step=None))
    viewer = make.member(of=made.member.tenant, role=Role.VIEWER)
    tried = [address(made, "map-binding-new"), address(made, "map-target-new")]

    client.force_login(viewer.user)
    shown = panel(client, made)
    codes = [client.post(url, TARGET).status_code for url in tried]
    client.force_login(make.member().user)
    codes += [client.post(url, TARGET).status_code for url in tried]

    assert codes == [404] * 4
    assert "Satisfaction up to 82" in shown
    assert "Set a target" not in shown
    assert [one.pk for one in rows(made, Target)] == [target.pk]


def test_a_current_map_promises_nothing_as_a_whole(client: Client, made: World) -> None:
    within(made, bound, step=None)

    assert client.get(address(made, "map-target-new")).status_code == 404
    assert "Targets" not in panel(client, made)


@pytest.mark.parametrize("body", [{}, {"step": None}], ids=["left-out", "null"])
def test_programs_show_a_figure_of_the_whole_map(made: World, body: dict[str, None]) -> None:
    program = Program(made, Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS)

    answer = program.ask("post", bindings(made), {**body, "metric": "csat_5"})

    assert answer.status_code == 201
    assert answer.json()["step"] is None
