"""What the frame of every page needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from cxm.kernel.navigation import Group, Link, grouped, navigation
from cxm.tenants.rules import Right, may

if TYPE_CHECKING:
    from cxm.accounts.models import User
    from cxm.tenants.models import Tenant

_MOST_ON_BOTTOM_BAR = 4


@dataclass
class Shell:
    """The frame of a page in a tenant; each part is worked out only when a template asks."""

    tenant: Tenant
    person: User
    role: str
    path: str

    @cached_property
    def links(self) -> list[Link]:
        """The sidebar's links that this role may follow, in order."""
        return navigation.links(
            tenant_slug=self.tenant.slug,
            path=self.path,
            may=lambda right: may(self.role, Right(right)),
        )

    @property
    def groups(self) -> list[tuple[Group, list[Link]]]:
        """The links under their headings."""
        return grouped(self.links)

    @property
    def bottom_links(self) -> list[Link]:
        """At most four links for the bar on phones."""
        return [link for link in self.links if link.entry.is_on_bottom_bar][:_MOST_ON_BOTTOM_BAR]

    @property
    def lettered_links(self) -> list[Link]:
        """The links that have a shortcut."""
        return [link for link in self.links if link.entry.letter]

    @property
    def job_strip_url(self) -> str:
        """Where running work is asked for; empty for those who may not see it."""
        if not may(self.role, Right.SEE_JOBS):
            return ""
        try:
            return reverse("work:job-strip", args=[self.tenant.slug])
        except NoReverseMatch:
            return ""


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Give templates `shell` on pages inside a tenant; elsewhere nothing."""
    tenant = getattr(request, "tenant", None)
    membership = getattr(request, "membership", None)
    if tenant is None or membership is None:
        return {}
    return {"shell": Shell(tenant, membership.user, membership.role, request.path)}
