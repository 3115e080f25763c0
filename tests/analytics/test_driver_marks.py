"""What drivers say on journey maps: in the panel of a step, for those who may see answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from analytics.models import DriverRun
from analytics.selectors.driver_marks import driver_marks
from analytics.selectors.figures import Viewer
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.analytics.driving import ALL, crowd, worked_out
from tests.analytics.map_world import world
from tests.journeys.promising import bound

if TYPE_CHECKING:
    from tests.analytics.map_world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]


@pytest.fixture
def way() -> World:
    member = make.member()
    make.load(*crowd(), of=member.tenant)
    found = world("delivery", "elsewhere", member=member)
    with tenant_bound(member.tenant_id):
        bound(found, "delivery")
        bound(found, "elsewhere")
    return found


def panel(way: World, step: str) -> str:
    member = way.member
    client = Client()
    client.force_login(member.user)
    address = f"/t/{member.tenant.slug}/maps/{way.map_id}/panel/"
    answer = client.get(address, {"of": str(way.steps[step]), "tab": "metrics"})
    assert answer.status_code == 200, address
    return answer.text


def test_a_step_tells_the_share_of_its_touchpoint(way: World) -> None:
    assert "Driver:" not in panel(way, "delivery")

    worked_out(way.member.tenant)

    told = panel(way, "delivery")
    assert "Driver: share of" in told
    assert "in what varies in Net Promoter Score" in told
    assert "Driver:" not in panel(way, "elsewhere")


def test_a_narrowed_question_is_told_as_one(way: World) -> None:
    tenant = way.member.tenant
    worked_out(tenant)
    assert "chosen" not in panel(way, "delivery")

    with tenant_bound(tenant.pk):
        DriverRun.objects.for_tenant(tenant).delete()
    worked_out(tenant, f"{ALL}&touchpoint=delivery&touchpoint=shop")

    assert ", of chosen touchpoints only" in " ".join(panel(way, "delivery").split())


def test_nothing_is_read_for_those_who_may_not_see_answers(way: World) -> None:
    worked_out(way.member.tenant)

    with tenant_bound(way.member.tenant_id):
        viewer = Viewer(way.member.tenant, sees_rows=False, now=make.NOW)
        assert driver_marks(viewer).result is None


def test_another_workspace_reads_nothing_of_it(way: World) -> None:
    worked_out(way.member.tenant)
    other = make.tenant(name="Other")

    with tenant_bound(other.pk):
        assert driver_marks(Viewer(other, sees_rows=True, now=make.NOW)).result is None
