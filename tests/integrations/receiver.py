"""A real HTTP server that takes webhooks and answers as it was told; no part of the product."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator


@dataclass(frozen=True)
class Answer:
    """A status with headers and a body, after *delay* seconds.

    *raw* is written instead of all that; *drips* are written behind it, and never end.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b"ok"
    delay: float = 0
    raw: bytes = b""
    drips: bytes = b""


@dataclass(frozen=True)
class Got:
    """One request, byte for byte."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What came in, and what is answered: the next of *answers*, or the last one again."""

    answers: list[Answer]
    port: int = 0
    got: list[Got] = field(default_factory=list)

    def url(self, path: str = "/hook", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def receiving(*answers: Answer, context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver on a free port of this machine; with *context*, by TLS."""
    server = _Server(Receiver(list(answers) or [Answer()]))
    if context:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.receiver = receiver
        receiver.port = self.server_address[1]

    def handle_error(self, *_args: Any) -> None:
        """Say nothing of clients that hang up."""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver = cast("_Server", self.server).receiver
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): text for name, text in self.headers.items()}
        receiver.got.append(Got(self.path, headers, body))
        answers = receiver.answers
        self._answer(answers.pop(0) if len(answers) > 1 else answers[0])

    def do_GET(self) -> None:
        """Take what a client that follows redirects would send."""
        self.do_POST()

    def _answer(self, answer: Answer) -> None:
        time.sleep(answer.delay)
        with suppress(OSError):
            if answer.raw:
                self.wfile.write(answer.raw)
            else:
                self._write(answer)
            while answer.drips:
                self.wfile.write(answer.drips)
                time.sleep(0.02)

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, text in answer.headers:
            self.send_header(name, text)
        if not answer.drips:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_args: Any) -> None:
        """Write nothing."""
