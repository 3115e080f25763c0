"""What the frame of every page needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from cxm.collaboration.selectors.notices import unread_count
from cxm.kernel.navigation import Group, Link, grouped, navigation, tabs_at
from cxm.tenants.rules import Right, Role, may

if TYPE_CHECKING:
    from cxm.accounts.models import User
    from cxm.tenants.models import Membership, Tenant

_MOST_ON_BOTTOM_BAR = 4


@dataclass
class Shell:
    """The frame of a page in a tenant; each part is worked out only when a template asks."""

    tenant: Tenant
    member: Membership
    path: str

    @property
    def person(self) -> User:
        """Who looks at the page."""
        return self.member.user

    @property
    def role(self) -> str:
        """What they are in the tenant."""
        return self.member.role

    @property
    def is_guest(self) -> bool:
        """Whether they were let into single things and find nothing else."""
        return self.role == Role.GUEST

    @cached_property
    def links(self) -> list[Link]:
        """The sidebar's links that this role may follow, in order."""
        return navigation.links(
            tenant_slug=self.tenant.slug,
            # Of the notices the bell is the entry: no link of the sidebar leads there.
            path="" if self.is_at_notices else self.path,
            may=lambda right: may(self.role, Right(right)),
        )

    @property
    def groups(self) -> list[tuple[Group, list[Link]]]:
        """The links under their headings."""
        return grouped(self.links)

    @property
    def tabs(self) -> list[Link]:
        """The tabs of this page: the pages that stand in the sidebar as one."""
        return tabs_at(self.links, self.path)

    @property
    def bottom_links(self) -> list[Link]:
        """At most four links for the bar on phones."""
        return [link for link in self.links if link.entry.is_on_bottom_bar][:_MOST_ON_BOTTOM_BAR]

    @property
    def lettered_links(self) -> list[Link]:
        """The links that have a shortcut."""
        return [link for link in self.links if link.entry.letter]

    @property
    def notices_url(self) -> str:
        """Where notices are read."""
        return reverse("collaboration:notice-list", args=[self.tenant.slug])

    @property
    def is_at_notices(self) -> bool:
        """Whether this page is that of the notices; not where there can be none."""
        return self.may_be_told and self.path == self.notices_url

    @property
    def may_be_told(self) -> bool:
        """Whether there can be notices: of pages that one opens."""
        return may(self.role, Right.OPEN_JOURNEYS)

    @cached_property
    def unread_notices(self) -> int:
        """How many notices are not read. One query a page."""
        return unread_count(self.member)

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
    return {"shell": Shell(tenant, membership, request.path)}
