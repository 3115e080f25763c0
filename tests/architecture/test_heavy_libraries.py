"""Libraries for heavy numbers belong to workers: a process that shows pages loads none of them."""

from __future__ import annotations

import os
import subprocess
import sys

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
