"""Posting bytes to an address: pinned, without redirects, and over within five seconds."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from cxm.integrations.rules.addresses import AddressRefusedError, Target, is_public, read_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LIMIT_SECONDS = 5.0
# What is left for sending where looking the name up has taken nearly all.
_LEAST_SECONDS = 0.1
HEAD_BYTES = 1_024
LONGEST_ERROR = 300
_WORDS: dict[type[Exception], str] = {
    TimeoutError: f"No answer within {LIMIT_SECONDS:.0f} seconds.",
    ssl.SSLError: "TLS could not be agreed on.",
    socket.gaierror: "The name of the host is not known.",
    UnicodeError: "The name of the host is not known.",
    ConnectionRefusedError: "Nobody takes connections there.",
    http.client.HTTPException: "What came back is not HTTP.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: *status* and *head*, or no status and *error* in words for people.

    *ms* is how long it took, names looked up and all; *wish* is the header Retry-After.
    """

    status: int | None
    ms: int
    error: str = ""
    head: str = ""
    wish: str = ""


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send *body* to *url*, once, and give what came back within five seconds; never raises.

    The host's name is looked up once and the connection made to just that address, if it is one
    of the internet at large or the host is in WEBHOOK_ALLOWED_HOSTS: who answers another address
    the next time gains nothing. A redirect is an answer like any other. Certificates must be
    valid for the host's name. Of the answer's body no more than a kilobyte is read.
    """
    began = time.monotonic()
    try:
        target = read_target(url, allowed_hosts=settings.WEBHOOK_ALLOWED_HOSTS)
        address = _address(target)
        left = max(LIMIT_SECONDS - (time.monotonic() - began), _LEAST_SECONDS)
        status, head, wish = _exchange(_Connection(target, address, left), body, headers)
    except Exception as error:  # noqa: BLE001 - a receiver can make anything fail
        words = _words(error)
        return Answer(None, _ms_since(began), error=words[:LONGEST_ERROR])
    return Answer(status, _ms_since(began), head=head, wish=wish)


class _Connection(http.client.HTTPConnection):
    """A connection to one address, whatever the name in the URL leads to meanwhile."""

    def __init__(self, target: Target, address: str, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self.seconds = seconds
        self.target = target
        self.address = address
        self.is_late = False
        self._held: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the pinned address; with TLS, the certificate is checked for the name."""
        self.sock = self._held = socket.create_connection((self.address, self.port), self.timeout)
        if self.target.is_secure:
            context = ssl.create_default_context()
            # Wrapped before it shakes hands, so that the deadline can end one that drags on.
            self.sock = self._held = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def close(self) -> None:
        """Close, and let go of the socket that the library may have forgotten."""
        super().close()
        if self._held is not None:
            self._held.close()

    def cut(self) -> None:
        """End it whatever it is at; the library lets go of its socket before the body is read."""
        self.is_late = True
        if self._held is not None:
            with suppress(OSError):
                self._held.shutdown(socket.SHUT_RDWR)


def _address(target: Target) -> str:
    """Look the host's name up; raises AddressRefusedError unless every address may be sent to."""
    addresses = _looked_up(target)
    if not target.is_allowed_by_name and not all(is_public(one) for one in addresses):
        message = "This address leads into a private network. Nothing is sent there."
        raise AddressRefusedError(message)
    return addresses[0]


def _looked_up(target: Target) -> list[str]:
    """Give the addresses of a host within the limit, raise TimeoutError, or what looking up does.

    The system's look-up knows no limit, and cannot be cut: one that drags on is left to a thread
    that ends by itself.
    """
    found: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except Exception as error:  # noqa: BLE001 - raised where the result is asked for
            found.set_exception(error)
        else:
            found.set_result([str(row[4][0]) for row in rows])

    threading.Thread(target=look_up, daemon=True).start()
    return found.result(LIMIT_SECONDS)


def _exchange(
    connection: _Connection, body: bytes, headers: Mapping[str, str]
) -> tuple[int, str, str]:
    with _over_in_time(connection):
        sent = {**headers, "Host": connection.target.shown, "Connection": "close"}
        connection.request("POST", connection.target.path, body=body, headers=sent)
        with connection.getresponse() as answer:
            if connection.is_late:
                # Headers that were cut off read like whole ones.
                raise TimeoutError
            head = b""
            # What was answered counts even where the body never ends.
            with suppress(OSError, http.client.HTTPException):
                head = answer.read(HEAD_BYTES)
            return answer.status, _text(head), answer.headers.get("Retry-After", "")[:100]


@contextmanager
def _over_in_time(connection: _Connection) -> Iterator[None]:
    """Cut the connection when the time is up: a receiver that drips could else go on for ever."""
    timer = threading.Timer(connection.seconds, connection.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if connection.is_late:
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
        connection.close()


def _text(head: bytes) -> str:
    """Read what may be shown and stored: PostgreSQL takes no NUL."""
    return head.decode("utf-8", "replace").replace("\0", "�")[:HEAD_BYTES]


def _words(error: Exception) -> str:
    if isinstance(error, AddressRefusedError):
        return str(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate is not valid: {error.verify_message}."
    for kind, words in _WORDS.items():
        if isinstance(error, kind):
            return words
    return f"The connection broke ({type(error).__name__})."


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1_000)
