"""Sharing a server between processes: the first brings it up, the last one out stops it."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Server(Protocol):
    """What can be shared. Calls are made one at a time, over all processes."""

    name: str

    def start_or_adopt(self) -> None:
        """Let the server run, whatever state it is found in; raises ServerError."""

    def answers(self) -> bool:
        """Tell whether the server runs and lets its users in."""

    def stop(self) -> None:
        """Stop the server; nothing happens when it does not run."""


@contextmanager
def shared(server: Server, folder: Path) -> Iterator[None]:
    """Keep *server* up for the block.

    Each user holds a shared lock on a file in *folder*, which the operating system takes away
    when the process ends, however it ends. Whoever can have that lock alone when leaving is
    the last, and stops the server, no matter who started it. A server whose users were all
    killed runs on; the next user adopts it and, as the last one out, stops it.
    """
    with (folder / f"{server.name}.users").open("ab") as users:
        try:
            with _turn(server, folder):
                fcntl.flock(users, fcntl.LOCK_SH)
                server.start_or_adopt()
            yield
        finally:
            with _turn(server, folder):
                if _is_last(users.fileno()):
                    server.stop()


def revive(server: Server, folder: Path) -> bool:
    """Start *server* again if it has died under its users; tell whether it had.

    It gets the same address, as far as nobody has taken the port. Raises ServerError.
    """
    if server.answers():
        return False
    with _turn(server, folder):
        server.start_or_adopt()
    return True


@contextmanager
def _turn(server: Server, folder: Path) -> Iterator[None]:
    """Wait until no other process starts or stops *server*."""
    with (folder / f"{server.name}.turn").open("ab") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _is_last(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
