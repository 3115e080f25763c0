"""What a process finds in its environment, and how it leaves."""

from __future__ import annotations

import os
import signal
import stat
from typing import TYPE_CHECKING

import psycopg
import pytest

from cxm.embedded.environment import prepare_environment
from tests.embedded.other_process import first_line, other_process

if TYPE_CHECKING:
    from pathlib import Path

PREPARE = """
import os, signal, sys, time
from pathlib import Path
# A test run that outlives its terminal ignores hang-ups, and so would this.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from cxm.embedded.environment import prepare_environment
prepare_environment(project=Path(sys.argv[1]))
print(os.environ["DATABASE_URL"], flush=True)
time.sleep(float(sys.argv[2]))
"""
GIVEN = {
    "DATABASE_URL": "postgresql://me@db.example/mine",
    "REDIS_URL": "redis://broker.example/0",
    "SECRET_KEY": "mine",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Give this process an environment without what the test run itself was given."""
    names = {"DATABASE_OWNER_URL", "WAYFARE_ENV", *GIVEN}
    copy = {name: value for name, value in os.environ.items() if name not in names}
    monkeypatch.setattr(os, "environ", copy)
    return copy


def test_what_is_given_stays(project: Path, environment: dict[str, str]) -> None:
    environment.update(GIVEN)

    prepare_environment(project=project)

    assert {name: environment[name] for name in GIVEN} == GIVEN
    assert "DATABASE_OWNER_URL" not in environment
    assert list(project.iterdir()) == []


def test_production_gets_nothing(project: Path, environment: dict[str, str]) -> None:
    environment["WAYFARE_ENV"] = "production"

    prepare_environment(project=project)

    assert not GIVEN.keys() & environment.keys()
    assert list(project.iterdir()) == []


def test_secret_key_is_made_once_and_kept_from_others(
    project: Path, environment: dict[str, str]
) -> None:
    keys = []
    for _ in range(2):
        environment.update(GIVEN)
        del environment["SECRET_KEY"]
        prepare_environment(project=project)
        keys.append(environment["SECRET_KEY"])

    mode = stat.S_IMODE((project / ".local/secret_key").stat().st_mode)
    assert (keys[0] == keys[1], len(keys[0]) >= 50, mode) == (True, True, 0o600)


def test_what_cannot_start_ends_the_process_with_a_sentence(
    project: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".local").touch()
    monkeypatch.setattr("tempfile.tempdir", str(project / "absent"))

    with pytest.raises(SystemExit, match=r"Wayfare cannot start: neither .* can be used"):
        prepare_environment(project=project)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_servers_stop_when_their_process_is_told_to(project: Path, number: signal.Signals) -> None:
    with other_process(PREPARE, project, 600) as process:
        url = first_line(process)
        psycopg.connect(url).close()
        process.send_signal(number)
        process.wait(timeout=30)

    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(url)


@pytest.mark.slow
def test_servers_stop_when_their_process_ends(project: Path) -> None:
    with other_process(PREPARE, project, 0) as process:
        url = first_line(process)
        code = process.wait(timeout=30)

    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(url)
    assert code == 0
