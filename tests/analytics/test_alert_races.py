"""Two workers that look at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from cxm.collaboration.models import Notice
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.analytics.alerting import alerts, answers, rule, watch


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_raise_one_alert() -> None:
    acme = make.tenant()
    rule(of=acme, to=[make.member(of=acme)])
    answers([0] * 30, of=acme)
    start = Barrier(2)

    def work() -> int:
        try:
            start.wait(timeout=10)
            return watch(acme)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        raised = sorted(one.result() for one in [workers.submit(work) for _ in range(2)])

    with tenant_bound(acme.pk):
        notices = Notice.objects.for_tenant(acme).count()
    assert (raised, len(alerts(acme)), notices) == ([0, 1], 1, 1)
