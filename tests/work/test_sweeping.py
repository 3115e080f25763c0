"""The sweeper beside others that are at the same work."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.tenants.binding import tenant_bound
from cxm.work.models import Outbox
from cxm.work.services import later
from cxm.work.tasks import sweep
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@contextmanager
def another_at_work(tenant: Tenant) -> Iterator[None]:
    """Let another worker be at everything that *tenant* has promised, for the block."""
    begun, over = threading.Event(), threading.Event()

    def work() -> None:
        with tenant_bound(tenant.pk):
            list(Outbox.objects.for_tenant(tenant).select_for_update())
            begun.set()
            over.wait()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_the_sweeper_leaves_when_others_are_at_all_that_is_due() -> None:
    tenant = make.tenant()
    with tenant_bound(tenant.pk):
        later("test.of-tomorrow", tenant=tenant, now=make.NOW)

    with another_at_work(tenant), CaptureQueriesContext(connection) as asked:
        runs = sweep()

    assert runs == 0
    assert len(asked) < 20
