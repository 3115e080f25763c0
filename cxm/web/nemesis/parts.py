"""The parts of the product, each of which can be killed, paused and started again."""

from __future__ import annotations

import os
import random
import secrets
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cxm.embedded.errors import ServerError
from cxm.embedded.postgres import APPLICATION, OWNER, SUPERUSER, Postgres
from cxm.embedded.programs import command_line, last_lines, open_port, wait_for_end
from cxm.embedded.purpose import Purpose
from cxm.embedded.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cxm.embedded.places import Place
    from cxm.embedded.stopping import Stop

STOP_SECONDS = 8
# More than the turn of a worker, which takes up what is due for twenty seconds.
TIME_LIMIT_SECONDS = 25
END_SECONDS = 20
LOOK_SECONDS = 0.1
# Below the ports that systems hand out to clients: nobody else gets a port while its server is
# away, not even a client that calls itself there.
LOWEST_PORT, HIGHEST_PORT = 20_000, 32_000
# Of the surroundings these would change what the product is.
_NOT_HANDED_ON = ("WAYFARE_TEST", "WAYFARE_DEV", "COVERAGE_PROCESS_CONFIG", "HTTPS", "DEBUG")


class Servers:
    """PostgreSQL, as durable as at home, and a Valkey that forgets all when it is killed."""

    def __init__(self, place: Place) -> None:
        self._home = place.home
        self.postgres = Postgres(place, Purpose.LOCAL, usual_port=quiet_port())
        self.valkey = Valkey(place, Purpose.TEST, usual_port=quiet_port())

    def start(self) -> None:
        """Start both; raises ServerError."""
        self.postgres.start_or_adopt()
        self.valkey.start_or_adopt()

    def stop(self) -> None:
        """Stop both, whatever state they are in."""
        try:
            self.valkey.stop()
        finally:
            self.postgres.stop()

    def break_database(self) -> None:
        """Stop PostgreSQL as `pg_ctl stop -m immediate` does: without a checkpoint."""
        path = self._home / "postgres" / "data" / "postmaster.pid"
        self._end(int(path.read_text().splitlines()[0]), signal.SIGQUIT, str(path.parent))

    def kill_broker(self) -> None:
        """Kill Valkey with all that it holds."""
        path = self._home / "valkey" / "valkey.pid"
        words = str(path.with_name("valkey.conf"))
        self._end(int(path.read_text()), signal.SIGKILL, words)

    def superuser_url(self) -> str:
        """Give the address of the database for somebody whom no policy of rows holds back."""
        return self.postgres.url(SUPERUSER)

    def environment(self, home: Path) -> dict[str, str]:
        """Give the environment of the programs of the product, with files below *home*."""
        kept = {name: text for name, text in os.environ.items() if name not in _NOT_HANDED_ON}
        return kept | {
            "WAYFARE_ENV": "local",
            "WAYFARE_NEMESIS": str(home),
            "DATABASE_URL": self.postgres.url(APPLICATION),
            "DATABASE_OWNER_URL": self.postgres.url(OWNER),
            "REDIS_URL": self.valkey.url(),
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ALLOWED_HOSTS": "127.0.0.1",
            "MEDIA_ROOT": str(home / "media"),
            "TASK_TIME_LIMIT_SECONDS": str(TIME_LIMIT_SECONDS),
        }

    def _end(self, pid: int, number: signal.Signals, words: str) -> None:
        if words not in command_line(pid):
            return
        os.kill(pid, number)
        if not wait_for_end(pid, words, seconds=END_SECONDS):
            message = f"process {pid} did not end by signal {number.name}"
            raise ServerError(message)


class Part:
    """A program of the product with the processes that it starts.

    To be started by the main thread only: Linux ends a program whose starter's thread ends.
    """

    def __init__(
        self, name: str, command: Sequence[str], *, logs: Path, environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self.log = logs / f"{name}.log"
        self.own_deaths = 0
        self._command = list(command)
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program, in a session of its own; it ends when this process does."""
        launcher = [sys.executable, "-m", "cxm.embedded.child", str(os.getpid())]
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - commands of this package, no shell
                [*launcher, *self._command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill the program and all its processes at once."""
        if self._process:
            self._signal(signal.SIGKILL)
            self._process.wait()
            # On a busy machine a process may live for a moment after it was killed, and write.
            deadline = time.monotonic() + END_SECONDS
            while self._is_populated() and time.monotonic() < deadline:
                time.sleep(0.01)

    def kill_child(self, dice: random.Random) -> bool:
        """Kill one of its processes, the program goes on; False when there is none to kill."""
        children = self._children()
        if children:
            os.kill(dice.choice(children), signal.SIGKILL)
        return bool(children)

    def pause(self) -> None:
        """Let all its processes stand still."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let them go on, where they stood."""
        self._signal(signal.SIGCONT)

    def revive(self) -> bool:
        """Start the program again if it has ended by itself; tell whether it had."""
        if self._process is None or self._process.poll() is None:
            return False
        self._signal(signal.SIGKILL)
        self.own_deaths += 1
        self.start()
        return True

    def end(self) -> None:
        """Stop it in order, and by force after a while; nothing of it is left."""
        if self._process is None:
            return
        self._signal(signal.SIGCONT)
        if self._process.poll() is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=STOP_SECONDS)
        self.kill()

    def last_words(self) -> str:
        """Give the end of its log."""
        return last_lines(self.log)

    def _signal(self, number: signal.Signals) -> None:
        if self._process:
            try:
                # It leads a group of its own, which holds also the processes that it has started.
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                return

    def _is_populated(self) -> bool:
        """Tell whether anything of its group still lives; nobody may have buried the dead."""
        group = str(self._process.pid) if self._process else ""
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                # After the name, which may hold anything: state, parent, group.
                state, _, its_group, *_ = path.read_text().rpartition(")")[2].split()
                if its_group == group and state not in "ZX":
                    return True
        return False

    def _children(self) -> list[int]:
        if self._process is None:
            return []
        pid = self._process.pid
        try:
            text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        except OSError:
            return []
        return [int(child) for child in text.split()]


def run_to_end(
    words: Sequence[str],
    *,
    environment: Mapping[str, str],
    log: Path,
    stop: Stop,
    seconds: float = 300,
) -> str:
    """Run `python WORDS` of the product and give what it printed.

    Raises ServerError when it fails or takes longer than *seconds*, and StoppedError.
    """
    launcher = [sys.executable, "-m", "cxm.embedded.child", str(os.getpid()), sys.executable]
    with log.open("ab") as complaints:
        process = subprocess.Popen(  # noqa: S603 - commands of this package, no shell
            [*launcher, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=dict(environment),
            start_new_session=True,
            text=True,
        )
    with process:
        try:
            printed = _printed(process, seconds, stop)
        finally:
            process.kill()
    if process.returncode != 0:
        message = f"`{' '.join(words)}` ended with code {process.returncode}:\n{last_lines(log)}"
        raise ServerError(message)
    return printed


def quiet_port() -> int:
    """Give a free port of 127.0.0.1 that no client is handed; raises ServerError."""
    numbers = list(range(LOWEST_PORT, HIGHEST_PORT))
    random.SystemRandom().shuffle(numbers)
    for number in numbers:
        if open_port(number) == number:
            return number
    message = f"no port from {LOWEST_PORT} to {HIGHEST_PORT} is free"
    raise ServerError(message)


def wait_until(is_so: Callable[[], bool], *, seconds: float, stop: Stop) -> bool:
    """Wait up to *seconds* until *is_so*, called ten times a second, is true; tell whether.

    Raises StoppedError.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        stop.wait(0.1)
    return False


def _printed(process: subprocess.Popen[str], seconds: float, stop: Stop) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        stop.check()
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=LOOK_SECONDS)[0]
    message = f"a program of the product did not end within {seconds:.0f} s"
    raise ServerError(message)
