"""Every process that promises work rings at the broker of the settings, and is able to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[2]
# Threads answer the requests, and Celery remembers its application by thread.
BROKER = """
import threading
from celery import current_app
tell = threading.Thread(target=lambda: print("broker", current_app.conf.broker_url))
tell.start()
tell.join()
"""
# What stands here must not be found, as on a server, where nobody installed it.
WITHOUT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[1:]:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
import cxm.wsgi, kombu.transport.redis
print("well")
"""


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["-c", "import cxm.wsgi" + BROKER], id="web"),
        pytest.param(["manage.py", "shell", "-v", "0", "-c", BROKER], id="commands"),
    ],
)
def test_a_door_rings_at_the_broker_of_the_settings(words: list[str]) -> None:
    assert _python(*words).splitlines()[-1] == f"broker {settings.CELERY_BROKER_URL}"


def test_the_doors_need_nothing_that_servers_do_not_install() -> None:
    listed = (PROJECT / "requirements.txt").read_text()
    installed = {_plain(name) for name in re.findall(r"^([\w.-]+)==", listed, re.MULTILINE)}
    absent = [
        module
        for module, sources in packages_distributions().items()
        if not {_plain(source) for source in sources} & installed
    ]

    assert _python("-c", WITHOUT, *absent, WAYFARE_TEST="0") == "well\n"


def _python(*words: str, **variables: str) -> str:
    run = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, *words],
        cwd=PROJECT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
