"""Where the servers of one machine keep their files, and the account they run as."""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cxm.embedded.errors import ServerError

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the operating system, by its numbers."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Place:
    """A folder for servers' files, and the account that the servers run as.

    *account* is None when they run as whoever asks. Otherwise that account can reach *home*,
    but may write only in the folders that it was given there.
    """

    home: Path
    account: Account | None

    def inside(self, name: str) -> Place:
        """Give the place in the folder *name* of this one; it is made when absent."""
        home = self.home / name
        _make_folder(home, self.account)
        return Place(home=home, account=self.account)

    def make_folder(self, path: Path) -> None:
        """Make the folder *path*, which only the servers (and root) may enter."""
        path.mkdir(mode=0o700)
        self._give(path)

    def write(self, path: Path, text: str = "") -> None:
        """Write *text* to the file *path*, which only the servers (and root) may read."""
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(text)
        self._give(path)

    def _give(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)


def find_place(project: Path) -> Place:
    """Choose where the servers of *project* live: its folder `.local`, or a temporary folder.

    As root the servers run as `nobody`, since PostgreSQL refuses to run as root. The temporary
    folder is taken when `.local` cannot be written, belongs to somebody else or cannot be
    reached by `nobody` (below a home folder of mode 700, say). Its name depends on the project
    and the user only, so that the next start finds it again. Raises ServerError when there is
    no such folder either.
    """
    account = _unprivileged_account()
    temporary = Path(tempfile.gettempdir()) / _temporary_name(project)
    for home in (project / ".local", temporary):
        if _is_ours(home, account) and can_reach(home, account):
            return Place(home=home, account=account)
    message = (
        f"neither {project / '.local'} nor {temporary} can be used for the data of the servers. "
        "Set TMPDIR to a folder of yours that every user may enter"
    )
    raise ServerError(message)


def can_reach(path: Path, account: Account | None) -> bool:
    """Tell whether *account* may enter the folder, or run the program, at *path*.

    Asks the operating system by trying, because mode bits are not the whole truth (access
    lists, read-only mounts). None is the caller's own account.
    """
    if account is None:
        return os.access(path, os.X_OK)
    trial = subprocess.run(  # noqa: S603 - a fixed command, the path is a word of its own
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
        check=False,
        cwd="/",
        user=account.uid,
        group=account.gid,
        extra_groups=[],
    )
    return trial.returncode == 0


def _unprivileged_account() -> Account | None:
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid)


def _temporary_name(project: Path) -> str:
    fingerprint = hashlib.sha256(os.fsencode(project)).hexdigest()[:12]
    return f"wayfare-{fingerprint}-{os.geteuid()}"


def _is_ours(home: Path, account: Account | None) -> bool:
    """Make *home* when absent; a link, or a folder of another user, is not to be trusted."""
    try:
        _make_folder(home, account)
        found = home.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def _make_folder(folder: Path, account: Account | None) -> None:
    if not folder.exists():
        folder.mkdir(exist_ok=True)
        # Passing through is enough for the servers' account, which must not list or write here.
        folder.chmod(0o711 if account else 0o700)
