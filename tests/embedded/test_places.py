"""Which folder the servers get, and how their programs are found."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from cxm.embedded.errors import ServerError
from cxm.embedded.places import Account, Place, can_reach, find_place
from cxm.embedded.programs import find_program, last_lines, open_port, run_program

if TYPE_CHECKING:
    from pathlib import Path

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
NOBODY = Account(uid=65534, gid=65534)


@pytest.fixture
def temporary(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the system's temporary folder be one of the test's own."""
    folder = project / "temporary"
    folder.mkdir(mode=0o755)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_data_lies_in_the_project(project: Path) -> None:
    place = find_place(project)

    assert place.home == project / ".local"
    assert place.home.is_dir()


def test_data_lies_in_a_temporary_folder_when_the_project_cannot_be_written(
    project: Path, temporary: Path
) -> None:
    (project / ".local").write_text("a file where the folder should be")

    first, again = find_place(project), find_place(project)

    assert first == again
    assert first.home.parent == temporary


def test_temporary_folders_of_projects_differ(project: Path, temporary: Path) -> None:
    homes = set()
    for name in ("one", "two"):
        (project / name).mkdir()
        (project / name / ".local").touch()
        homes.add(find_place(project / name).home)

    assert len(homes) == 2


def test_folder_prepared_as_a_link_is_not_trusted(project: Path, temporary: Path) -> None:
    (project / ".local").symlink_to(temporary)

    assert find_place(project).home != project / ".local"


@AS_ROOT
def test_folder_of_somebody_else_is_not_used(project: Path, temporary: Path) -> None:
    (project / ".local").mkdir()
    os.chown(project / ".local", NOBODY.uid, NOBODY.gid)

    assert find_place(project).home.parent == temporary


@AS_ROOT
def test_folder_that_nobody_can_reach_is_not_used(project: Path, temporary: Path) -> None:
    closed = project / "closed"
    closed.mkdir(mode=0o700)

    place = find_place(closed)

    assert (place.home.parent, place.account) == (temporary, NOBODY)


def test_no_folder_at_all_is_said(project: Path, temporary: Path) -> None:
    (project / ".local").touch()
    temporary.rmdir()

    with pytest.raises(ServerError, match="Set TMPDIR"):
        find_place(project)


@AS_ROOT
def test_program_out_of_reach_is_copied(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "closed"
    (installed / "serverpackage/bin").mkdir(parents=True)
    installed.chmod(0o700)
    (installed / "serverpackage/__init__.py").touch()
    program = installed / "serverpackage/bin/server"
    program.write_text("#!/bin/sh\nid -u\n")
    program.chmod(0o700)
    _write_version(installed, "serverpackage", "1.5")
    monkeypatch.syspath_prepend(installed)
    place = Place(home=project, account=NOBODY)

    found = find_program("serverpackage", "bin/server", place)

    place.write(project / "log")
    assert found == project / "serverpackage-1.5/serverpackage/bin/server"
    assert run_program(found, place=place, log=project / "log") == 0
    assert last_lines(project / "log") == "65534"


def _write_version(installed: Path, package: str, version: str) -> None:
    folder = installed / f"{package}-{version}.dist-info"
    folder.mkdir()
    text = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
    (folder / "METADATA").write_text(text)


def test_missing_package_is_said_with_what_to_do(project: Path) -> None:
    place = Place(home=project, account=None)

    with pytest.raises(ServerError, match=r"absent-server.*make demo.*DATABASE_URL"):
        find_program("absent_server", "bin/*", place)


def test_package_without_the_program_is_said(project: Path) -> None:
    place = Place(home=project, account=None)

    with pytest.raises(ServerError, match="no server for this kind of machine"):
        find_program("cxm", "bin/*", place)


def test_programs_get_a_bare_environment(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=1")
    log = project / "log"

    code = run_program(
        "/bin/sh",
        "-c",
        'echo "${PGOPTIONS:-none}"; exit 3',
        place=Place(home=project, account=None),
        log=log,
    )

    assert (code, last_lines(log)) == (3, "none")


def test_free_port_is_kept_and_taken_one_left() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        other = open_port(taken)

    assert (other != taken, open_port(other)) == (True, other)


@AS_ROOT
def test_reach_is_that_of_the_account(project: Path) -> None:
    closed = project / "closed"
    closed.mkdir(mode=0o700)

    assert (can_reach(closed, None), can_reach(closed, NOBODY)) == (True, False)
