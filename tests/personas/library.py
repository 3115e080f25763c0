"""Library files in tests: taken out, looked at, taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.operations.records import Source
from cxm.tenants.binding import tenant_bound
from personas.models import Persona, Stakeholder, StakeholderMap
from personas.rules.templates import TEMPLATES
from personas.services.library_export import Chosen, export_library
from personas.services.library_import import Asking, apply_library, preview_library
from personas.services.personas import create_persona
from tests import make
from tests.personas import mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.tenants.models import Membership
    from personas.rules.cxmap_import import Preview

HEAD = "cxmap: 1\nprofile: library\nlibrary:\n"
UMA = f"{HEAD}  personas:\n    - key: uma\n      name: Uma\n"


def template(member: Membership, name: str = "user") -> Persona:
    """Make a persona called Uma from a template."""
    with tenant_bound(member.tenant_id):
        return create_persona(
            tenant=member.tenant, name="Uma", by=member, now=make.NOW, template=TEMPLATES[name]
        )


def exported(member: Membership, *, is_private: bool = True, as_json: bool = False) -> str:
    """Take out everything that there is."""
    tenant = member.tenant
    with tenant_bound(tenant.pk):
        chosen = Chosen(
            list(Persona.objects.for_tenant(tenant)),
            list(Stakeholder.objects.for_tenant(tenant)),
            list(StakeholderMap.objects.for_tenant(tenant)),
        )
        return export_library(
            tenant=tenant, chosen=chosen, by=member, is_private=is_private, as_json=as_json
        )


def asking(
    member: Membership, choices: Mapping[str, str] | None = None, *, may_bind: bool = True
) -> Asking:
    told = dict(choices or {})
    return Asking(member.tenant, member, make.NOW, Source.IMPORT, told, may_bind)


def taken_in(
    member: Membership, text: str, choices: Mapping[str, str] | None = None, *, seen: str = ""
) -> Preview:
    with tenant_bound(member.tenant_id):
        return apply_library(asking=asking(member, choices), content=text.encode(), seen=seen)


def looked_at(
    member: Membership,
    text: str,
    choices: Mapping[str, str] | None = None,
    *,
    may_bind: bool = True,
) -> Preview:
    with tenant_bound(member.tenant_id):
        asked = asking(member, choices, may_bind=may_bind)
        return preview_library(asking=asked, content=text.encode())


def world(member: Membership) -> StakeholderMap:
    """Make a map with two stakeholders, all that can be said of them, and what passes between."""
    drawn = mapping.map_of(member, "Getting a parcel", description="Who has a part\nin it")
    courier = mapping.placed(member, drawn, "Courier")
    shop = mapping.placed(member, drawn, "Shop", "organisation", ring=2, sector=1)
    told = {"power": 4.5, "interest": 2, "attitude": -1, "note": "Angry\nsince May"}
    mapping.put(member, drawn, courier.pk, **told)
    mapping.related(member, drawn, courier, shop, "money", strength=3, note="late", title="Fee")
    return drawn
