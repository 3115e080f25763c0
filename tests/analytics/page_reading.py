"""What tests of the pages of figures share: signing in, addresses, and reading what is shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.test import Client
from django.urls import reverse

from cxm.tenants.rules import Role
from tests import make

if TYPE_CHECKING:
    from django.test.utils import CaptureQueriesContext

    from cxm.tenants.models import Membership, Tenant


def signed_in(client: Client, tenant: Tenant, role: Role = Role.ANALYST) -> Client:
    """Let *client* be a member of *tenant*, and give it."""
    client.force_login(make.member(of=tenant, role=role).user)
    return client


def text_of(client: Client, url: str) -> str:
    """Get a page and give its words, without markup and with single spaces."""
    answer = client.get(url)
    assert answer.status_code == 200
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def opened(member: Membership, name: str, *args: object, **query: str) -> Any:
    """Open page *name* of analytics as *member*."""
    client = Client()
    client.force_login(member.user)
    return client.get(reverse(f"analytics:{name}", args=[member.tenant.slug, *args]), query)


def words_of(answer: Any) -> str:
    """Give the words of a page, without markup and with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def overview_url(tenant: Tenant, query: str = "") -> str:
    """Give the address of the overview; *query* begins with "?"."""
    return f"/t/{tenant.slug}/{query}"


def metric_url(tenant: Tenant, query: str = "", key: str = "nps") -> str:
    """Give the address of a metric's page; *query* begins with "?"."""
    return f"/t/{tenant.slug}/metrics/{key}/{query}"


def reads_in(queries: CaptureQueriesContext) -> int:
    """Count what was asked of the database, the frame of transactions aside."""
    frame = ("SAVEPOINT", "RELEASE", "SET ", "BEGIN", "COMMIT", "ROLLBACK")
    return len([q for q in queries.captured_queries if not q["sql"].startswith(frame)])
