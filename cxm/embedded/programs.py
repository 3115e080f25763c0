"""Finding the servers' programs, and running them as the servers' account."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cxm.embedded.errors import ServerError
from cxm.embedded.places import can_reach

if TYPE_CHECKING:
    from cxm.embedded.places import Place


def find_program(package: str, pattern: str, place: Place) -> Path:
    """Find the one file that matches *pattern* in the installed *package*.

    The package is looked up, not imported: importing these two costs a third of a second.
    When the account of *place* cannot reach the file (below a home folder of mode 700, say),
    the package is copied into the place once for each version, and the copy's file returned.
    Raises ServerError when the package or the file is missing.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        message = (
            f"the Python package {package.replace('_', '-')}, which brings the server, is not "
            "installed. Run `make demo` once, or name your own servers in DATABASE_URL and "
            "REDIS_URL"
        )
        raise ServerError(message)
    folder = Path(spec.origin).parent
    program = next(folder.glob(pattern), None)
    if program is None:
        message = f"the Python package {package} has no server for this kind of machine"
        raise ServerError(message)
    if can_reach(program, place.account):
        return program
    return _copied_package(folder, place) / program.relative_to(folder)


def run_program(*command: str | Path, place: Place, log: Path) -> int:
    """Run *command* to its end as the account of *place* and give its exit code.

    Its output is appended to *log*. The environment is bare, so that variables such as
    PGOPTIONS cannot change what the servers do. It has a session of its own, so that Ctrl+C in
    the terminal does not reach a server that others use.
    """
    account = place.account
    with log.open("ab") as output:
        finished = subprocess.run(  # noqa: S603 - commands of this package, no shell
            [os.fspath(part) for part in command],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=place.home,
            env={"PATH": os.defpath, "HOME": str(place.home), "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            umask=0o077,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    return finished.returncode


def command_line(pid: int) -> str:
    """Give the words with which process *pid* was started; empty when there is none.

    A process that has ended, but was not yet buried by its parent, has none either.
    """
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            words = (proc / str(pid) / "cmdline").read_bytes()
        except OSError:
            return ""
        return words.replace(b"\0", b" ").decode(errors="replace").strip()
    listing = subprocess.run(  # noqa: S603 - a fixed command with a number
        ["ps", "-o", "args=", "-p", str(pid)],  # noqa: S607 - its folder differs between systems
        check=False,
        capture_output=True,
        text=True,
    )
    return listing.stdout.strip()


def wait_for_end(pid: int, words: str, *, seconds: float) -> bool:
    """Wait up to *seconds* until process *pid*, with *words* in its command, has ended; tell so."""
    deadline = time.monotonic() + seconds
    while words in command_line(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def open_port(preferred: int) -> int:
    """Give *preferred*, or another port of 127.0.0.1 when something listens there already."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            # As the servers do: a connection that was closed a moment ago does not block a port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    message = "no free port was found on 127.0.0.1"
    raise ServerError(message)


def last_lines(log: Path, *, count: int = 5) -> str:
    """Give the last *count* lines of *log*, for an error message; empty when there are none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])


def _copied_package(folder: Path, place: Place) -> Path:
    version = importlib.metadata.version(folder.name)
    copies = place.home / f"{folder.name}-{version}"
    if not copies.exists():
        unfinished = copies.with_name(f"{copies.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        # Shared libraries of a wheel stand beside the package, in "<package>.libs".
        for part in (folder, folder.with_name(f"{folder.name}.libs")):
            if part.exists():
                shutil.copytree(part, unfinished / part.name, symlinks=True)
        _let_everyone_read(unfinished)
        unfinished.rename(copies)
    return copies / folder.name


def _let_everyone_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if mode & 0o100 else 0o044))
