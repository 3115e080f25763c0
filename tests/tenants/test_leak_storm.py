"""Thousands of hostile requests at once: no connection hands a tenant on to the next user."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from django.db import (
    DatabaseError,
    InterfaceError,
    close_old_connections,
    connection,
    connections,
    transaction,
)
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from cxm.tenants import access
from cxm.tenants.access import tenant_page
from cxm.tenants.postgresql.owner import close_with_pool
from cxm.tenants.rules import Right
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from cxm.tenants.access import TenantRequest
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

THREADS = 6
REQUESTS_A_THREAD = 250
ARRANGEMENTS: dict[str, dict[str, Any]] = {
    "pool": {"CONN_MAX_AGE": 0, "pool": {"min_size": 1, "max_size": 8, "timeout": 10}},
    "persistent-connections": {"CONN_MAX_AGE": None, "pool": None},
    "pgbouncer": {"CONN_MAX_AGE": 0, "pool": None},
}


class Log:
    """What requests saw: `leaks` counts sights of rows by somebody they do not belong to."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.leaks: Counter[str] = Counter()
        self.unforeseen: list[str] = []

    def look(self, where: str, allowed: UUID | None) -> None:
        """Read without any filter, and compare with the one tenant that may be seen here."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT tenant_id FROM touchpoints_touchpoint")
            seen = {tenant_id for (tenant_id,) in cursor.fetchall()}
        if not seen <= {allowed}:
            self.leaks[where] += 1


def _hostile(log: Log) -> dict[str, Any]:  # noqa: C901 - six small pages, one beside the other
    """Make the pages of the storm: each misbehaves in its own way."""

    def plain(request: TenantRequest) -> HttpResponse:
        log.look("plain", request.tenant.pk)
        return HttpResponse()

    def raising(request: TenantRequest) -> HttpResponse:
        log.look("raising", request.tenant.pk)
        raise ZeroDivisionError

    def closing(request: TenantRequest) -> HttpResponse:
        connection.close()
        log.look("closing", request.tenant.pk)
        return HttpResponse()

    def streaming(request: TenantRequest) -> HttpResponse:
        log.look("streaming", request.tenant.pk)

        def body() -> Iterator[bytes]:
            log.look("stream body", None)
            yield b""

        return StreamingHttpResponse(body())  # type: ignore[return-value]  # no HttpResponse in the stubs

    def threading_(request: TenantRequest) -> HttpResponse:
        def helper() -> None:
            log.look("helper thread", None)
            connection.close()

        thread = threading.Thread(target=helper)
        thread.start()
        thread.join()
        log.look("threading", request.tenant.pk)
        return HttpResponse()

    def failing(request: TenantRequest) -> HttpResponse:
        log.look("failing", request.tenant.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        return HttpResponse()

    views = (plain, raising, closing, streaming, threading_, failing)
    return {view.__name__: tenant_page(Right.SEE_FIGURES)(view) for view in views}


def _storm(members: list[Membership], *, requests: int = REQUESTS_A_THREAD) -> Log:
    log = Log()
    pages = _hostile(log)

    def browse(number: int) -> None:
        try:
            for turn in range(requests):
                name = list(pages)[turn % len(pages)]
                member = members[(turn + number) % len(members)]
                _request(pages[name], member)
                log.requests[name] += 1
                log.look("after the request", None)
        except Exception as error:  # noqa: BLE001 - told to the test, which asserts that none came
            log.unforeseen.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=browse, args=[number]) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return log


def _request(page: Any, member: Membership) -> None:
    request = RequestFactory().get("/")
    request.user = member.user
    with suppress(
        ZeroDivisionError, DatabaseError, InterfaceError, transaction.TransactionManagementError
    ):
        answer = page(request, tenant_slug=member.tenant.slug)
        if answer.streaming:
            b"".join(answer)
    # What Django does when a request ends; with CONN_MAX_AGE 0 the connection goes to the pool.
    close_old_connections()


@pytest.fixture(params=list(ARRANGEMENTS))
def arrangement(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    """Let everybody connect in the arrangement that the parameter names."""
    settings, wanted = connections.settings["default"], ARRANGEMENTS[request.param]
    options = {key: value for key, value in settings["OPTIONS"].items() if key != "pool"}
    connection.close()
    with ExitStack() as stack:
        if request.param == "pgbouncer":
            port = stack.enter_context(_pgbouncer(settings, tmp_path))
            monkeypatch.setitem(settings, "HOST", "127.0.0.1")
            monkeypatch.setitem(settings, "PORT", str(port))
        if pool := wanted["pool"]:
            options["pool"] = pool
        monkeypatch.setitem(settings, "OPTIONS", options)
        monkeypatch.setitem(settings, "CONN_MAX_AGE", wanted["CONN_MAX_AGE"])
        yield
        close_with_pool(connections["default"])


@contextmanager
def _pgbouncer(settings: dict[str, Any], folder: Path) -> Iterator[int]:
    """Run PgBouncer in transaction mode in front of the test database; give its port."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("PgBouncer is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.chmod(0o755)
    (folder / "users").write_text(f'"{settings["USER"]}" "{settings["PASSWORD"]}"\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={settings['HOST']} port={settings['PORT']}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = plain\nauth_file = {folder / 'users'}\n"
        "pool_mode = transaction\ndefault_pool_size = 16\n"
    )
    # It refuses to run as root.
    as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [program, "-q", *as_nobody, str(folder / "pgbouncer.ini")]
    with subprocess.Popen(command) as process:  # noqa: S603 - words of our own
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    for _ in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    pytest.fail("PgBouncer did not start")


@pytest.fixture
def members() -> list[Membership]:
    found = []
    for _ in range(3):
        member = make.member()
        make.touchpoint(of=member.tenant)
        found.append(member)
    return found


@pytest.mark.usefixtures("arrangement")
def test_no_request_of_a_storm_sees_another_tenant(members: list[Membership]) -> None:
    log = _storm(members)

    assert log.unforeseen == []
    assert log.leaks == Counter()
    assert log.requests.total() == THREADS * REQUESTS_A_THREAD


@contextmanager
def _bound_to_the_session(tenant_id: UUID) -> Iterator[None]:
    """Bind as is often done: a setting of the session, taken back at the end."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET app.tenant_id = '{tenant_id}'")
    try:
        with transaction.atomic():
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET app.tenant_id")


@pytest.mark.usefixtures("arrangement")
@pytest.mark.parametrize("arrangement", ["pool"], indirect=True)
def test_the_storm_does_see_the_leaks_of_a_setting_of_the_session(
    members: list[Membership], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "tenant_bound", _bound_to_the_session)

    log = _storm(members, requests=60)

    assert log.leaks.total() > 0
