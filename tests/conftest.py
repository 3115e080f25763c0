"""Fixtures shared by every test."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from django.core.cache import cache
from hypothesis import settings as examples

from cxm.tenants.selectors import forget_tenant_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

# Coverage measures the processes of pytest-xdist by this variable, of which this is one. Programs
# that tests start, and often kill, are not to be measured.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)

# Time is asserted nowhere: an example that a busy machine slows down is no failure.
examples.register_profile("untimed", deadline=None)
examples.load_profile("untimed")

type Bell = tuple[str, dict[str, object]]


@pytest.fixture(autouse=True)
def bells() -> Iterator[list[Bell]]:
    """Collect what the code under test rings, instead of reaching a broker."""
    rung: list[Bell] = []

    def send_task(_app: object, name: str, kwargs: dict[str, object], **_options: object) -> None:
        rung.append((name, kwargs))

    with patch("celery.Celery.send_task", send_task):
        yield rung


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Rate limits and throttles begin anew in each test, and which tenant has which slug."""
    cache.clear()
    forget_tenant_ids()
