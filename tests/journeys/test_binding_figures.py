"""Which figures count as the same, and what they may not be bound to."""

from __future__ import annotations

from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from cxm.tenants.binding import tenant_bound
from journeys.errors import BindingError
from journeys.models import MetricBinding
from journeys.services.bindings import change_binding
from tests import make
from tests.analytics.map_world import World, world
from tests.journeys.promising import bound
from tests.personas import editing

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def made(db: None) -> World:
    return world("shop", "parcel")


def for_a_persona(made: World) -> MetricBinding:
    """Bind the figure of one persona, as a file brings it."""
    persona = editing.persona(made.member)
    with tenant_bound(made.member.tenant_id):
        binding = bound(made)
        rows = MetricBinding.objects.for_tenant(made.member.tenant).filter(pk=binding.pk)
        rows.update(persona=persona)
        return rows.get()


@pytest.mark.django_db
def test_the_figure_of_a_persona_is_not_that_of_everybody(made: World) -> None:
    of_one = for_a_persona(made)

    with tenant_bound(made.member.tenant_id):
        of_all = bound(made)
        told: dict[str, Any] = {
            "touchpoint": None,
            "window_days": 7,
            "min_n": 10,
            "by": made.member,
        }
        change_binding(binding=of_all, **told)
        change_binding(binding=of_one, **told)
        with pytest.raises(BindingError, match="already"):
            bound(made)


@pytest.mark.django_db
def test_an_archived_touchpoint_is_no_choice_but_stays_where_it_is(made: World) -> None:
    place = make.touchpoint(of=made.member.tenant)
    with tenant_bound(made.member.tenant_id):
        there, other = bound(made, touchpoint=place), bound(made, "parcel")
        place.archived_at = make.NOW
        place.save(update_fields=["archived_at"])
        told: dict[str, Any] = {
            "touchpoint": place,
            "window_days": 7,
            "min_n": 10,
            "by": made.member,
        }

        change_binding(binding=there, **told)
        attempts: list[Callable[[], Any]] = [
            partial(bound, made, touchpoint=place, metric="nps"),
            partial(change_binding, binding=other, **told),
        ]
        for refused in attempts:
            with pytest.raises(BindingError, match="archived") as error:
                refused()
            assert error.value.field == "touchpoint"


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_at_once_bind_a_figure_once() -> None:
    made = world("shop")
    found: list[str] = []

    def binds() -> None:
        try:
            with tenant_bound(made.member.tenant_id):
                found.append(bound(made).key)
        except BindingError as error:
            found.append(str(error))
        finally:
            connection.close()

    _at_once(binds, binds)

    assert sorted(found) == ["This figure is shown here already.", "csat-5-way-1"]


def _at_once(*work: Callable[[], None]) -> None:
    threads = [Thread(target=one) for one in work]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=20)
