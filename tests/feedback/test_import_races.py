"""Imports beside each other: whoever comes first, there is one effect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from analytics.services.rollups import verify_rollups
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from cxm.work.models import Job
from feedback.errors import ImportBusyError
from feedback.models import Import, Response, Survey
from feedback.services import importing
from tests import make
from tests.feedback.import_files import begun, counts, current, many_rows, mapped

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("media", "small_chunks"),
    pytest.mark.slow,
]

WORKERS = 3


def drained(tenant_id: object) -> None:
    try:
        drain(tenant_id)  # type: ignore[arg-type]
    finally:
        connection.close()


def started(imported: Import) -> str:
    try:
        begun(imported, importing.start_load)
    except ImportBusyError:
        return "refused"
    else:
        return "started"
    finally:
        connection.close()


def test_the_same_file_loaded_by_several_at_once_counts_once() -> None:
    tenant = make.tenant()
    imports = [mapped(many_rows(95), of=tenant) for _ in range(WORKERS)]
    for imported in imports:
        begun(imported, importing.start_load)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(drained, [tenant.pk] * WORKERS))
    drain(tenant.pk)

    reports = [current(imported).report or {} for imported in imports]
    assert [report["rows_read"] for report in reports] == [95] * WORKERS
    assert sum(report["loaded"] for report in reports) == 95
    assert sum(report["unchanged"] for report in reports) == 95 * (WORKERS - 1)
    assert counts(tenant)["response"] == 95
    with tenant_bound(tenant.pk):
        assert Survey.objects.for_tenant(tenant).count() == 1
        assert verify_rollups(tenant=tenant, now=make.NOW).differences == 0


def test_several_workers_on_one_file_load_every_row_once() -> None:
    tenant = make.tenant()
    imported = mapped(many_rows(195), of=tenant)
    begun(imported, importing.start_load)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(drained, [tenant.pk] * WORKERS))
    drain(tenant.pk)

    report = current(imported).report or {}
    assert (report["rows_read"], report["loaded"], report["unchanged"]) == (195, 195, 0)
    with tenant_bound(tenant.pk):
        assert Response.objects.for_tenant(tenant).count() == 195


def test_load_pressed_by_several_at_once_begins_once() -> None:
    tenant = make.tenant()
    imported = mapped(many_rows(5), of=tenant)

    with ThreadPoolExecutor(WORKERS) as pool:
        answers = list(pool.map(started, [imported] * 5))

    assert sorted(answers) == ["refused"] * 4 + ["started"]
    with tenant_bound(tenant.pk):
        assert Job.objects.for_tenant(tenant).count() == 1
