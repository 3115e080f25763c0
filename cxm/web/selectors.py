"""Reads for the pages around the product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest
from django.urls import reverse

from cxm.kernel.navigation import Link, navigation
from cxm.kernel.palette import Hit
from cxm.metrics.models import Metric
from cxm.tenants.rules import Right, may
from cxm.tenants.selectors import Door, doors_of
from cxm.touchpoints.models import Touchpoint
from feedback.models import Survey

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from cxm.accounts.models import User
    from cxm.tenants.access import TenantRequest
    from cxm.tenants.models import Tenant


SHORTEST_NAME = 2
MOST_OF_A_KIND = 2


@dataclass(frozen=True)
class Workspace:
    """A tenant that a person may enter, and the page where they begin."""

    name: str
    slug: str
    role: str
    url: str


def workspaces_of(person: User) -> list[Workspace]:
    """List the workspaces of *person* by name; one query."""
    return [
        Workspace(door.name, door.slug, door.role, _start_of(door)) for door in doors_of(person.pk)
    ]


def pages_called(request: HttpRequest, query: str) -> Sequence[Hit]:
    """Find pages of the sidebar by a part of their name; all of them for an empty query.

    *request* has passed the door; only pages that its member's role may open are found.
    """
    inside = cast("TenantRequest", request)
    links = _links(inside.tenant.slug, inside.membership.role)
    return [
        Hit(link.entry.label, link.url, "Pages", link.entry.icon, link.entry.group)
        for link in links
        if query.casefold() in link.entry.label.casefold()
    ]


def things_called(request: HttpRequest, query: str) -> Sequence[Hit]:
    """Find metrics, touchpoints and surveys by a part of their name, at most a few of each.

    *request* has passed the door; each kind takes one query and the right to see its page.
    """
    inside = cast("TenantRequest", request)
    if len(query) < SHORTEST_NAME:
        return []
    kinds = [kind for kind in _KINDS if inside.may(kind.right)]
    return [
        Hit(row.title, kind.url(inside.tenant.slug, row), kind.label, kind.icon)
        for kind in kinds
        for row in kind.rows(inside.tenant)
        .filter(title__icontains=query)
        .order_by("title", "pk")[:MOST_OF_A_KIND]
    ]


@dataclass(frozen=True)
class _Kind:
    label: str
    icon: str
    right: Right
    rows: Callable[[Tenant], QuerySet[Any]]
    url: Callable[[str, Any], str]


_KINDS = (
    _Kind(
        "Metrics",
        "chart-line",
        Right.SEE_FIGURES,
        lambda tenant: Metric.objects.for_tenant(tenant).live(),
        lambda slug, row: reverse("analytics:metric-page", args=[slug, row.key]),
    ),
    _Kind(
        "Touchpoints",
        "footprints",
        Right.SEE_REGISTRIES,
        lambda tenant: Touchpoint.objects.for_tenant(tenant).live(),
        lambda slug, row: reverse("touchpoints:touchpoint-detail", args=[slug, row.pk]),
    ),
    _Kind(
        "Surveys",
        "clipboard-list",
        Right.SEE_RESPONSES,
        lambda tenant: Survey.objects.for_tenant(tenant).live(),
        lambda slug, row: reverse("feedback:survey-detail", args=[slug, row.pk]),
    ),
)


def _start_of(door: Door) -> str:
    """Give the first page that the role may open."""
    links = _links(door.slug, door.role)
    return links[0].url if links else reverse("web:workspaces")


def _links(slug: str, role: str) -> list[Link]:
    return navigation.links(tenant_slug=slug, path="", may=lambda right: may(role, Right(right)))
