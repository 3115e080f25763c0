"""Servers for a test run: one set, shared by the processes of pytest-xdist."""

from __future__ import annotations

import fcntl
import itertools
import os
from typing import TYPE_CHECKING, BinaryIO

import pytest

from cxm.embedded.environment import prepare_environment
from cxm.embedded.places import PROJECT
from cxm.embedded.purpose import Purpose
from cxm.embedded.servers import server_place

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Prepare the environment before pytest-django reads the settings.

    Wrappers run before all others, also before those that ask to be first. The workers of
    pytest-xdist inherit the controller's environment and therefore its servers.
    """
    os.environ["WAYFARE_TEST"] = "1"
    is_given = "DATABASE_URL" in os.environ
    prepare_environment()
    if not is_given:
        number, lock = _numbered_run(server_place(PROJECT, Purpose.TEST).home)
        early_config.add_cleanup(lock.close)
        if number > 1:
            os.environ["DATABASE_URL"] += f"_{number}"
            os.environ["DATABASE_OWNER_URL"] += f"_{number}"
    return (yield)


def _numbered_run(folder: Path) -> tuple[int, BinaryIO]:
    """Take the lowest number that no other test run in this tree has, and its lock.

    Several people may test in one tree at once: by the number their databases differ in name.
    """
    for number in itertools.count(1):
        lock = (folder / f"run-{number}").open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            return number, lock
    raise AssertionError
