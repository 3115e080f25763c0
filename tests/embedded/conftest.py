"""A project folder of its own for each test, in which servers can be started."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cxm.embedded import postgres, valkey

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def project() -> Iterator[Path]:
    """Give an empty folder that every account may enter; what still runs in it is killed."""
    folder = Path(tempfile.mkdtemp(prefix="wayfare-test-"))
    folder.chmod(0o755)
    yield folder
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = os.fsencode(folder) in (process / "cmdline").read_bytes()
        except OSError:
            continue
        if is_ours:
            os.kill(int(process.name), signal.SIGKILL)
    shutil.rmtree(folder)


@pytest.fixture
def taken_ports() -> Iterator[set[int]]:
    """Give the usual ports of the servers, all of which are taken during the test."""
    ports = {*postgres.USUAL_PORTS.values(), *valkey.USUAL_PORTS.values()}
    with ExitStack() as stack:
        for port in ports:
            holder = stack.enter_context(socket.socket())
            try:
                holder.bind(("127.0.0.1", port))
            except OSError:
                continue  # somebody else holds it, which is what the test wants
            holder.listen()
        yield ports
