"""Reads for the pages around the product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest
from django.urls import reverse

from cxm.kernel.navigation import Link, navigation
from cxm.kernel.palette import Hit
from cxm.tenants.rules import Right, may
from cxm.tenants.selectors import Door, doors_of

if TYPE_CHECKING:
    from cxm.accounts.models import User
    from cxm.tenants.access import TenantRequest


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


def _start_of(door: Door) -> str:
    """Give the first page that the role may open."""
    links = _links(door.slug, door.role)
    return links[0].url if links else reverse("web:workspaces")


def _links(slug: str, role: str) -> list[Link]:
    return navigation.links(tenant_slug=slug, path="", may=lambda right: may(role, Right(right)))
