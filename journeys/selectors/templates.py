"""The maps that a new one can begin as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeys.models import MapTemplate
from journeys.rules.templates import Template, built_in_templates, template_of

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant


def templates(tenant: Tenant) -> list[Template]:
    """List what a new map can begin as: first what comes with the product, then own ones."""
    return [*built_in_templates(), *(_told(row) for row in own_templates(tenant))]


def template_called(tenant: Tenant, key: str) -> Template | None:
    """Give the template with *key*; one of the tenant's own goes before one of the product."""
    row = MapTemplate.objects.for_tenant(tenant).filter(key=key, archived_at=None).first()
    if row is not None:
        return _told(row)
    return next((one for one in built_in_templates() if one.key == key), None)


def own_templates(tenant: Tenant, *, is_archived: bool = False) -> list[MapTemplate]:
    """List the templates that people of *tenant* have made of maps, by title."""
    rows = MapTemplate.objects.for_tenant(tenant).filter(archived_at__isnull=not is_archived)
    return list(rows.select_related("by__user").order_by("title", "pk"))


def _told(row: MapTemplate) -> Template:
    return template_of(
        row.key,
        row.document,
        title=row.title,
        purpose=row.purpose,
        locked=row.locked,
        required=row.required,
    )
