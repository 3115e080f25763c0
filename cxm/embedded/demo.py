"""The whole product on one machine, in the foreground: `python -m cxm.embedded.demo`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from cxm.embedded.environment import prepare_environment
from cxm.embedded.errors import ServerError
from cxm.embedded.places import PROJECT, find_place
from cxm.embedded.programs import last_lines, open_port
from cxm.embedded.servers import revive_servers
from cxm.embedded.sign_ins import DEMO_PASSWORD, DEMO_SIGN_INS
from cxm.embedded.stopping import Stop, StoppedError
from cxm.embedded.supervisor import Program, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

USUAL_PORT = 8000
ANSWER_SECONDS = 60
LOOK_SECONDS = 1
POLL_SECONDS = 0.1
# The worker and the clock load the same program as the web server: when it answers, they have
# come as far, or they end within moments.
WATCH_SECONDS = 2
LAST_LINES = 8
PARTS = {"web": "web server", "worker": "worker", "beat": "clock"}


def main() -> None:
    """Start everything, print the sign-ins and the address, and keep it up until told to stop.

    Ends with exit code 0 after Ctrl+C or SIGTERM, when everything has stopped; with code 1 and
    one sentence when something cannot start.
    """
    stop = Stop()
    stop.listen()
    os.chdir(PROJECT)
    try:
        _run(stop)
    except StoppedError:
        return
    except ServerError as error:
        sys.exit(f"Wayfare cannot start: {error}.")


def _run(stop: Stop) -> None:
    with _stop_told():
        port = _port()
        _say("Starting PostgreSQL and Valkey ...")
        servers = prepare_environment()
        migrate, seed = ["migrate", "--verbosity", "0"], ["seed_demo", "--if-absent"]
        _manage("Bringing the database up to date ...", migrate, stop=stop)
        _manage("Looking for the demo tenant ...", seed, stop=stop)
    _serve(port, servers, stop=stop)


@contextmanager
def _stop_told() -> Iterator[None]:
    """Say that a stop was heard, before what is running ends."""
    try:
        yield
    except StoppedError:
        with suppress(OSError):  # the terminal may be gone
            _say("\nStopping ...")
        raise


def _serve(port: int, servers: set[str], *, stop: Stop) -> None:
    address = f"http://127.0.0.1:{port}/"
    # What is mailed to customers leads here, too.
    os.environ.setdefault("PUBLIC_URL", address)
    logs = find_place(PROJECT).inside("logs").home
    supervisor = Supervisor(programs(port), logs=logs, say=_complain)
    with supervisor.running(), _stop_told():
        _say("Starting the web server, the worker and the clock ...")
        watch = partial(_check_alive, supervisor)
        _wait_for_answer(f"{address}health/", meanwhile=watch, stop=stop)
        _watch_start(watch, stop=stop)
        _say("")
        for person, email in DEMO_SIGN_INS.items():
            _say(f"  {person:<8} {email:<22} {DEMO_PASSWORD}")
        _say(f"\nLogs: {logs}. Stop with Ctrl+C; the data is kept.")
        _say(address)
        while True:
            stop.wait(LOOK_SECONDS)
            supervisor.revive()
            for name in revive_servers(servers):
                _complain(f"{name} had died and was started again")


def programs(port: int) -> list[Program]:
    """Give what makes up the product, with the web server on *port* of 127.0.0.1."""
    python = [sys.executable, "-m"]
    web = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    web += ["--workers", "1", "--blocking-threads", "4", "--no-ws", "cxm.wsgi:application"]
    celery = ["celery", "-A", "cxm.celery"]
    worker = ["worker", "--concurrency", "2", "-Q", "default,loads", "--loglevel", "INFO"]
    # The schedule is a constant of the settings: nothing of it needs a file.
    beat = ["beat", "--scheduler", "celery.beat:Scheduler", "--loglevel", "WARNING"]
    return [
        Program("web", [*python, *web]),
        Program("worker", [*python, *celery, *worker]),
        Program("beat", [*python, *celery, *beat]),
    ]


def _port() -> int:
    """Give PORT, or the usual one, or the next that is free, and say so."""
    text = os.environ.get("PORT") or str(USUAL_PORT)
    if not text.isdigit() or not 0 < int(text) < 2**16:
        message = f"PORT must be a number from 1 to 65535, not {text!r}"
        raise ServerError(message)
    wanted = int(text)
    port = next((port for port in range(wanted, 2**16) if open_port(port) == port), None)
    if port is None:
        message = f"no port from {wanted} on is free; name another in PORT"
        raise ServerError(message)
    if port != wanted:
        _say(f"Port {wanted} is not free; using {port}.")
    return port


def _manage(announcement: str, words: list[str], *, stop: Stop) -> None:
    """Run a management command with its output in the terminal.

    Raises ServerError, and StoppedError with the command ended.
    """
    _say(announcement)
    command = [sys.executable, "manage.py", *words]
    # As the programs: a session of its own, and an end when the demo ends.
    launcher = [sys.executable, "-m", "cxm.embedded.child", str(os.getpid())]
    process = subprocess.Popen(  # noqa: S603 - commands of this module, no shell
        [*launcher, *command], start_new_session=True
    )
    try:
        while (code := process.poll()) is None:
            stop.wait(POLL_SECONDS)
    finally:
        process.terminate()
        process.wait()
    if code != 0:
        message = f"`manage.py {' '.join(words)}` ended with code {code}; its words stand above"
        raise ServerError(message)


def _wait_for_answer(address: str, *, meanwhile: Callable[[], None], stop: Stop) -> None:
    """Wait until *address* answers 200; raises ServerError when it takes too long."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - 127.0.0.1
                if answer.status == 200:  # noqa: PLR2004 - OK
                    return
        except (urllib.error.URLError, OSError):
            stop.wait(POLL_SECONDS)
        meanwhile()
    message = f"{address} did not answer within {ANSWER_SECONDS} s; the logs tell why"
    raise ServerError(message)


def _watch_start(watch: Callable[[], None], *, stop: Stop) -> None:
    """Look for a while whether all programs stay up; raises ServerError when one does not."""
    deadline = time.monotonic() + WATCH_SECONDS
    while time.monotonic() < deadline:
        watch()
        stop.wait(POLL_SECONDS)


def _check_alive(supervisor: Supervisor) -> None:
    death = supervisor.dead()
    if death:
        words = last_lines(death.log, count=LAST_LINES) or "(it said nothing)"
        message = (
            f"the {PARTS[death.name]} ended with code {death.code} as soon as it was started. "
            f"The end of {death.log}:\n{words}"
        )
        raise ServerError(message)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
