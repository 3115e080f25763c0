"""Moving a tenant to another zone tells all days anew, and the numbers follow."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from analytics.selectors.histograms import By, histograms
from analytics.services import time_zone as service
from analytics.services.rollups import verify_rollups
from cxm.customers.models import Interaction
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.errors import UnknownZoneError, ZoneChangeUnderWayError
from cxm.tenants.models import Membership, Tenant
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from cxm.work.models import Job
from cxm.work.services import cancel_job
from feedback.models import Rating, Response
from tests import make

pytestmark = pytest.mark.django_db

# 23:30 in UTC is the next day in Berlin.
LATE = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)


def _owner(answers: int = 3) -> Membership:
    owner = make.member(role=Role.OWNER)
    make.load(
        *[make.record(9, answered_at=LATE, customer=f"c{n}") for n in range(answers)],
        of=owner.tenant,
    )
    return owner


def _change(owner: Membership, zone: str = "Europe/Berlin") -> Job | None:
    with tenant_bound(owner.tenant_id):
        return service.change_time_zone(tenant=owner.tenant, time_zone=zone, by=owner, now=now())


def _days(owner: Membership) -> set[date]:
    with tenant_bound(owner.tenant_id):
        return {
            day
            for model in (Rating, Response, Interaction)
            for day in model.objects.for_tenant(owner.tenant).values_list("day", flat=True)
        }


def _zone(owner: Membership) -> str:
    with tenant_bound(owner.tenant_id):
        return Tenant.objects.get(pk=owner.tenant_id).time_zone


def test_all_days_move_and_the_numbers_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "CHUNK", 2)
    owner = _owner()

    job = _change(owner)
    before = (_zone(owner), _days(owner))
    drain(owner.tenant_id)

    assert before == ("UTC", {date(2026, 11, 10)})
    assert (_zone(owner), _days(owner)) == ("Europe/Berlin", {date(2026, 11, 11)})
    with tenant_bound(owner.tenant_id):
        assert job is not None
        job.refresh_from_db()
        found = verify_rollups(tenant=owner.tenant, now=now())
    assert (job.state, job.done, job.total) == ("done", 9, 9)
    assert (found.rows, found.differences) == (3, 0)


def test_what_is_written_under_the_old_zone_meanwhile_moves_too() -> None:
    owner = _owner(answers=1)
    _change(owner)
    make.load(make.record(9, answered_at=LATE), of=owner.tenant)

    drain(owner.tenant_id)

    assert _days(owner) == {date(2026, 11, 11)}


def test_the_same_zone_needs_no_work() -> None:
    assert _change(_owner(answers=1), "UTC") is None


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(UnknownZoneError):
        _change(_owner(answers=1), "Mars/Olympus")


def test_one_change_at_a_time() -> None:
    owner = _owner(answers=1)
    _change(owner)

    with pytest.raises(ZoneChangeUnderWayError):
        _change(owner, "Asia/Tokyo")


def test_a_change_that_is_stopped_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "CHUNK", 2)
    owner = _owner()
    job = _change(owner)
    assert job is not None
    with tenant_bound(owner.tenant_id):
        service.rezone_step(job=job, now=now(), time_zone="Europe/Berlin")
        cancel_job(job=job, by=owner, now=now())

    drain(owner.tenant_id)

    assert (_zone(owner), _days(owner)) == ("UTC", {date(2026, 11, 10)})


# The page


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _page(member: Membership) -> str:
    return f"/t/{member.tenant.slug}/settings/workspace/"


def test_the_page_changes_the_name_at_once_and_the_zone_when_the_days_are_moved() -> None:
    owner = _owner(answers=1)

    answer = _client(owner).post(_page(owner), {"name": "New", "time_zone": "Europe/Berlin"})

    with tenant_bound(owner.tenant_id):
        tenant = Tenant.objects.get(pk=owner.tenant_id)
        jobs = list(Job.objects.for_tenant(tenant).values_list("title", flat=True))
    assert (answer.status_code, tenant.name, tenant.time_zone) == (302, "New", "UTC")
    assert jobs == ["Moving all days to Europe/Berlin"]


def test_the_page_shows_what_is_in_force() -> None:
    owner = make.member(of=make.tenant(name="Acme", time_zone="Asia/Tokyo"), role=Role.OWNER)

    form = _client(owner).get(_page(owner)).context["form"]

    assert form.initial == {"name": "Acme", "time_zone": "Asia/Tokyo"}


@pytest.mark.parametrize(
    "sent",
    [{"name": "", "time_zone": "UTC"}, {"name": "New", "time_zone": "Mars/Olympus"}],
    ids=["no-name", "no-zone"],
)
def test_the_page_refuses_bad_input(sent: dict[str, str]) -> None:
    owner = make.member(role=Role.OWNER)

    answer = _client(owner).post(_page(owner), sent)

    assert answer.status_code == 422


def test_the_page_refuses_a_second_change_in_words() -> None:
    owner = _owner(answers=1)
    _change(owner)

    answer = _client(owner).post(_page(owner), {"name": "New", "time_zone": "Asia/Tokyo"})

    assert answer.status_code == 422
    assert "wait until that is done" in answer.content.decode()
    with tenant_bound(owner.tenant_id):
        assert Tenant.objects.get(pk=owner.tenant_id).name == "Acme"


def test_the_histogram_by_day_follows() -> None:
    owner = _owner()
    metric = make.metric(of=owner.tenant)
    _change(owner)

    drain(owner.tenant_id)

    with tenant_bound(owner.tenant_id):
        found = histograms(tenant=owner.tenant, metrics=[metric], by=By.DAY)[metric.pk]
    assert {day: histogram.n for day, histogram in found.items()} == {date(2026, 11, 11): 3}
