"""Querysets that always say whose rows they read, and raise where it was forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, cast

from django.db import models
from django.db.models.sql import Query

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Tenant


class TenantNotNamedError(RuntimeError):
    """A query over the rows of tenants did not say which one."""

    def __init__(self, model: type[models.Model] | None) -> None:
        label = model._meta.label if model else "a query"
        super().__init__(f"{label}: begin the query with for_tenant(...)")


class TenantQuery(Query):
    """A query that compiles only once its tenant was named."""

    names_tenant = False

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        """Give the compiler; raises TenantNotNamedError without a tenant."""
        if not self.names_tenant:
            raise TenantNotNamedError(self.model)
        return super().get_compiler(*args, **kwargs)


class TenantQuerySet[M: models.Model](models.QuerySet[M]):
    """Row filters shared by every model that tenants own."""

    def __init__(self, model: Any = None, query: Any = None, **kwargs: Any) -> None:
        super().__init__(model, query if query is not None else TenantQuery(model), **kwargs)

    def for_tenant(self, tenant: Tenant | UUID) -> Self:
        """Keep the rows of *tenant* (the row or its id)."""
        rows = self.filter(tenant_id=getattr(tenant, "pk", tenant))
        cast("TenantQuery", rows.query).names_tenant = True
        return rows

    def update(self, **kwargs: Any) -> int:
        """Update as Django does; raises TenantNotNamedError without a tenant."""
        self._check()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete as Django does; raises TenantNotNamedError without a tenant."""
        self._check()
        return super().delete()

    def _raw_delete(self, using: str | None) -> int:
        self._check()
        return super()._raw_delete(using)

    def _check(self) -> None:
        if not getattr(self.query, "names_tenant", False):
            raise TenantNotNamedError(self.model)


class TenantBaseManager(models.Manager[Any]):
    """Follows references and saves rows inside the tenant of the row at hand."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Give the rows of the tenant of the instance that Django comes from, if it says so."""
        rows = super().get_queryset()
        instance = vars(self)["_hints"].get("instance")  # Django's own, unknown to the stubs
        tenant_id = getattr(instance, "tenant_id", None)
        return rows if tenant_id is None else rows.filter(tenant_id=tenant_id)
