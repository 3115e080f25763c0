"""What links for people outside can be made to, as the apps above say it for their documents."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from cxm.collaboration.models import ShareLink
from cxm.collaboration.selectors.links import links_in_order

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant, TenantOwned


class Shareable(ABC):
    """A document that links may show: *document* is its row, loaded with its tenant.

    *kinds* are what of it may be shown (word, label), *usual* those that are unless somebody
    chooses. *asks* is the question for them, *hint* what is said below it, *never* what no link
    shows.
    """

    document: Any
    kinds: Sequence[tuple[str, str]]
    usual: Sequence[str]
    asks: str
    hint: str = ""
    never: str

    @abstractmethod
    def rows(self) -> QuerySet[Any]:
        """Select the rows that join links with the document, in no order."""

    @abstractmethod
    def joined(self, link: ShareLink) -> TenantOwned:
        """Give the row, not stored yet, that joins a new link with the document."""

    def refuse(self, row: Any) -> None:  # noqa: B027 - most are for anybody
        """Raise a domain error where *row*, the document read anew, is not for people outside."""

    def head(self, row: Any) -> int:
        """Give the last moment of *row* at which a link can be frozen; 0 for none."""
        head: int = row.head_seq
        return head

    @property
    def tenant(self) -> Tenant:
        """Give whose document it is."""
        tenant: Tenant = self.document.tenant
        return tenant


def links_to(of: Shareable, *, now: datetime) -> QuerySet[ShareLink]:
    """List the links to a document, newest first, each with its `state`. One query.

    States are those of `cxm.collaboration.selectors.links.links_in_order`.
    """
    ids: QuerySet[Any] = of.rows().values("link")
    return links_in_order(of.tenant, ids, now=now)


def live_links_to(of: Shareable, *, now: datetime) -> int:
    """Count the links to a document that work at *now*. One query."""
    links = ShareLink.objects.for_tenant(of.tenant).filter(pk__in=of.rows().values("link"))
    return links.filter(revoked_at=None, expires_at__gt=now).count()
