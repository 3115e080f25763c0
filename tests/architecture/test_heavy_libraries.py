"""Libraries for heavy numbers belong to workers: a process that shows pages loads none of them.

That none is loaded while a page is served, the guard of tests/conftest.py sees in every test.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from cxm.kernel.lazily import lazily

HEAVY = ("numpy", "pandas", "scipy")
# Everything that a web process loads: the apps, all routes with their views, and templates' tags.
LOADED = """
import django, sys
django.setup()
from django.template import engines
from django.urls import get_resolver
import cxm.celery
list(get_resolver().reverse_dict)
engines["django"].engine
for name in ("tasks", "urls", "apps"):
    for app in ("cxm.work", "analytics", "feedback", "journeys", "personas", "cxm.customers"):
        try:
            __import__(f"{app}.{name}")
        except ModuleNotFoundError as error:
            if not str(error.name).startswith(app):
                raise
print(",".join(name for name in %r if name in sys.modules))
"""


def test_pages_load_no_library_for_heavy_numbers() -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "cxm.settings",
        "WAYFARE_TEST": "1",
        "SECRET_KEY": "unused",
        "DATABASE_URL": "postgresql://unused:unused@127.0.0.1:1/unused",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }

    found = subprocess.run(  # noqa: S603 - this Python, and a text of this file
        [sys.executable, "-c", LOADED % (HEAVY,)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert found.stdout.strip() == ""


def calculate(_request: HttpRequest) -> HttpResponse:
    """Answer with a sum that a worker should have done."""
    return HttpResponse(lazily("numpy").ones(3).sum())


urlpatterns = [path("sum/", calculate)]


@pytest.mark.urls(__name__)
def test_a_page_that_works_with_one_is_found() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"GET /sum/ works with numpy\.ones"):
        Client().get("/sum/")
