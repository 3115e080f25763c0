"""PostgreSQL backend that carries the tenant in BEGIN and speaks one statement at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.features import DatabaseFeatures as PostgresFeatures
from django.db.backends.postgresql.operations import DatabaseOperations as PostgresOperations
from django.db.backends.postgresql.psycopg_any import register_tzloader
from psycopg.postgres import types
from psycopg.pq import Format

from cxm.kernel.prepared import Prepared
from cxm.tenants.binding import bound_tenant_id
from cxm.tenants.postgresql.creation import DatabaseCreation
from cxm.tenants.postgresql.owner import owner_connection

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


_MOMENT = types["timestamptz"].oid


class OneStatementCursor(base.ServerBindingCursor):
    """Always speaks the extended protocol, in which the server refuses a stacked statement."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """Run *query*; only what says that it is `Prepared` may be kept in the server."""
        if not isinstance(query, Prepared):
            options["prepare"] = False
        return super().execute(query, params, **options)  # type: ignore[misc]  # psycopg's own

    def _execute_send(self, query: Any, **options: Any) -> None:
        options["force_extended"] = True
        super()._execute_send(query, **options)  # type: ignore[misc]  # psycopg's own


class DatabaseFeatures(PostgresFeatures):
    """What differs because the key in the database is (tenant_id, id)."""

    allows_group_by_selected_pks = False


class DatabaseOperations(PostgresOperations):
    """Flushing (tests only) needs the role that owns the tables."""

    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        """Run *sql_list* as the owner: the application's role may not truncate."""
        self.connection.close()
        with owner_connection() as owner, owner.cursor() as cursor:
            for sql in sql_list:
                cursor.execute(sql)


class DatabaseWrapper(base.DatabaseWrapper):
    """Binds the tenant when a transaction begins.

    SET LOCAL ends with its transaction, so that no pool can hand a tenant on; session-level
    settings leaked in every arrangement that was measured.
    """

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    creation_class = DatabaseCreation

    def create_cursor(self, name: str | None = None) -> Any:
        """Make a cursor of the extended protocol; named ones and the owner's are Django's."""
        if name or not self.settings_dict["OPTIONS"].get("server_side_binding"):
            return super().create_cursor(name)
        cursor = OneStatementCursor(self.connection)  # type: ignore[call-arg]  # the stubs miss it
        # Only where the connection differs, as Django does: it costs a class and a copied map.
        loader: Any = self.connection.adapters.get_loader(_MOMENT, Format.TEXT)
        if loader.timezone != self.timezone:
            register_tzloader(self.timezone, cursor)
        return cursor

    def bind_tenant(self, tenant_id: UUID | None) -> None:
        """Set the tenant of the open transaction; None clears it."""
        # SET takes no parameters; the value is a UUID object of ours, never text from outside.
        value = "" if tenant_id is None else tenant_id.hex
        with self.wrap_database_errors:
            self.connection.execute(f"SET LOCAL app.tenant_id = '{value}'")

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - Django's signature
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # Django's own
        tenant_id = bound_tenant_id()
        if not autocommit and tenant_id is not None:
            self.bind_tenant(tenant_id)
