"""A stop that is asked for by a signal, and takes effect where the program can take it."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOK_SECONDS = 0.1


class StoppedError(Exception):
    """The program was asked to stop."""


class Stop:
    """Remembers that a stop was asked for; the program looks at it while it waits for something.

    A signal does no more than be remembered. An exception out of its handler could come at any
    moment: between the start of a process and the note of it, which would then live on, or inside
    a callback of C code, which would swallow it.
    """

    def __init__(self) -> None:
        # No threading.Event: the handler would wait forever for the lock of an interrupted wait.
        self.is_asked = False

    def listen(self) -> None:
        """Let the signals that end programs ask for a stop, from now on; again does no harm."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask)

    def check(self) -> None:
        """Raise StoppedError when a stop was asked for."""
        if self.is_asked:
            raise StoppedError

    def wait(self, seconds: float) -> None:
        """Wait for so long; raises StoppedError soon after a stop was asked for."""
        deadline = time.monotonic() + seconds
        self.check()
        while (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))
            self.check()

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.is_asked = True
