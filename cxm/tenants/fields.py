"""References between rows of one tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Iterator


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A reference whose key in the database is (tenant_id, x_id): it cannot leave the tenant.

    The constraint is made by the migration operations `TenantTable` and `TenantReference`.
    No index is made: indexes begin with the tenant and are written out in `Meta.indexes`.
    Rows are removed by services in the right order, so nothing cascades.
    """

    def __init__(self, to: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs["db_index"] = False
        kwargs["on_delete"] = models.DO_NOTHING
        kwargs.setdefault("related_name", "+")
        super().__init__(to, **kwargs)


def references_to(model: type[models.Model]) -> Iterator[TenantForeignKey]:
    """Give every reference to *model* that a table of any app holds, its own ones too."""
    for other in apps.get_models():
        for field in other._meta.concrete_fields:
            if isinstance(field, TenantForeignKey) and field.remote_field.model is model:
                yield field
