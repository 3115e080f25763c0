"""The whole product on ports of its own, in a temporary place, with a stage set for clients."""

from __future__ import annotations

import http.client
import json
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cxm.embedded.demo import programs
from cxm.embedded.errors import ServerError
from cxm.embedded.places import find_place
from cxm.web.nemesis.parts import Part, Servers, quiet_port, run_to_end, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cxm.embedded.stopping import Stop

START_SECONDS = 120
# Two processes, so that what hangs in one holds nobody else up; both know poison.
WORKER = ("--concurrency", "2", "--include", "cxm.web.nemesis.poison")


@dataclass(frozen=True, slots=True)
class Stage:
    """The tenant that is sent to: its id, the source's name in keys, and the texts of two keys."""

    tenant: str
    source: str
    write_key: str
    api_key: str


@dataclass(frozen=True, slots=True)
class Product:
    """What runs: servers, web server at *port*, worker and clock; *home* holds logs and history."""

    home: Path
    port: int
    servers: Servers
    parts: dict[str, Part]
    environment: dict[str, str]
    stage: Stage
    stop: Stop

    def revive(self) -> None:
        """Start again what has ended by itself."""
        for part in self.parts.values():
            part.revive()

    def recount(self) -> dict[str, int]:
        """Let the product compare its rollups with a recount."""
        log = self.home / "stage.log"
        words = ["-m", "cxm.web.nemesis.stage", "recount"]
        printed = run_to_end(words, environment=self.environment, log=log, stop=self.stop)
        told: dict[str, int] = json.loads(printed)
        return told


@contextmanager
def product_running(say: Callable[[str], None], stop: Stop) -> Iterator[Product]:
    """Run the product for the block; afterwards nothing of it runs.

    *say* is told what is being done. The files stay for `clear_away`, but for a block that ends
    with an exception. Raises ServerError when something does not start, and StoppedError.
    """
    home = Path(tempfile.mkdtemp(prefix="wayfare-nemesis-"))
    home.chmod(0o711)  # the servers may run as another account, which passes through
    servers = Servers(find_place(home))
    parts: dict[str, Part] = {}
    try:
        yield _started(home, servers, parts, say=say, stop=stop)
    except BaseException:
        try:
            _stop(servers, parts)
        finally:
            shutil.rmtree(home, ignore_errors=True)
        raise
    _stop(servers, parts)


def clear_away(product: Product) -> None:
    """Remove the files of a product that runs no more."""
    shutil.rmtree(product.home, ignore_errors=True)


def _started(
    home: Path,
    servers: Servers,
    parts: dict[str, Part],
    *,
    say: Callable[[str], None],
    stop: Stop,
) -> Product:
    """Start everything; what was begun is in *servers* and *parts* also when it fails."""
    stop.check()
    say("Starting PostgreSQL and Valkey ...")
    servers.start()
    environment = servers.environment(home)
    say("Making the tables ...")
    log = home / "stage.log"
    words = ["manage.py", "migrate", "--verbosity", "0"]
    run_to_end(words, environment=environment, log=log, stop=stop)
    words = ["-m", "cxm.web.nemesis.stage", "set"]
    stage = Stage(**json.loads(run_to_end(words, environment=environment, log=log, stop=stop)))
    port = quiet_port()
    parts.update(_parts(port, home, environment))
    say("Starting the web server, the worker and the clock ...")
    for part in parts.values():
        part.start()
    _wait_for_web(parts, port, stop)
    return Product(home, port, servers, parts, environment, stage, stop)


def _stop(servers: Servers, parts: dict[str, Part]) -> None:
    # One that cannot be stopped keeps nobody from stopping the others.
    with ExitStack() as stack:
        stack.callback(servers.stop)
        for part in parts.values():
            stack.callback(part.end)


def _parts(port: int, home: Path, environment: dict[str, str]) -> dict[str, Part]:
    """Give the programs of the demo, with a worker of two processes that knows poison."""
    parts = {}
    for program in programs(port):
        command = list(program.command)
        if program.name == "worker":
            # Of an option that is given twice the last counts.
            command += WORKER
        parts[program.name] = Part(program.name, command, logs=home, environment=environment)
    return parts


def _wait_for_web(parts: dict[str, Part], port: int, stop: Stop) -> None:
    if not wait_until(lambda: _answers(port), seconds=START_SECONDS, stop=stop):
        message = f"the web server did not answer:\n{parts['web'].last_words()}"
        raise ServerError(message)


def _answers(port: int) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        link.request("GET", "/health/")
        return link.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()
