"""Keeping the programs of the product up: started, restarted when they die, stopped together."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

STOP_SECONDS = 8
LONGEST_PAUSE_SECONDS = 30
# A program that has run for so long was healthy: its next death is a new misfortune.
HEALTHY_SECONDS = 60

_ERROR = re.compile(r"\b(ERROR|CRITICAL)\b|^Traceback|^[\w.]+(Error|Exception)\b")


@dataclass(frozen=True, slots=True)
class Program:
    """A program to keep up: its name for people and the words of its command."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True, slots=True)
class Death:
    """How a program has ended: its name, its exit code, and where its last words stand."""

    name: str
    code: int
    log: Path


class Supervisor:
    """Keeps programs up.

    Their output goes to `<name>.log` in the folder *logs*, begun anew with each supervisor;
    errors in it, and deaths, are also told to *say*, which is called from several threads.
    """

    def __init__(self, programs: Sequence[Program], *, logs: Path, say: Callable[[str], None]):
        self._children = [_Child(program, logs=logs, say=say) for program in programs]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start all programs, and stop them at the end of the block, however it ends."""
        try:
            for child in self._children:
                child.forget_log()
                child.start()
            yield
        finally:
            self._stop()

    def dead(self) -> Death | None:
        """Give the first program, in the order of *programs*, that has ended; None when all live.

        For the time of the start, in which nothing is revived: what ends at once would do so again.
        """
        return next((death for child in self._children if (death := child.death())), None)

    def revive(self) -> None:
        """Start again what has died, after a pause that doubles with each death in a row."""
        for child in self._children:
            child.revive()

    def _stop(self) -> None:
        for child in self._children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children:
            child.wait_or_kill(deadline)


class _Child:
    def __init__(self, program: Program, *, logs: Path, say: Callable[[str], None]) -> None:
        self._program = program
        self._log = logs / f"{program.name}.log"
        self._say = say
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._started_at = 0.0
        self._start_again_at: float | None = None
        self._deaths = 0

    def forget_log(self) -> None:
        self._log.unlink(missing_ok=True)

    def start(self) -> None:
        launcher = [sys.executable, "-m", "cxm.embedded.child", str(os.getpid())]
        self._process = subprocess.Popen(  # noqa: S603 - commands of this package, no shell
            [*launcher, *self._program.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Ctrl+C reaches the supervisor alone, which then stops everything in order.
            start_new_session=True,
        )
        self._started_at = time.monotonic()
        self._start_again_at = None
        self._reader = threading.Thread(target=self._read, args=[self._process], daemon=True)
        self._reader.start()

    def death(self) -> Death | None:
        if self._process is None or self._process.poll() is None:
            return None
        if self._reader:
            self._reader.join(timeout=1)  # its last words may still be on their way to the log
        return Death(self._program.name, self._process.returncode, self._log)

    def revive(self) -> None:
        now = time.monotonic()
        if self._start_again_at is not None:
            if now >= self._start_again_at:
                self.start()
        elif self._process is not None and self._process.poll() is not None:
            lived = now - self._started_at
            self._deaths = 1 if lived > HEALTHY_SECONDS else self._deaths + 1
            pause = min(2 ** (self._deaths - 1), LONGEST_PAUSE_SECONDS)
            self._start_again_at = now + pause
            self._say(
                f"{self._program.name} ended with code {self._process.returncode}; "
                f"starting it again in {pause} s. Its log: {self._log}"
            )

    def ask_to_stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def wait_or_kill(self, deadline: float) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._kill_with_its_children(self._process)
        if self._reader:
            self._reader.join(timeout=1)

    def _kill_with_its_children(self, process: subprocess.Popen[str]) -> None:
        # It leads a group of its own, which holds also the processes that it has started.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _read(self, process: subprocess.Popen[str]) -> None:
        """Write each line of output to the log, and errors with what belongs to them to people."""
        if process.stdout is None:
            return
        is_error = False
        with process.stdout as lines, self._log.open("a", encoding="utf-8") as log:
            for line in lines:
                log.write(line)
                log.flush()
                is_error = bool(_ERROR.search(line)) or (is_error and line[:1].isspace())
                if is_error:
                    self._say(f"{self._program.name} | {line.rstrip()}")
