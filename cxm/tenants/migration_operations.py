"""Migration operations that put a table, or a reference, inside its tenant."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

from cxm.tenants.fields import TenantForeignKey

BOUND = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"


class TenantTable(Operation):
    """Give the table of *name* its key, its references and its row-level security.

    The key becomes (tenant_id, id); every TenantForeignKey gets the composite reference;
    row-level security is switched on and forced, with one policy for reading and writing.
    With *is_append_only* the application may insert and read, never change or remove. Rows that
    are *is_derived* from rows with references of their own need none to the tenant's row: a check
    a row is what their writing would mostly cost.
    """

    reversible = True

    def __init__(
        self, name: str, *, is_append_only: bool = False, is_derived: bool = False
    ) -> None:
        self.name = name
        self.is_append_only = is_append_only
        self.is_derived = is_derived

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Give what the migration writer needs."""
        kwargs = {name: True for name in ("is_append_only", "is_derived") if getattr(self, name)}
        return self.__class__.__qualname__, [self.name], kwargs

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing in Django's picture: `id` stays the primary key there."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: Any,
        from_state: Any,  # noqa: ARG002 - Django's signature
        to_state: Any,
    ) -> None:
        """Change key and references, and switch row-level security on."""
        model = to_state.apps.get_model(app_label, self.name)
        table = model._meta.db_table
        run = schema_editor.execute
        run(f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_pkey"')
        run(f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_pkey" PRIMARY KEY (tenant_id, id)')
        if not self.is_derived:
            run(
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_tenant" '
                f"FOREIGN KEY (tenant_id) REFERENCES tenants_tenant (id)"
            )
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                run(_reference(model, field))
        run(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        run(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        run(
            f'CREATE POLICY "{table}_tenant" ON "{table}" '
            f"USING (tenant_id = {BOUND}) WITH CHECK (tenant_id = {BOUND})"
        )
        if self.is_append_only:
            role = schema_editor.quote_name(_application_role())
            run(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM {role}')

    def database_backwards(
        self,
        app_label: str,
        schema_editor: Any,
        from_state: Any,
        to_state: Any,  # noqa: ARG002 - Django's signature
    ) -> None:
        """Take the policy away; the table itself goes with the operation that made it."""
        table = from_state.apps.get_model(app_label, self.name)._meta.db_table
        schema_editor.execute(f'DROP POLICY IF EXISTS "{table}_tenant" ON "{table}"')

    def describe(self) -> str:
        """Say what happens, for `migrate --plan`."""
        return f"Put {self.name} inside its tenant"


class TenantReference(Operation):
    """Give a TenantForeignKey that was added later its composite reference."""

    reversible = True

    def __init__(self, name: str, field: str) -> None:
        self.name = name
        self.field = field

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Give what the migration writer needs."""
        return self.__class__.__qualname__, [self.name, self.field], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing in Django's picture."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: Any,
        from_state: Any,  # noqa: ARG002 - Django's signature
        to_state: Any,
    ) -> None:
        """Add the composite reference."""
        model = to_state.apps.get_model(app_label, self.name)
        schema_editor.execute(_reference(model, model._meta.get_field(self.field)))

    def database_backwards(
        self,
        app_label: str,
        schema_editor: Any,
        from_state: Any,
        to_state: Any,  # noqa: ARG002 - Django's signature
    ) -> None:
        """Drop the composite reference."""
        model = from_state.apps.get_model(app_label, self.name)
        column = model._meta.get_field(self.field).column
        table = model._meta.db_table
        schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_{column}"')

    def describe(self) -> str:
        """Say what happens, for `migrate --plan`."""
        return f"Keep {self.name}.{self.field} inside its tenant"


def _reference(model: Any, field: Any) -> str:
    table, column = model._meta.db_table, field.column
    target = field.remote_field.model._meta.db_table
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}" '
        f'FOREIGN KEY (tenant_id, "{column}") REFERENCES "{target}" (tenant_id, id) '
        f"DEFERRABLE INITIALLY IMMEDIATE"
    )


def _application_role() -> str:
    from cxm.tenants.postgresql.roles import application_role  # noqa: PLC0415 - reads settings

    return application_role()
