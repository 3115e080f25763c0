"""Links to personas and maps for tests, made as people make them, and opened as strangers do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.test import Client

from cxm.collaboration.models import ShareLink, ShareVisit
from cxm.collaboration.rules.links import Terms
from cxm.collaboration.services.sharing import share, unshare
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from personas.models import Persona, StakeholderMap
from personas.selectors.shares import shareable

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership, TenantOwned
    from personas.selectors.shares import Shared

PASSWORD = "between us both"


def loaded(member: Membership, pk: UUID, model: Any = Persona) -> Any:
    """Read a persona, or another document, anew."""
    with tenant_bound(member.tenant_id):
        return model.objects.for_tenant(member.tenant).select_related("tenant").get(pk=pk)


def link_to(member: Membership, of: UUID | Shared, **terms: Any) -> str:
    """Make a link to a persona (by its id) or a map, to all that may be shown; give its path.

    The database decides by its own clock whether a link has run out: it is made at the real time.
    """
    row: Shared = of if isinstance(of, StakeholderMap | Persona) else loaded(member, of)
    document = shareable(row)
    moment = now()
    told = {
        "kinds": tuple(kind for kind, _ in document.kinds),
        "expires_at": moment + timedelta(days=90),
        **terms,
    }
    with tenant_bound(member.tenant_id):
        _, token = share(of=document, terms=Terms(**told), by=member, now=moment)
    return f"/s/{token}"


def the_link(member: Membership) -> ShareLink:
    """Read the only link of a tenant."""
    with tenant_bound(member.tenant_id):
        return ShareLink.objects.for_tenant(member.tenant).select_related("tenant").get()


def change(row: TenantOwned, **values: Any) -> None:
    with tenant_bound(row.tenant_id):
        type(row).objects.for_tenant(row.tenant_id).filter(pk=row.pk).update(**values)


def revoke(member: Membership, of: Shared) -> None:
    link = the_link(member)
    with tenant_bound(member.tenant_id):
        unshare(of=shareable(of), link=link, by=member, now=now())


def visits(member: Membership) -> list[ShareVisit]:
    with tenant_bound(member.tenant_id):
        return list(ShareVisit.objects.for_tenant(member.tenant).order_by("at"))


def opened(url: str, query: str = "", **headers: str) -> Any:
    """Open a link as somebody who has never been here."""
    return Client().get(f"{url}{query}", headers=headers)


def text(answer: Any) -> str:
    return str(answer.content.decode())
