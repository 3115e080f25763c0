"""Figures bound to steps, targets, and every promise that was made of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from cxm.metrics.models import MetricVersion
from cxm.tenants.binding import tenant_bound
from journeys.errors import BindingError, TargetError
from journeys.models import MetricBinding, TargetChange
from journeys.rules.promises import Direction
from journeys.services.bindings import change_binding, remove_binding
from journeys.services.targets import change_target, remove_target, set_target
from tests import make
from tests.analytics.map_world import World, world
from tests.analytics.reading import load_scores
from tests.journeys.promising import DUE, ahead, bound, promise, promised

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_inside")]


@pytest.fixture
def made() -> World:
    return world("shop", "parcel")


@pytest.fixture
def _inside(made: World) -> Iterator[None]:
    with tenant_bound(made.member.tenant_id):
        yield


def test_a_binding_has_a_key_made_of_its_metric_and_step(made: World) -> None:
    first, second = bound(made), bound(made, "parcel")
    again = bound(made, metric="nps")

    assert (first.key, second.key, again.key) == ("csat-5-way-1", "csat-5-way-2", "nps-way-1")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"window_days": 0}, "window_days"),
        ({"window_days": 366}, "window_days"),
        ({"min_n": 0}, "min_n"),
        ({"step": uuid4()}, "step"),
    ],
)
def test_a_binding_that_does_not_fit_names_its_field(
    made: World, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(BindingError) as refused:
        bound(made, **more)

    assert refused.value.field == field


def test_the_same_figure_is_bound_once(made: World) -> None:
    first = bound(made)

    with pytest.raises(BindingError, match="already"):
        bound(made)
    remove_binding(binding=first, by=made.member, now=make.NOW)

    assert bound(made).key == "csat-5-way-1-2"


def test_a_binding_can_count_at_one_touchpoint_and_in_other_windows(made: World) -> None:
    binding = bound(made)
    place = make.touchpoint(of=made.member.tenant)

    change_binding(binding=binding, touchpoint=place, window_days=7, min_n=10, by=made.member)

    kept = MetricBinding.objects.for_tenant(made.member.tenant).get()
    assert (kept.touchpoint_id, kept.window_days, kept.min_n) == (place.pk, 7, 10)


def test_a_promise_keeps_the_figure_of_that_moment(made: World) -> None:
    load_scores({5: 30, 1: 10}, of=made.member.tenant, touchpoint="shop", metric="csat_5")

    target = promise(made, note="With the new counter")

    [kept] = TargetChange.objects.for_tenant(made.member.tenant).filter(target=target)
    assert kept.baseline is not None
    assert kept.baseline["value"] == 75.0
    assert (kept.baseline["n"], kept.value, kept.due) == (40, 82.0, DUE)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"value": 101.0}, "value"),
        ({"value": float("nan")}, "value"),
        ({"due": make.NOW.date()}, "due"),
        ({"margin": 3.0}, "margin"),
        ({"direction": Direction.HOLD}, "margin"),
        ({"direction": Direction.HOLD, "margin": 0.0}, "margin"),
        ({"note": "x" * 1_001}, "note"),
    ],
)
def test_a_promise_that_does_not_fit_names_its_field(
    made: World, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(TargetError) as refused:
        promise(made, **more)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": "current"}, "Only a future or an ideal map"),
        ({"is_locked": True}, "locked"),
        ({"status": "retired"}, "retired"),
        ({"status": "published"}, "Say why"),
    ],
)
def test_some_maps_promise_nothing(made: World, columns: dict[str, Any], words: str) -> None:
    row = ahead(made, **columns)

    with pytest.raises(TargetError, match=words):
        promise(made, row=row)


def test_the_first_promise_of_a_published_map_stays(made: World) -> None:
    target = promise(made)
    target.map = ahead(made, status="published", published_at=make.NOW)
    later = DUE + timedelta(days=90)

    with pytest.raises(TargetError, match="Say why"):
        change_target(target=target, promised=promised(due=later), by=made.member, now=make.NOW)
    change_target(
        target=target,
        promised=promised(due=later),
        reason="The counter came late.",
        by=made.member,
        now=make.NOW + timedelta(days=1),
    )

    rows = TargetChange.objects.for_tenant(made.member.tenant).order_by("at")
    assert [(one.due, one.reason) for one in rows] == [(DUE, ""), (later, "The counter came late.")]


def test_a_figure_that_is_promised_is_not_removed(made: World) -> None:
    target = promise(made)

    with pytest.raises(BindingError, match="remove the target first"):
        remove_binding(binding=target.binding, by=made.member, now=make.NOW)
    remove_target(target=target, by=made.member, now=make.NOW)
    remove_binding(binding=target.binding, by=made.member, now=make.NOW)

    [first, last] = TargetChange.objects.for_tenant(made.member.tenant).order_by("is_removal")
    assert (first.is_removal, last.is_removal) == (False, True)


def test_a_figure_that_was_just_removed_is_not_promised(made: World) -> None:
    binding = bound(made)
    seen_before = MetricBinding.objects.for_tenant(made.member.tenant).get(pk=binding.pk)
    remove_binding(binding=binding, by=made.member, now=make.NOW)

    with pytest.raises(TargetError, match="not bound"):
        promise(made, binding=seen_before)


def test_one_map_promises_a_figure_once(made: World) -> None:
    target = promise(made)

    with pytest.raises(TargetError, match="already"):
        set_target(
            of=target.map,
            binding=target.binding,
            promised=promised(),
            by=made.member,
            now=make.NOW,
        )


def test_a_median_makes_no_promise(made: World) -> None:
    MetricVersion.objects.for_tenant(made.member.tenant).filter(metric__key="csat_5").update(
        statistic="median"
    )

    with pytest.raises(TargetError, match="no interval"):
        promise(made)
