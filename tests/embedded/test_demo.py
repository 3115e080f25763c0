"""The demo as a person meets it: what is printed, and how it ends.

It runs the real supervisor, servers, web server and worker around an application of a few lines.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cxm.embedded import postgres, valkey
from cxm.embedded.places import PROJECT, find_place
from cxm.embedded.postgres import Postgres
from cxm.embedded.programs import command_line, open_port
from cxm.embedded.purpose import Purpose
from cxm.embedded.sign_ins import DEMO_PASSWORD, DEMO_SIGN_INS
from cxm.embedded.valkey import Valkey
from tests.embedded.other_process import first_line

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

MANAGE = """
import os, sys, time
os.environ["DATABASE_OWNER_URL"]
print("manage", *sys.argv[1:], flush=True)
time.sleep(60 * os.path.exists("slow"))
sys.exit(os.path.exists("refuse"))
"""
WSGI = """
def application(environ, start_response):
    start_response("200 OK" if environ["PATH_INFO"] == "/health/" else "404 Not Found", [])
    return [b"well"]
"""
CELERY = """
import os
from celery import Celery
app = Celery("small", broker=os.environ["REDIS_URL"])
app.conf.broker_connection_retry_on_startup = True
"""


@pytest.fixture
def product(project: Path) -> Path:
    """Give a project of which only the embedded part is real, with usual ports of its own."""
    shutil.copytree(PROJECT / "cxm/embedded", project / "cxm/embedded")
    ports = quiet_ports()
    for server in (postgres, valkey):
        module = project / "cxm/embedded" / f"{server.__name__.rpartition('.')[2]}.py"
        _change_usual_port(module, server.USUAL_PORTS[Purpose.LOCAL], next(ports))
    files = {
        "manage.py": MANAGE,
        "cxm/__init__.py": "",
        "cxm/wsgi.py": WSGI,
        "cxm/celery.py": CELERY,
    }
    for name, text in files.items():
        (project / name).write_text(text)
    return project


def quiet_ports() -> Iterator[int]:
    """Give free ports below those that the system hands out, so that nobody takes a freed one."""
    numbers = list(range(20_000, 32_000))
    random.SystemRandom().shuffle(numbers)
    return (number for number in numbers if open_port(number) == number)


def _change_usual_port(module: Path, usual: int, port: int) -> None:
    text = module.read_text()
    assert text.count(str(usual)) == 1
    module.write_text(text.replace(str(usual), str(port)))


@contextmanager
def demo(product: Path, *, port: object) -> Iterator[subprocess.Popen[str]]:
    given = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "WAYFARE_TEST"}
    given.add("DJANGO_SETTINGS_MODULE")  # pytest's own, of settings which the small product lacks
    environment = {name: value for name, value in os.environ.items() if name not in given}
    process = subprocess.Popen(
        [sys.executable, "-m", "cxm.embedded.demo"],
        cwd=product,
        env={**environment, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def lines_until_address(process: subprocess.Popen[str]) -> list[str]:
    lines = [first_line(process)]
    while not lines[-1].startswith("http://"):
        lines.append(first_line(process))
    return lines


def running_in(product: Path) -> list[str]:
    """List the programs that run in or from *product*."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            is_there = (path / "cwd").readlink().is_relative_to(product)
        except OSError:
            continue
        if is_there:
            found.append(command_line(int(path.name)))
    return [words for words in found if words]


def test_demo_prints_sign_ins_and_address_and_ends_in_order(product: Path) -> None:
    port = open_port(0)
    with demo(product, port=port) as process:
        lines = lines_until_address(process)
        with urllib.request.urlopen(f"{lines[-1]}health/") as answer:  # noqa: S310 - 127.0.0.1
            health = answer.read()
        process.terminate()
        code = process.wait(timeout=30)

    assert lines[-1] == f"http://127.0.0.1:{port}/"
    assert [line.split() for line in lines if DEMO_PASSWORD in line] == [
        [person, email, DEMO_PASSWORD] for person, email in DEMO_SIGN_INS.items()
    ]
    commands = [line for line in lines if line.startswith("manage")]
    assert commands == ["manage migrate --verbosity 0", "manage seed_demo --if-absent"]
    assert (health, code, running_in(product)) == (b"well", 0, [])


def test_taken_port_is_said_and_the_next_one_used(product: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        with demo(product, port=taken) as process:
            lines = lines_until_address(process)
            process.terminate()
            process.wait(timeout=30)

    port = int(lines[-1].rstrip("/").rpartition(":")[2])
    assert lines[0] == f"Port {taken} is not free; using {port}."
    assert port > taken


def test_killed_demo_leaves_nothing_that_blocks_the_next(product: Path) -> None:
    port = open_port(0)
    with demo(product, port=port) as process:
        lines_until_address(process)

    with demo(product, port=port) as process:
        lines = lines_until_address(process)
        process.terminate()
        code = process.wait(timeout=30)

    assert lines[-1].startswith("http://127.0.0.1:")
    assert (code, running_in(product)) == (0, [])


def test_servers_that_die_under_the_demo_come_back_where_they_were(product: Path) -> None:
    with demo(product, port=open_port(0)) as process:
        lines_until_address(process)
        place = find_place(product)
        database, doorbell = Postgres(place, Purpose.LOCAL), Valkey(place, Purpose.LOCAL)
        addresses = database.url("cxm_app"), doorbell.url()
        for file in ("postgres/data/postmaster.pid", "valkey/valkey.pid"):
            os.kill(int((place.home / file).read_text().split()[0]), signal.SIGKILL)

        assert process.stderr
        waited_for = {f"{name} had died and was started again\n" for name in ("postgres", "valkey")}
        while waited_for:  # the worker may complain in between
            waited_for.discard(process.stderr.readline())
        answers = database.answers(), doorbell.answers()
        after = database.url("cxm_app"), doorbell.url()

    assert after == addresses
    assert answers == (True, True)


@pytest.mark.parametrize("port", ["http", "0", "65536"])
def test_port_that_is_none_is_said(product: Path, port: str) -> None:
    with demo(product, port=port) as process:
        _, complaint = process.communicate(timeout=30)

    sentence = f"Wayfare cannot start: PORT must be a number from 1 to 65535, not '{port}'.\n"
    assert (process.returncode, complaint) == (1, sentence)


def test_command_that_fails_ends_the_demo_and_its_servers(product: Path) -> None:
    (product / "refuse").touch()
    with demo(product, port=open_port(0)) as process:
        _, complaint = process.communicate(timeout=30)

    assert process.returncode == 1
    assert "`manage.py migrate --verbosity 0` ended with code 1" in complaint
    assert running_in(product) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_stop_ends_a_command_that_runs_and_is_heard_once(
    product: Path, number: signal.Signals
) -> None:
    (product / "slow").touch()
    with demo(product, port=open_port(0)) as process:
        while not first_line(process).startswith("manage migrate"):
            pass
        for _ in range(3):
            process.send_signal(number)
        said, complaint = process.communicate(timeout=30)

    assert (process.returncode, said) == (0, "\nStopping ...\n")
    assert "Traceback" not in complaint
    assert running_in(product) == []


@pytest.mark.parametrize(("part", "option"), [("worker", "-Q"), ("clock", "--scheduler")])
def test_part_that_ends_at_once_ends_the_demo_with_its_last_words(
    product: Path, part: str, option: str
) -> None:
    refusal = f"import sys\nif {option!r} in sys.argv:\n    sys.exit('nothing to do here')\n"
    (product / "cxm/celery.py").write_text(refusal + CELERY)
    with demo(product, port=open_port(0)) as process:
        said, complaint = process.communicate(timeout=60)

    sentence = f"Wayfare cannot start: the {part} ended with code 1 as soon as it was started."
    assert sentence in complaint
    assert "nothing to do here" in complaint.partition(sentence)[2]
    assert (process.returncode, "http://" in said, running_in(product)) == (1, False, [])
