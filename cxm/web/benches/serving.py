"""The processes that benches over HTTP run on their database, and what these spend."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

from cxm.web.benches.ground import backend_cpu_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

type Process = subprocess.Popen[bytes]

PATIENCE_SECONDS = 300


def web_server(application: str, port: int) -> list[str]:
    """Give the words that start a web server as in production, of one process."""
    words = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    return [*words, "--workers", "1", "--blocking-threads", "4", "--no-ws", application]


@contextmanager
def running(*commands: Sequence[str]) -> Iterator[list[Process]]:
    """Run *commands*, each the words of a Python module, on the bench's database for the block."""
    address = urlsplit(os.environ["DATABASE_URL"])
    owner = urlsplit(os.environ["DATABASE_OWNER_URL"])
    path = f"/{connection.settings_dict['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(address._replace(path=path)),
        "DATABASE_OWNER_URL": urlunsplit(owner._replace(path=path)),
        # A broker of its own, so that the bell of the bench rings no worker of the demo.
        "REDIS_URL": f"{os.environ['REDIS_URL'].rpartition('/')[0]}/9",
        "ALLOWED_HOSTS": "127.0.0.1",
    }
    processes = [_started(words, environment) for words in commands]
    try:
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def _started(words: Sequence[str], environment: dict[str, str]) -> Process:
    return subprocess.Popen(  # noqa: S603 - commands of the benches, no shell
        [sys.executable, "-m", *words],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


def wait_for_port(port: int) -> None:
    """Wait until a server listens on *port*; raises RuntimeError after five minutes."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    message = "the web server of the bench does not answer"
    raise RuntimeError(message)


def cpu_seconds(process: Process) -> float:
    """Add up the processor time of a process and its children, in seconds."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return sum(backend_cpu_seconds(pid) for pid in (process.pid, *map(int, children)))
