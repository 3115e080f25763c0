"""Figures and targets of a step on pages: what a person adds, changes, removes, and may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import time_machine
from django.urls import reverse

from cxm.kernel.ids import new_id
from cxm.metrics.models import Metric
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import MetricBinding, Target
from tests import make
from tests.analytics.map_world import World, world
from tests.analytics.reading import load_scores
from tests.journeys.promising import ahead, bound, promise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
TARGET = {"direction": "up", "value": "82", "due": "2027-09-30", "note": "With the new counter"}


@pytest.fixture
def _at_one_moment() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def made(client: Client) -> World:
    found = world("shop", "parcel")
    client.force_login(found.member.user)
    return found


def address(of: World, name: str, *args: UUID) -> str:
    return reverse(f"journeys:{name}", args=[of.member.tenant.slug, of.map_id, *args])


def metric_id(of: World, key: str = "csat_5") -> UUID:
    with tenant_bound(of.member.tenant_id):
        return Metric.objects.for_tenant(of.member.tenant).get(key=key).pk


def within(of: World, make_it: Any, *args: Any, **more: Any) -> Any:
    with tenant_bound(of.member.tenant_id):
        return make_it(of, *args, **more)


def rows(of: World, model: Any) -> list[Any]:
    with tenant_bound(of.member.tenant_id):
        return list(model.objects.for_tenant(of.member.tenant))


def panel(client: Client, of: World, name: str = "shop") -> str:
    asked = {"of": str(of.steps[name]), "tab": "metrics"}
    return client.get(address(of, "map-panel"), asked).content.decode()


def test_a_figure_is_shown_at_a_step_and_taken_off_it(client: Client, made: World) -> None:
    step = made.steps["shop"]
    load_scores({5: 30, 1: 10}, of=made.member.tenant, touchpoint="shop", metric="csat_5")
    told = {"metric": metric_id(made), "touchpoint": "", "window_days": 28, "min_n": 30}

    answer = client.post(address(made, "binding-new", step), told)
    shown = panel(client, made)
    [binding] = rows(made, MetricBinding)
    client.post(address(made, "binding-remove", binding.pk))

    assert answer["Location"] == f"{address(made, 'map-page')}?of={step}&tab=metrics"
    assert ">75.0%</a>" in shown
    assert "40 answers" in shown
    assert [one.archived_at is None for one in rows(made, MetricBinding)] == [False]


def test_a_figure_is_changed(client: Client, made: World) -> None:
    binding = within(made, bound)
    told = {"touchpoint": "", "window_days": 7, "min_n": 10}

    client.post(address(made, "binding-change", binding.pk), told)

    [kept] = rows(made, MetricBinding)
    assert (kept.window_days, kept.min_n) == (7, 10)


def test_bad_input_names_its_field_and_stays(client: Client, made: World) -> None:
    url = address(made, "binding-new", made.steps["shop"])
    told = {"metric": metric_id(made), "touchpoint": "", "window_days": 366, "min_n": 30}

    answer = client.post(url, told)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"window_days"}
    assert 'value="366"' in answer.content.decode()


def test_a_target_is_set_beside_the_figure_of_the_moment(client: Client, made: World) -> None:
    load_scores({5: 30, 1: 10}, of=made.member.tenant, touchpoint="shop", metric="csat_5")
    within(made, ahead)
    binding = within(made, bound)
    url = address(made, "target-new", made.steps["shop"])

    form = client.get(url).content.decode()
    client.post(url, {**TARGET, "binding": str(binding.pk)})
    shown = panel(client, made)

    assert "75.0%, 40 answers, between 59.8 and 85.8" in form
    assert "Satisfaction up to 82" in shown
    assert "With the new counter" in shown
    assert "Not begun" in shown


def test_a_published_promise_needs_a_reason_and_keeps_the_first(
    client: Client, made: World
) -> None:
    target = within(made, promise)
    within(made, ahead, status="published", published_at=make.NOW)
    url = address(made, "target-change", target.pk)

    refused = client.post(url, {**TARGET, "value": "85"})
    client.post(url, {**TARGET, "value": "85", "reason": "It went well."})
    shown = panel(client, made)

    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"reason"}
    assert "Satisfaction up to 85" in shown
    assert "Promised at first" in shown
    assert "up to 82" in shown


def test_a_promise_is_taken_back(client: Client, made: World) -> None:
    target = within(made, promise)
    url = address(made, "target-remove", target.pk)

    assert client.get(url).status_code == 200
    client.post(url, {"reason": ""})

    assert [one.removed_at is None for one in rows(made, Target)] == [False]


def test_a_current_map_promises_nothing(client: Client, made: World) -> None:
    within(made, bound)

    assert client.get(address(made, "target-new", made.steps["shop"])).status_code == 404
    assert "Targets" not in panel(client, made)


def test_a_viewer_sees_figures_and_changes_none(client: Client, made: World) -> None:
    target = within(made, promise)
    client.force_login(make.member(of=made.member.tenant, role=Role.VIEWER).user)
    tried = [
        address(made, "binding-new", made.steps["shop"]),
        address(made, "binding-change", target.binding_id),
        address(made, "binding-remove", target.binding_id),
        address(made, "target-new", made.steps["shop"]),
        address(made, "target-change", target.pk),
        address(made, "target-remove", target.pk),
    ]

    shown = panel(client, made)

    assert [client.post(url, TARGET).status_code for url in tried] == [404] * 6
    assert "Satisfaction up to 82" in shown
    assert "Show a figure" not in shown
    assert quote("target-new") not in shown


def test_other_maps_and_workspaces_are_not_found(client: Client, made: World) -> None:
    target = within(made, promise)
    other = world("shop")
    foreign = within(other, promise)
    tried = [
        address(made, "binding-new", new_id()),
        address(made, "binding-change", foreign.binding_id),
        address(made, "target-change", foreign.pk),
        address(made, "target-new", other.steps["shop"]),
        address(other, "target-change", foreign.pk),
        reverse("journeys:target-change", args=[made.member.tenant.slug, other.map_id, target.pk]),
    ]

    assert [client.post(url, {}).status_code for url in tried] == [404] * 6
