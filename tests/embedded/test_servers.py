"""PostgreSQL and Valkey: started from nothing, after a crash, shared, as any user."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from cxm.embedded.errors import ServerError
from cxm.embedded.purpose import Purpose
from cxm.embedded.servers import postgres_running, servers_running, valkey_running
from tests.embedded.other_process import first_line, other_process

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from cxm.embedded.servers import Addresses

pytestmark = pytest.mark.slow

JOIN = """
import sys, time
from pathlib import Path
from cxm.embedded.purpose import Purpose
from cxm.embedded.servers import postgres_running, servers_running, valkey_running
with servers_running(project=Path(sys.argv[1]), purpose=Purpose.TEST) as addresses:
    print(addresses.superuser_url, addresses.redis_url, flush=True)
    time.sleep(600)
"""
JOIN_AS_NOBODY = f"""
import os, pwd
import psycopg, cxm.embedded.servers  # while the interpreter's own files can be read
nobody = pwd.getpwnam("nobody")
os.setgroups([])
os.setgid(nobody.pw_gid)
os.setuid(nobody.pw_uid)
{JOIN}"""


def running(project: Path) -> AbstractContextManager[Addresses]:
    return servers_running(project=project, purpose=Purpose.TEST)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def server_pids(home: Path) -> tuple[int, int]:
    postgres = (home / "postgres/data/postmaster.pid").read_text().splitlines()[0]
    return int(postgres), int((home / "valkey/valkey.pid").read_text())


def postgres_answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def valkey_answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


def test_servers_start_from_nothing_and_stop_at_the_end(project: Path) -> None:
    with running(project) as addresses:
        up = postgres_answers(addresses.database_url), valkey_answers(addresses.redis_url)

    down = postgres_answers(addresses.database_url), valkey_answers(addresses.redis_url)
    assert (up, down) == ((True, True), (False, False))


def test_data_and_passwords_survive_a_stop(project: Path) -> None:
    with running(project) as first, psycopg.connect(first.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    with running(project) as second:
        answer = ask(second.database_url, "SELECT answer FROM kept")

    assert answer == 42


def test_taken_ports_are_left_to_others(project: Path, taken_ports: set[int]) -> None:
    with running(project) as addresses:
        answers = postgres_answers(addresses.database_url), valkey_answers(addresses.redis_url)

    used = {urlsplit(addresses.database_url).port, urlsplit(addresses.redis_url).port}
    assert (answers, used & taken_ports) == ((True, True), set())


def test_killed_servers_start_again_with_their_data(project: Path) -> None:
    with servers_running(project=project) as first:
        with psycopg.connect(first.owner_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        for pid in server_pids(project / ".local"):
            os.kill(pid, signal.SIGKILL)

    with servers_running(project=project) as second:
        answer = ask(second.database_url, "SELECT answer FROM kept")
        is_valkey_up = valkey_answers(second.redis_url)

    assert (answer, is_valkey_up) == (42, True)


def test_servers_of_a_killed_process_are_adopted_and_then_stopped(project: Path) -> None:
    with other_process(JOIN, project) as holder:
        first_line(holder)
        orphans = server_pids(project / ".local/test")
        holder.kill()
        holder.wait()

    with running(project) as addresses:
        adopted = server_pids(project / ".local/test")

    assert adopted == orphans
    assert not postgres_answers(addresses.superuser_url)
    assert not valkey_answers(addresses.redis_url)


def test_half_made_cluster_is_made_again(project: Path) -> None:
    left = project / ".local/test/postgres.unfinished"
    (left / "data/base").mkdir(parents=True)
    (left / "data/PG_VERSION").write_text("18\n")
    for folder in (project / ".local", project / ".local/test"):
        folder.chmod(0o711)

    with running(project) as addresses:
        is_up = postgres_answers(addresses.database_url)

    assert (is_up, left.exists()) == (True, False)


def test_pid_file_that_names_a_stranger_does_not_block(project: Path) -> None:
    home = project / ".local"
    pid_file = home / "postgres/data/postmaster.pid"
    with valkey_running(project=project):
        with postgres_running(project=project):
            stranger = server_pids(home)[1]
            lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(stranger), *lines[1:]]))

        with postgres_running(project=project) as addresses:
            is_up = postgres_answers(addresses.database_url)

    assert is_up


def test_spoilt_data_of_tests_is_made_again(project: Path) -> None:
    with running(project):
        pass
    (project / ".local/test/postgres/data/global/pg_control").write_bytes(b"")

    with running(project) as addresses:
        is_up = postgres_answers(addresses.database_url)

    assert is_up


def test_spoilt_data_of_people_is_left_to_them(project: Path) -> None:
    with postgres_running(project=project):
        pass
    control = project / ".local/postgres/data/global/pg_control"
    control.write_bytes(b"")

    with (
        pytest.raises(ServerError, match="PostgreSQL did not start"),
        postgres_running(project=project),
    ):
        pass

    assert control.exists()


def test_the_last_to_leave_stops_the_servers(project: Path) -> None:
    with other_process(JOIN, project) as starter:
        first_line(starter)
        with running(project) as addresses:
            starter.terminate()
            starter.wait()
            outlives = postgres_answers(addresses.database_url)

    assert (outlives, postgres_answers(addresses.database_url)) == (True, False)


def test_who_leaves_first_stops_nothing(project: Path) -> None:
    with running(project) as addresses:
        with running(project):
            pass
        is_up = postgres_answers(addresses.database_url), valkey_answers(addresses.redis_url)

    assert is_up == (True, True)


def is_open_to_all(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.skipif(
    not is_open_to_all(Path(sys.base_prefix).resolve()),
    reason="this Python lies where an ordinary user cannot read it",
)
def test_servers_start_for_an_ordinary_user(project: Path) -> None:
    os.chown(project, 65534, 65534)
    with other_process(JOIN_AS_NOBODY, project) as process:
        postgres_url, redis_url = first_line(process).split()

        answers = postgres_answers(postgres_url), valkey_answers(redis_url)

    assert answers == (True, True)
    assert (project / ".local").stat().st_uid == 65534


def test_passwords_are_for_their_owner_only(project: Path) -> None:
    with running(project):
        home = project / ".local/test"
        modes = [
            (home / name).stat().st_mode & 0o777
            for name in ("postgres/passwords.json", "valkey/valkey.conf", "postgres", "valkey")
        ]

    assert modes == [0o600, 0o600, 0o700, 0o700]
