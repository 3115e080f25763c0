"""Posting over real sockets: pinned addresses, TLS, and receivers that will not end."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cxm.integrations.services import posting
from cxm.integrations.services.posting import post
from tests.integrations.receiver import Answer, receiving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let names lead to addresses, one after the other; gives the names that were asked for."""

    really = socket.getaddrinfo

    def lead_to(*addresses: str) -> list[str]:
        asked: list[str] = []
        left = list(addresses)

        def getaddrinfo(host: str, port: int, *args: Any, **more: Any) -> list[Any]:
            if host[0].isdigit() or ":" in host:
                return really(host, port, *args, **more)
            asked.append(host)
            address = left.pop(0) if len(left) > 1 else left[0]
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in address.split()
            ]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return lead_to


@pytest.mark.parametrize(
    "addresses",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "8.8.8.8 10.0.0.1", "::ffff:127.0.0.1"],
)
def test_names_that_lead_into_private_networks_get_nothing(
    addresses: str, names: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names(addresses)
    reached: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_kwargs: reached.append(args))

    answer = post("https://evil.example/", body=b"{}", headers={})

    assert (answer.status, reached) == (None, [])
    assert answer.error == "This address leads into a private network. Nothing is sent there."


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:7f00:1]"],
)
def test_literal_addresses_of_this_machine_get_nothing_however_they_are_written(host: str) -> None:
    answer = post(f"https://{host}/", body=b"{}", headers={})

    assert answer.status is None
    assert "private network" in answer.error or "not known" in answer.error


def test_a_name_is_looked_up_once_and_the_connection_goes_there(
    names: Callable[..., list[str]], settings
) -> None:
    """Rebinding: the second answer of the name server leads elsewhere, and nobody asks for it."""
    settings.WEBHOOK_ALLOWED_HOSTS = ["receiver.example"]
    asked = names("127.0.0.1", "127.0.0.2")
    with receiving() as receiver:
        url = receiver.url(host="receiver.example")

        answer = post(url, body=b"{}", headers={"webhook-id": "evt_1"})

    assert (answer.status, answer.head, asked) == (200, "ok", ["receiver.example"])
    (got,) = receiver.got
    assert got.headers["host"] == f"receiver.example:{receiver.port}"
    assert got.headers["webhook-id"] == "evt_1"


def test_a_public_first_answer_and_a_private_second_one_reaches_nothing_private(
    names: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names("8.8.8.8", "127.0.0.1")
    reached: list[Any] = []

    def create_connection(address: Any, _timeout: float) -> Any:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", create_connection)

    answer = post("https://rebinding.example/", body=b"{}", headers={})

    assert (reached, answer.error) == ([("8.8.8.8", 443)], "Nobody takes connections there.")


@pytest.fixture
def _here_is_allowed(settings) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1", "receiver.example"]


@pytest.fixture
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up after a fifth of a second, so that waiting costs tests little."""
    monkeypatch.setattr(posting, "LIMIT_SECONDS", 0.2)


@pytest.mark.slow
@pytest.mark.usefixtures("_here_is_allowed", "_in_a_hurry")
@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer(delay=1), None),
        (Answer(raw=b"HTTP/1.1 200 OK\r\nX-Slow: ", drips=b"x"), None),
        (Answer(200, drips=b"x"), 200),
    ],
    ids=["silent", "half a header", "endless body"],
)
def test_a_receiver_that_will_not_end_is_left(answer: Answer, status: int | None) -> None:
    with receiving(answer) as receiver:
        got = post(receiver.url(), body=b"{}", headers={})

    assert got.status == status
    assert got.ms < 900


@pytest.mark.slow
@pytest.mark.usefixtures("_in_a_hurry")
def test_a_name_server_that_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_enough = threading.Event()

    def getaddrinfo(*_args: Any, **_more: Any) -> list[Any]:
        asked_enough.wait(3)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    got = post("https://silent.example/", body=b"{}", headers={})
    asked_enough.set()

    assert (got.status, got.error) == (None, "No answer within 5 seconds.")


@pytest.mark.usefixtures("_here_is_allowed")
def test_no_more_than_a_kilobyte_is_read_and_nothing_that_cannot_be_kept() -> None:
    with receiving(Answer(500, body=b"\0\xff" + b"x" * 1_000_000)) as receiver:
        got = post(receiver.url(), body=b"{}", headers={})

    assert len(got.head) == 1_024
    assert got.head.startswith("\N{REPLACEMENT CHARACTER}" * 2 + "xx")


@pytest.mark.usefixtures("_here_is_allowed")
def test_nobody_there_is_said_in_words() -> None:
    with receiving() as receiver:
        url = receiver.url()

    got = post(url, body=b"{}", headers={})

    assert (got.status, got.error) == (None, "Nobody takes connections there.")


@pytest.mark.slow
@pytest.mark.usefixtures("_here_is_allowed")
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("receiver.example", ""),
        ("other.example", "The certificate is not valid: Hostname mismatch"),
    ],
)
def test_certificates_are_checked_for_the_name_though_the_address_is_pinned(
    name: str,
    error: str,
    names: Callable[..., list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names("127.0.0.1")
    certificate = _certificate(tmp_path, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with receiving(context=context) as receiver:
        got = post(receiver.url(host="receiver.example", scheme="https"), body=b"{}", headers={})

    assert got.error.startswith(error)
    assert (got.status, len(receiver.got)) == ((None, 0) if error else (200, 1))


def _certificate(folder: Path, name: str) -> Path:
    """Write a key and a certificate of its own for *name*."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "receiver.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
