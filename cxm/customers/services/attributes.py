"""Describing what attributes mean; loaders list them as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.tenants.audit import record

if TYPE_CHECKING:
    from cxm.customers.models import AttributeDef
    from cxm.tenants.models import ApiKey, Membership


@transaction.atomic
def describe_attribute(
    *, attribute: AttributeDef, by: Membership | ApiKey, **fields: Any
) -> AttributeDef:
    """Change what an attribute is called and is: `title`, `type` and `personal`.

    Values stay as they were sent, also those that do not fit the type. *attribute* is loaded with
    its tenant.
    """
    changes = {}
    for name, value in fields.items():
        before = getattr(attribute, name)
        if before != value:
            changes[name] = [before, value]
            setattr(attribute, name, value)
    if changes:
        attribute.save(update_fields=list(changes))
        record(
            tenant=attribute.tenant,
            action="attribute-described",
            by=by,
            about=attribute,
            changes=changes,
        )
    return attribute
