"""The backend: who connects, and what the migration operations write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.writer import MigrationWriter

from cxm.kernel.prepared import Prepared
from cxm.tenants.migration_operations import TenantReference, TenantTable
from cxm.tenants.postgresql.owner import close_with_pool, owner_connection, owner_credentials
from cxm.tenants.postgresql.roles import application_role

if TYPE_CHECKING:
    from django.db.migrations.operations.base import Operation

pytestmark = pytest.mark.django_db
BOUND_ROWS = "(tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))"


def _user(wrapper: Any) -> str:
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT current_user")
        name: str = cursor.fetchone()[0]
    return name


def test_the_web_connects_as_the_application_and_tools_as_the_owner() -> None:
    with owner_connection() as owner:
        names = (_user(connection), _user(owner))

    assert names == (application_role(), owner_credentials()["USER"])
    assert names[0] != names[1]


def test_without_an_owner_tools_say_which_variable_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "DATABASE_OWNER", None)

    with pytest.raises(ImproperlyConfigured, match="DATABASE_OWNER_URL"), owner_connection():
        pytest.fail("it connected")


def test_a_connection_of_another_kind_is_closed_too() -> None:
    class Plain:
        is_closed = False

        def close(self) -> None:
            self.is_closed = True

    plain: Any = Plain()
    close_with_pool(plain)

    assert plain.is_closed


def test_rows_are_not_grouped_by_the_key_of_one_column() -> None:
    assert connection.features.allows_group_by_selected_pks is False


def test_named_cursors_are_those_of_django() -> None:
    connection.ensure_connection()

    with connection.create_cursor("named") as cursor:
        assert cursor.name == "named"


def _written(operation: Operation, way: str) -> list[str]:
    state = MigrationLoader(None).project_state()
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        getattr(operation, f"database_{way}")("touchpoints", editor, state, state)
    return list(editor.collected_sql)


def test_a_table_is_put_into_its_tenant() -> None:
    written = _written(TenantTable("TouchpointAlias", is_append_only=True), "forwards")

    table = '"touchpoints_touchpointalias"'
    assert written == [
        f'ALTER TABLE {table} DROP CONSTRAINT "touchpoints_touchpointalias_pkey";',
        (
            f'ALTER TABLE {table} ADD CONSTRAINT "touchpoints_touchpointalias_pkey" '
            "PRIMARY KEY (tenant_id, id);"
        ),
        (
            f'ALTER TABLE {table} ADD CONSTRAINT "touchpoints_touchpointalias_tenant" '
            "FOREIGN KEY (tenant_id) REFERENCES tenants_tenant (id);"
        ),
        (
            f'ALTER TABLE {table} ADD CONSTRAINT "touchpoints_touchpointalias_touchpoint_id" '
            'FOREIGN KEY (tenant_id, "touchpoint_id") REFERENCES "touchpoints_touchpoint" '
            "(tenant_id, id) DEFERRABLE INITIALLY IMMEDIATE;"
        ),
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;",
        (
            f'CREATE POLICY "touchpoints_touchpointalias_tenant" ON {table} '
            f"USING {BOUND_ROWS} WITH CHECK {BOUND_ROWS};"
        ),
        f'REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM "{application_role()}";',
    ]


@pytest.mark.parametrize(
    ("operation", "way", "written"),
    [
        pytest.param(
            TenantTable("Channel", is_derived=True),
            "forwards",
            [
                'ALTER TABLE "touchpoints_channel" DROP CONSTRAINT "touchpoints_channel_pkey";',
                (
                    'ALTER TABLE "touchpoints_channel" ADD CONSTRAINT "touchpoints_channel_pkey" '
                    "PRIMARY KEY (tenant_id, id);"
                ),
                (
                    'ALTER TABLE "touchpoints_channel" ADD CONSTRAINT '
                    '"touchpoints_channel_merged_into_id" FOREIGN KEY '
                    '(tenant_id, "merged_into_id") REFERENCES "touchpoints_channel" '
                    "(tenant_id, id) DEFERRABLE INITIALLY IMMEDIATE;"
                ),
                'ALTER TABLE "touchpoints_channel" ENABLE ROW LEVEL SECURITY;',
                'ALTER TABLE "touchpoints_channel" FORCE ROW LEVEL SECURITY;',
                (
                    'CREATE POLICY "touchpoints_channel_tenant" ON "touchpoints_channel" USING '
                    f"{BOUND_ROWS} WITH CHECK {BOUND_ROWS};"
                ),
            ],
            id="a-derived-table",
        ),
        pytest.param(
            TenantTable("Channel"),
            "backwards",
            ['DROP POLICY IF EXISTS "touchpoints_channel_tenant" ON "touchpoints_channel";'],
            id="a-table-back",
        ),
        pytest.param(
            TenantReference("Touchpoint", "channel"),
            "forwards",
            [
                (
                    'ALTER TABLE "touchpoints_touchpoint" ADD CONSTRAINT '
                    '"touchpoints_touchpoint_channel_id" FOREIGN KEY (tenant_id, "channel_id") '
                    'REFERENCES "touchpoints_channel" (tenant_id, id) DEFERRABLE '
                    "INITIALLY IMMEDIATE;"
                )
            ],
            id="a-reference",
        ),
        pytest.param(
            TenantReference("Touchpoint", "channel"),
            "backwards",
            [
                (
                    'ALTER TABLE "touchpoints_touchpoint" DROP CONSTRAINT '
                    '"touchpoints_touchpoint_channel_id";'
                )
            ],
            id="a-reference-back",
        ),
    ],
)
def test_an_operation_writes(operation: Operation, way: str, written: list[str]) -> None:
    assert _written(operation, way) == written


@pytest.mark.parametrize(
    ("operation", "source", "words"),
    [
        (TenantTable("Touchpoint"), "TenantTable", "Put Touchpoint inside its tenant"),
        (
            TenantTable("AuditEntry", is_append_only=True),
            "is_append_only=True",
            "Put AuditEntry inside its tenant",
        ),
        (
            TenantReference("Touchpoint", "channel"),
            "TenantReference",
            "Keep Touchpoint.channel inside its tenant",
        ),
    ],
    ids=["table", "append-only-table", "reference"],
)
def test_an_operation_can_be_written_down_and_explained(
    operation: Operation, source: str, words: str
) -> None:
    written, _ = MigrationWriter.serialize(operation)
    operation.state_forwards("touchpoints", MigrationLoader(None).project_state())

    assert source in written
    assert operation.describe() == words


def _kept_statements() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements ORDER BY 1")
        return [text for (text,) in cursor.fetchall()]


def test_only_statements_that_say_so_are_kept_prepared() -> None:
    with connection.cursor() as cursor:
        for _ in range(6):
            cursor.execute("SELECT 1 + %s", [1])
            cursor.execute(Prepared("SELECT 2 + %s"), [1])

    kept = [text for text in _kept_statements() if text in ("SELECT 1 + $1", "SELECT 2 + $1")]
    assert kept == ["SELECT 2 + $1"]
