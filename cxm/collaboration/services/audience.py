"""Who may read what a thread is about: the apps that own the page say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.collaboration.rules.comment_errors import OutOfSightError
from cxm.collaboration.rules.comments import called, named
from cxm.tenants.selectors import members

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.collaboration.selectors.talk import Subject
    from cxm.tenants.models import Membership, Tenant


@dataclass(frozen=True, slots=True)
class Audience:
    """The members who may read a page, with their users; nobody else is ever told of it.

    *site* is where people open the product, as `https://cx.example`; without it no mail is sent.
    """

    tenant: Tenant
    readers: Sequence[Membership]
    site: str = ""

    @classmethod
    def of(cls, subject: Subject, *, site: str = "") -> Audience:
        """Gather who may read *subject*. One query."""
        return cls(subject.tenant, subject.readers(), site)

    def named_in(self, body: str) -> set[UUID]:
        """Find the readers whom *body* names. At most one query.

        Raises OutOfSightError where it names a member who may not read the page.
        """
        if "@" not in body:
            return set()
        everybody = {
            one.pk: called(one.user.name, one.user.email)
            for one in members(self.tenant).filter(is_active=True, user__is_active=True)
        }
        found = named(body, everybody)
        readers = {one.pk for one in self.readers}
        in_sight = {name for key, name in found.items() if key in readers}
        out_of_sight = {name for name in found.values() if name not in in_sight}
        if out_of_sight:
            raise OutOfSightError(out_of_sight)
        return set(found) & readers
