"""Run a command that ends when its parent does: `python -m cxm.embedded.child COMMAND ...`."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import NoReturn

_PR_SET_PDEATHSIG = 1  # of prctl(2)


def main(parent: int, command: list[str]) -> NoReturn:
    """Become *command*, which Linux sends SIGTERM when process *parent* dies, even by SIGKILL.

    Elsewhere there is no such promise. The request survives the change of program.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
        if os.getppid() != parent:
            # The parent died before the promise was made.
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - the commands of the supervisor, no shell


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
