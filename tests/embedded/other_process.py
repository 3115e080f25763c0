"""Another Python process that does something of the embedded servers, for a test to end."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cxm.embedded.places import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

_OURS = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "WAYFARE_ENV"}


@contextmanager
def other_process(code: str, *words: object) -> Iterator[subprocess.Popen[str]]:
    """Run *code* with *words* as its arguments; it is killed at the end of the block.

    Its environment names no servers and asks for those of tests. Yields when the code has
    printed its first line, which the test reads from `first_line`.
    """
    environment = {key: value for key, value in os.environ.items() if key not in _OURS}
    process = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", code, *map(str, words)],
        cwd=PROJECT,
        env={**environment, "WAYFARE_TEST": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    """Wait for the next line that *process* prints, and give it without its end."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the process ended without a word"
    return line.rstrip("\n")
