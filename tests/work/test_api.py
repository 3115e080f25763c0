"""Jobs and parked work in the JSON API, and how kept answers are forgotten."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from cxm.work.idempotency import FORGET, forget_answers
from cxm.work.models import IdempotentAnswer, Outbox, Schedule
from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


def _call(of: Tenant, method: str, path: str, *rights: Right, **headers: str) -> Any:
    _, text = make.api_key(of=of, rights=rights or tuple(Right))
    return Client().generic(method, f"/api/v1/{path}", headers={"X-Api-Key": text, **headers})


def test_jobs_are_listed_by_state() -> None:
    tenant = make.tenant()
    job = make.job(of=tenant, title="Import")

    running = _call(tenant, "GET", "jobs/?state=open").json()["results"]
    done = _call(tenant, "GET", "jobs/?state=done").json()["results"]
    wrong = _call(tenant, "GET", "jobs/?state=lost")

    assert ([row["id"] for row in running], done) == ([str(job.pk)], [])
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "state")


def test_a_job_is_read_and_stopped() -> None:
    tenant = make.tenant()
    job = make.job(of=tenant)

    before = _call(tenant, "GET", f"jobs/{job.pk}/").json()
    after = _call(tenant, "POST", f"jobs/{job.pk}/cancel/").json()

    assert (before["state"], before["cancel_asked_at"]) == ("queued", None)
    assert after["cancel_asked_at"] is not None


def test_parked_work_is_listed_retried_and_dropped() -> None:
    tenant = make.tenant()
    retried, dropped = make.parked(of=tenant), make.parked(of=tenant)

    listed = _call(tenant, "GET", "jobs/parked/").json()["results"]
    _call(tenant, "POST", f"jobs/parked/{retried.pk}/retry/")
    answer = _call(tenant, "DELETE", f"jobs/parked/{dropped.pk}/")

    with tenant_bound(tenant.pk):
        left = Outbox.objects.for_tenant(tenant).values_list("pk", "state")
        assert list(left) == [(retried.pk, Outbox.State.WAITING)]
    assert ({row["id"] for row in listed}, answer.status_code) == (
        {str(retried.pk), str(dropped.pk)},
        204,
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "jobs/{job}/cancel/"),
        ("POST", "jobs/parked/{parked}/retry/"),
        ("DELETE", "jobs/parked/{parked}/"),
    ],
)
def test_deeds_need_the_right_and_ones_own_work(method: str, path: str) -> None:
    tenant, other = make.tenant(), make.tenant()
    paths = [
        path.format(job=make.job(of=of).pk, parked=make.parked(of=of).pk) for of in (tenant, other)
    ]

    unfit = _call(tenant, method, paths[0], Right.SEE_JOBS)
    foreign = _call(tenant, method, paths[1])

    assert (unfit.status_code, foreign.status_code) == (403, 404)


def test_kept_answers_are_forgotten_after_a_day() -> None:
    tenant = make.tenant()
    _, text = make.api_key(of=tenant)
    headers = {"X-Api-Key": text, "Idempotency-Key": "a1"}
    sent = json.dumps({"title": "Website"})
    Client().post("/api/v1/channels/", sent, "application/json", headers=headers)

    counts = []
    with tenant_bound(tenant.pk):
        schedule = Schedule.objects.for_tenant(tenant).get(task=FORGET)
        for hours in (23, 25):
            forget_answers(tenant_id=tenant.pk, now=now() + timedelta(hours=hours))
            counts.append(IdempotentAnswer.objects.for_tenant(tenant).count())

    assert counts == [1, 0]
    assert schedule.every_seconds == 3600
