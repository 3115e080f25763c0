"""Programs kept up: their output, their deaths, and the end of all of them."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cxm.embedded.programs import command_line
from cxm.embedded.supervisor import Program, Supervisor
from tests.embedded.other_process import first_line, other_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.slow

SUPERVISE = """
import sys, time
from pathlib import Path
from cxm.embedded.supervisor import Program, Supervisor
programs = [Program(name, [f"{sys.argv[1]}/sleep", "600"]) for name in ("one", "two")]
with Supervisor(programs, logs=Path(sys.argv[1]), say=print).running():
    print("up", flush=True)
    time.sleep(600)
"""


@contextmanager
def supervised(logs: Path, code: str) -> Iterator[tuple[Supervisor, list[str]]]:
    """Keep a Python program with *code* up; gives its supervisor and what people were told."""
    said: list[str] = []
    program = Program("thing", [sys.executable, "-uc", code, str(logs)])
    supervisor = Supervisor([program], logs=logs, say=said.append)
    with supervisor.running():
        yield supervisor, said


def eventually(condition: Callable[[], bool]) -> bool:
    """Tell whether *condition* comes true within ten seconds."""
    for _ in range(1000):
        if condition():
            return True
        time.sleep(0.01)
    return False


def sleep_of(folder: Path) -> str:
    """Give the system's sleep a path by which the processes of one test are told from others."""
    found = shutil.which("sleep")
    assert found
    (folder / "sleep").symlink_to(found)
    return str(folder / "sleep")


def started_as(words: str) -> int:
    """Count the running programs whose command begins with *words*."""
    return sum(line.startswith(words) for line in command_lines())


def command_lines() -> list[str]:
    return [command_line(int(path.name)) for path in Path("/proc").glob("[0-9]*")]


def test_output_goes_to_the_log_and_errors_also_to_people(tmp_path: Path) -> None:
    code = """
print("all is well")
print("2026-11-21 ERROR cxm.work it broke")
print("  where it broke")
print("all is well again")
"""
    log = tmp_path / "thing.log"
    with supervised(tmp_path, code) as (_, said):
        assert eventually(lambda: log.exists() and "again" in log.read_text())

    assert len(log.read_text().splitlines()) == 4
    assert said == [
        "thing | 2026-11-21 ERROR cxm.work it broke",
        "thing |   where it broke",
    ]


def test_dead_program_is_started_again_and_its_death_said(tmp_path: Path) -> None:
    code = "import sys; print('hello'); sys.exit(3)"
    log = tmp_path / "thing.log"
    with supervised(tmp_path, code) as (supervisor, said):

        def is_back() -> bool:
            supervisor.revive()
            return log.exists() and log.read_text() == "hello\nhello\n"

        is_started_again = eventually(is_back)

    assert is_started_again
    assert said[0] == f"thing ended with code 3; starting it again in 1 s. Its log: {log}"


def test_programs_end_with_the_block(tmp_path: Path) -> None:
    program = Program("sleep", [sleep_of(tmp_path), "600"])
    with Supervisor([program], logs=tmp_path, say=print).running():
        ran = eventually(lambda: started_as(f"{tmp_path}/sleep 600") == 1)

    assert (ran, started_as(f"{tmp_path}/sleep 600")) == (True, 0)


def test_program_that_will_not_stop_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxm.embedded.supervisor.STOP_SECONDS", 0.2)
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf'); time.sleep(600)"
    log = tmp_path / "thing.log"

    with supervised(tmp_path, code):
        assert eventually(lambda: log.exists() and log.read_text() == "deaf\n")

    assert not any(line.endswith(f" {tmp_path}") for line in command_lines())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a death")
def test_programs_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    sleep = f"{sleep_of(tmp_path)} 600"
    with other_process(SUPERVISE, tmp_path) as supervisor:
        assert first_line(supervisor) == "up"
        ran = eventually(lambda: started_as(sleep) == 2)
        supervisor.kill()
        supervisor.wait()

    assert (ran, eventually(lambda: started_as(sleep) == 0)) == (True, True)
