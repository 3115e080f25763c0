"""The registry tables that imports make rows in, and who else uses a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from cxm.tenants.fields import references_to
from cxm.tenants.models import TenantOwned
from cxm.touchpoints.models import Channel, Touchpoint
from feedback.models import Survey, SurveyQuestion

if TYPE_CHECKING:
    from collections.abc import Collection

REGISTRIES = {
    "surveys": Survey._meta.db_table,
    "channels": Channel._meta.db_table,
    "touchpoints": Touchpoint._meta.db_table,
}
_MODELS = (SurveyQuestion, Survey, Touchpoint, Channel)


def model_of(table: str) -> type[TenantOwned]:
    """Give the registry's model for its table; raises KeyError for other tables."""
    return {model._meta.db_table: model for model in _MODELS}[table]


def unused(model: type[TenantOwned], *, owned: Collection[str] = ()) -> str:
    """Write the SQL condition that no row of any table, of whatever app, refers to row `t`.

    References from the tables *owned* go with the row and do not count; nor does a reference of
    the row to itself. The tenant is the parameter `%(tenant)s`.
    """
    quoted = connection.ops.quote_name
    table = model._meta.db_table
    parts = []
    for reference in references_to(model):
        other, column = reference.model._meta.db_table, reference.column
        if other in owned:
            continue
        not_itself = " AND o.id <> t.id" if other == table else ""
        parts.append(
            f"NOT EXISTS (SELECT FROM {quoted(other)} o "
            "WHERE o.tenant_id = (SELECT %(tenant)s::uuid) "
            f"AND o.{quoted(column)} = t.id{not_itself})"
        )
    return " AND ".join(parts) or "true"
