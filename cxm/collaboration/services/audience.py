"""Who may read what a thread is about: the apps that own the page say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.collaboration.rules.comment_errors import OutOfSightError
from cxm.collaboration.rules.comments import named
from cxm.collaboration.selectors.talk import is_guest, to_name
from cxm.tenants.selectors import members

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.collaboration.selectors.talk import Subject
    from cxm.tenants.models import ApiKey, Membership, Tenant


@dataclass(frozen=True, slots=True)
class Audience:
    """The members who may read a page, with their users; nobody else is ever told of it.

    *followers* are told of every comment on it. *site* is where people open the product, as
    `https://cx.example`; without it no mail is sent.
    """

    subject: Subject
    readers: Sequence[Membership]
    site: str = ""
    followers: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, subject: Subject, *, site: str = "") -> Audience:
        """Gather who may read *subject*, and who follows it. Two queries at most."""
        return cls(subject, subject.readers(), site, frozenset(subject.followers()))

    @property
    def tenant(self) -> Tenant:
        """Give whose page it is."""
        return self.subject.tenant

    def named_in(self, body: str, by: Membership | ApiKey) -> set[UUID]:
        """Find the readers whom *body*, written by *by*, names. At most one query.

        Raises OutOfSightError where it names a member who may not read the page. To guests nobody
        is a member whom they do not know, so that they find out no names.
        """
        if "@" not in body:
            return set()
        if is_guest(by):
            return set(named(body, to_name(self.subject, self.readers, by)))
        everybody = members(self.tenant).filter(is_active=True, user__is_active=True)
        found = named(body, to_name(self.subject, everybody, by))
        readers = {one.pk for one in self.readers}
        in_sight = {name for key, name in found.items() if key in readers}
        out_of_sight = {name for name in found.values() if name not in in_sight}
        if out_of_sight:
            raise OutOfSightError(out_of_sight)
        return set(found) & readers
