"""Event sources with a write key, and what clients send with it."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from feedback.models import EventSource, Inbox, RejectedEvent
from feedback.services.event_sources import create_source
from tests import make

if TYPE_CHECKING:
    from django.http import HttpResponse

    from cxm.tenants.models import Tenant
    from cxm.tenants.querysets import TenantQuerySet


@dataclass(frozen=True)
class Sender:
    """An event source of a tenant, and a key of it."""

    tenant: Tenant
    source: EventSource
    key: str

    def bodies(self) -> list[Inbox]:
        """Read what was stored, oldest first."""
        with tenant_bound(self.tenant.pk):
            return list(Inbox.objects.for_tenant(self.tenant).order_by("received_at", "pk"))

    def refusals(self) -> list[tuple[str, str]]:
        """Read code and path of everything that was kept out, in the order of the items."""
        with tenant_bound(self.tenant.pk):
            rows = RejectedEvent.objects.for_tenant(self.tenant)
            return list(rows.order_by("position", "pk").values_list("code", "path"))

    def rows[Rows: TenantQuerySet[Any]](self, rows: Rows, *names: str) -> list[tuple[Any, ...]]:
        """Read columns of *rows* as the tenant, in the order of the columns."""
        with tenant_bound(self.tenant.pk):
            return sorted(rows.values_list(*names), key=str)


def sender(*, title: str = "Web shop", **fields: Any) -> Sender:
    """Make an event source of a new tenant."""
    member = make.member()
    with tenant_bound(member.tenant_id):
        source, _, key = create_source(
            tenant=member.tenant, title=title, by=member, now=make.NOW, **fields
        )
    return Sender(member.tenant, source, key)


def basic(key: str, *, colon: str = ":") -> str:
    """Give the header that says *key* as a user without a password."""
    return f"Basic {base64.b64encode(f'{key}{colon}'.encode()).decode()}"


def send(
    path: str,
    body: Any,
    *,
    authorization: str = "",
    is_packed: bool = False,
    content_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """Post *body* (bytes as they are, else as JSON) as a client does."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent_with = dict(headers or {})
    if authorization:
        sent_with["Authorization"] = authorization
    answer: HttpResponse = Client(enforce_csrf_checks=True).post(  # type: ignore[assignment]  # the test client's is one
        path,
        gzip.compress(sent) if is_packed else sent,
        content_type=content_type,
        headers=sent_with,
    )
    return answer


def deliver(of: Sender, path: str, body: Any, **more: Any) -> None:
    """Post *body* with the key of *of*, be told 200, and let the work be done."""
    answer = send(path, body, authorization=basic(of.key), **more)
    assert answer.status_code == 200, answer.content
    drain(of.tenant.pk)
