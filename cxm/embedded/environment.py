"""The environment of a process on one machine: addresses and a key for what is not given."""

from __future__ import annotations

import atexit
import os
import secrets
import signal
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

from cxm.embedded.errors import ServerError
from cxm.embedded.places import PROJECT, find_place
from cxm.embedded.postgres import Postgres
from cxm.embedded.purpose import Purpose
from cxm.embedded.servers import postgres_running, valkey_running
from cxm.embedded.valkey import Valkey

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType


def prepare_environment(*, project: Path = PROJECT) -> set[str]:
    """Fill in DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL and SECRET_KEY where they are missing.

    For what is not given, the servers of this machine are started, or joined when they are up,
    until this process ends; with WAYFARE_TEST=1 those of the tests. Child processes inherit the
    variables and start nothing. With WAYFARE_ENV=production nothing is filled in: there
    everything must be given. Gives the names of the servers of which this process became a user.
    Exits the process with one sentence when a server cannot be started.
    """
    if os.environ.get("WAYFARE_ENV") == "production":
        return set()
    is_test = os.environ.get("WAYFARE_TEST") == "1"
    purpose = Purpose.TEST if is_test else Purpose.LOCAL
    try:
        with ExitStack() as stack:
            joined = _fill_in(stack, purpose, project)
            _leave_at_exit(stack.pop_all())
    except ServerError as error:
        raise SystemExit(f"Wayfare cannot start: {error}.") from error
    return joined


def _fill_in(stack: ExitStack, purpose: Purpose, project: Path) -> set[str]:
    environment, joined = os.environ, set()
    if "DATABASE_URL" not in environment:
        running = postgres_running(project=project, purpose=purpose)
        addresses = stack.enter_context(running)
        environment["DATABASE_URL"] = addresses.database_url
        environment["DATABASE_OWNER_URL"] = addresses.owner_url
        joined.add(Postgres.name)
    if "REDIS_URL" not in environment:
        running_valkey = valkey_running(project=project, purpose=purpose)
        environment["REDIS_URL"] = stack.enter_context(running_valkey)
        joined.add(Valkey.name)
    if "SECRET_KEY" not in environment:
        environment["SECRET_KEY"] = _secret_key(find_place(project).home)
    return joined


def _secret_key(home: Path) -> str:
    """Give the key of this machine, made at the first call and kept."""
    path = home / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key


def _leave_at_exit(stack: ExitStack) -> None:
    """Close *stack* when this process ends, also by SIGTERM or a closed terminal."""
    here = os.getpid()

    def leave() -> None:
        # A forked child inherits this, and must not stop the servers of its parent.
        if os.getpid() == here:
            stack.close()

    atexit.register(leave)
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _exit_orderly)


def _exit_orderly(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
