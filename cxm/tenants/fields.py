"""References between rows of one tenant."""

from __future__ import annotations

from typing import Any

from django.db import models


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
