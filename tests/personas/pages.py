"""The pages of personas in tests: their addresses, what they show, what is sent to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.test import Client
from django.urls import reverse

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from personas.models import Persona, PersonaFile
from tests.personas import editing

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.collaboration.models import Asset
    from cxm.tenants.models import Membership


def url(name: str, member: Membership, *args: object) -> str:
    return reverse(f"personas:persona-{name}", args=[member.tenant.slug, *args])


def post(member: Membership, name: str, *args: object, **sent: Any) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.post(url(name, member, *args), sent)


def shown(member: Membership, name: str, *args: object, query: str = "") -> str:
    client = Client()
    client.force_login(member.user)
    return str(client.get(url(name, member, *args) + query).content.decode())


def loaded(member: Membership, pk: UUID) -> Persona:
    with tenant_bound(member.tenant_id):
        rows = Persona.objects.for_tenant(member.tenant).select_related("picture", "cover")
        return rows.get(pk=pk)


def files(member: Membership, section: UUID) -> list[PersonaFile]:
    with tenant_bound(member.tenant_id):
        rows = PersonaFile.objects.for_tenant(member.tenant).select_related("asset")
        return list(rows.filter(section_id=section, deleted_at=None).order_by("ord", "pk"))


def put_in(member: Membership, of: UUID, section: UUID, asset: Asset, **values: Any) -> UUID:
    """Put a stored file last into a section."""
    pk = new_id()
    told = {"asset": str(asset.pk), **values}
    editing.do(member, of, editing.create(pk, "file", told, section))
    return pk
