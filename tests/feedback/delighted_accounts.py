"""A server that answers as Delighted's API does, or as it should not, for tests."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

METRICS = {"response_count": 2, "nps": 50}
ANA: dict[str, Any] = {
    "id": "11",
    "name": "Ana",
    "email": "ana@example.com",
    "created_at": 1_700_000_000,
}
BOB: dict[str, Any] = {
    "id": "12",
    "name": None,
    "email": "bob@example.com",
    "created_at": 1_700_000_001,
}


def answer(number: int, score: int, person: dict[str, Any] = ANA, **more: Any) -> dict[str, Any]:
    """Give a response of the list, with the person who gave it."""
    return {
        "id": str(number),
        "person": person,
        "survey_type": "nps",
        "score": score,
        "comment": f"Said {number}",
        "created_at": 1_713_497_396 + number,
        "updated_at": None,
        "person_properties": {"plan": "pro"},
        "notes": [],
        "tags": [],
        "additional_answers": [],
        **more,
    }


@dataclass
class Account:
    """What the server has: lists by path, and what it answers first instead, in order.

    *instead* holds (status, headers, body) by path; *asked* the path and query of every request,
    *keys* the headers that named the account.
    """

    lists: dict[str, list[dict[str, Any]]]
    url: str = ""
    instead: dict[str, list[tuple[int, dict[str, str], bytes]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def told(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Give status, headers and body of one request."""
        self.asked.append((path, query))
        if waiting := self.instead.get(path):
            return waiting.pop(0)
        if path == "metrics":
            return 200, {}, json.dumps(METRICS).encode()
        size, number = int(query.get("per_page", "20")), int(query.get("page", "1"))
        rows = self.lists.get(path, [])[:: -1 if query.get("order") == "desc" else 1]
        shown = rows[(number - 1) * size : number * size]
        is_linked = path == "people" and len(rows) > number * size
        link = f'<https://elsewhere.example/v9/x?per_page={size}&page={number + 1}>; rel="next"'
        return 200, {"Link": link} if is_linked else {}, json.dumps(shown).encode()


@contextmanager
def answer_begun(settings: Any) -> Iterator[None]:
    """Run a server that begins one answer and never goes on, and take it for Delighted."""
    is_over = threading.Event()

    def serve() -> None:
        taken, _ = listener.accept()
        with taken:
            taken.recv(65_536)
            taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[")
            is_over.wait(30)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.DELIGHTED_API_URL = f"http://127.0.0.1:{listener.getsockname()[1]}/v1/"
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()


@contextmanager
def account_served(settings: Any, **lists: list[dict[str, Any]]) -> Iterator[Account]:
    """Run a server with *lists*, and let the product take it for Delighted."""
    account = Account(lists)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            account.keys.add(self.headers.get("Authorization", ""))
            path = parts.path.removeprefix("/v1/").removesuffix(".json")
            status, headers, body = account.told(path, dict(parse_qsl(parts.query)))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    account.url = f"http://127.0.0.1:{server.server_address[1]}/v1/"
    settings.DELIGHTED_API_URL = account.url
    try:
        yield account
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
