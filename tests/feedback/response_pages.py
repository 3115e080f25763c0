"""Going to the pages of responses, and reading what they say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from analytics.selectors.histograms import histogram
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make

if TYPE_CHECKING:
    from django.test import Client

    from cxm.metrics.rules.histogram import Histogram
    from cxm.tenants.models import Membership, Tenant
    from feedback.models import Response

HTMX = {"HX-Request": "true"}


def html(response: Any) -> str:
    text: str = response.content.decode()
    return text


def signed_in(client: Client, role: Role = Role.MANAGER) -> Membership:
    member = make.member(role=role)
    client.force_login(member.user)
    return member


def list_url(tenant: Tenant, query: str | list[tuple[str, str]] = "") -> str:
    url = reverse("feedback:response-list", args=[tenant.slug])
    return f"{url}?{query if isinstance(query, str) else urlencode(query)}"


def url_of(name: str, tenant: Tenant, response: Response) -> str:
    return reverse(f"feedback:response-{name}", args=[tenant.slug, response.pk])


def counted(tenant: Tenant, metric: str = "nps") -> Histogram:
    chosen = make.metric(metric, of=tenant)
    with tenant_bound(tenant.pk):
        return histogram(tenant=tenant, metric=chosen)


def title(page: str) -> str:
    found = re.search(r'id="response-count"[^>]*>\s*<span>(.*?)</span>', page, re.DOTALL)
    assert found
    return " ".join(found.group(1).split())


def rows_in(page: str) -> int:
    return page.count('<tr id="response-row-')
