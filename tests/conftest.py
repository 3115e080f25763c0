"""Fixtures shared by every test."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.test.client import ClientHandler
from hypothesis import settings as examples

from cxm.kernel.lazily import Lazy
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

# Libraries for heavy numbers belong to workers.
_HEAVY = {"numpy", "pandas", "scipy"}


@pytest.fixture(autouse=True, scope="session")
def _light_pages() -> Iterator[None]:
    """Let no page and no address of the API work with a heavy library while it is served."""
    served: list[str] = []
    call = ClientHandler.__call__

    def serve(handler: ClientHandler, environ: dict[str, Any]) -> object:
        served.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        try:
            return call(handler, environ)
        finally:
            served.pop()

    def load(lazy: Lazy, name: str) -> object:
        # Nothing is kept, so that each use is seen.
        module = vars(lazy)["_name"]
        if served and module.split(".")[0] in _HEAVY:
            pytest.fail(f"{served[-1]} works with {module}.{name}: that belongs to a worker")
        return getattr(import_module(module), name)

    with patch.object(ClientHandler, "__call__", serve), patch.object(Lazy, "__getattr__", load):
        yield


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
