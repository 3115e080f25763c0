"""SQL that somebody managed to inject neither changes the tenant nor reads another's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction

from cxm.tenants.binding import tenant_bound
from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db

SECRET = "another tenant's secret"
# Pasted where a name should stand; {other} is the id of the other tenant.
INJECTIONS = {
    "or-true": "' OR true OR key = '",
    "union-over-the-table": "' UNION SELECT title FROM touchpoints_touchpoint --",
    "union-over-all-tenants": "' UNION SELECT slug FROM tenants_tenant --",
    "set-config-in-a-select": (
        "' UNION SELECT set_config('app.tenant_id', '{other}', true) "
        "UNION ALL SELECT title FROM touchpoints_touchpoint --"
    ),
    "set-config-as-a-condition": (
        "' OR set_config('app.tenant_id', '{other}', false) IS NOT NULL --"
    ),
    "set-config-of-pg-catalog": (
        "' OR pg_catalog.set_config('app.tenant_id', '{other}', true) <> '' --"
    ),
    "stacked-set": "'; SET app.tenant_id = '{other}'; SELECT title FROM touchpoints_touchpoint --",
    "stacked-set-local": (
        "'; SET LOCAL app.tenant_id = '{other}'; SELECT title FROM touchpoints_touchpoint --"
    ),
    "stacked-reset": "'; RESET app.tenant_id; SELECT title FROM touchpoints_touchpoint --",
    "stacked-commit": "'; COMMIT; SELECT title FROM touchpoints_touchpoint --",
    "stacked-set-role": "'; SET ROLE cxm_owner; SELECT title FROM touchpoints_touchpoint --",
    "stacked-alter-role": "'; ALTER ROLE cxm_app BYPASSRLS --",
    "stacked-do": "'; DO $$ BEGIN EXECUTE 'SET app.tenant_id = ''{other}'''; END $$ --",
    "stacked-copy": "'; COPY touchpoints_touchpoint TO STDOUT --",
    "stacked-row-security-off": (
        "'; SET row_security = off; SELECT title FROM touchpoints_touchpoint --"
    ),
    "query-to-xml": (
        "' UNION SELECT query_to_xml('SELECT set_config(''app.tenant_id'', ''{other}'', true), "
        "title FROM touchpoints_touchpoint', true, true, '')::text --"
    ),
    "query-to-xml-set": (
        "' UNION SELECT query_to_xml('SET app.tenant_id = ''{other}''', true, true, '')::text --"
    ),
    "update-pg-settings": (
        "' UNION SELECT 'x' FROM pg_settings WHERE name = 'x'; "
        "UPDATE pg_settings SET setting = '{other}' WHERE name = 'app.tenant_id' --"
    ),
    "search-of-another-tenant": (
        "' UNION SELECT response_id::text FROM search_verbatims('secret') --"
    ),
    "read-a-file": "' UNION SELECT pg_read_file('/etc/passwd') --",
    "look-into-statistics": (
        "' UNION SELECT most_common_vals::text FROM pg_stats "
        "WHERE tablename = 'touchpoints_touchpoint' --"
    ),
    "look-into-activity": "' UNION SELECT query FROM pg_stat_activity --",
}
# Whole statements, as if a page took SQL from the wire. (`SET app.tenant_id` alone is not among
# them: PostgreSQL lets everybody set what it does not know. So no code of ours takes statements.)
STATEMENTS = {
    "set-role": "SET ROLE cxm_owner",
    "set-session-authorization": "SET SESSION AUTHORIZATION cxm_owner",
    "alter-role": "ALTER ROLE cxm_app SET app.tenant_id = '{other}'",
    "alter-role-bypassrls": "ALTER ROLE cxm_app BYPASSRLS",
    "alter-database": "ALTER DATABASE postgres SET app.tenant_id = '{other}'",
    "disable-row-security": "ALTER TABLE touchpoints_touchpoint DISABLE ROW LEVEL SECURITY",
    "drop-policy": "DROP POLICY touchpoints_touchpoint_tenant ON touchpoints_touchpoint",
    "update-pg-settings": "UPDATE pg_settings SET setting = 'x' WHERE name = 'app.tenant_id'",
    "copy-to-a-program": "COPY touchpoints_touchpoint TO PROGRAM 'cat'",
    "copy-in": "COPY touchpoints_touchpoint FROM '/etc/passwd'",
    "truncate": "TRUNCATE touchpoints_touchpoint CASCADE",
    "definer-function": (
        "CREATE FUNCTION public.f() RETURNS text SECURITY DEFINER LANGUAGE sql AS 'SELECT 1'"
    ),
    "session-replication-role": "SET session_replication_role = 'replica'",
}


@pytest.fixture
def tenants() -> tuple[Tenant, Tenant]:
    mine, other = make.tenant(), make.tenant()
    make.touchpoint(of=mine, key="mine", title="My own")
    make.touchpoint(of=other, key="theirs", title=SECRET)
    make.load(make.record(3, comment=SECRET), of=other)
    return mine, other


def _unsafe_page(tenant: Tenant, text: str, parameters: list[Any] | None = None) -> str:
    """What no code of ours does: paste *text* into a statement, and show all that comes back."""
    shown = []
    with tenant_bound(tenant.pk):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                statement = f"SELECT title FROM touchpoints_touchpoint WHERE key = '{text}'"  # noqa: S608 - the hole that is tried
                cursor.execute(statement, parameters)
                shown = cursor.fetchall()
        except DatabaseError as error:
            shown = [str(error)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT title FROM touchpoints_touchpoint")
            shown += cursor.fetchall()
    return repr(shown)


@pytest.mark.parametrize("text", INJECTIONS.values(), ids=list(INJECTIONS))
def test_injected_text_reaches_no_other_tenant(tenants: tuple[Tenant, Tenant], text: str) -> None:
    mine, other = tenants

    shown = _unsafe_page(mine, text.replace("{other}", str(other.pk)))

    assert (SECRET in shown, other.slug in shown, "My own" in shown) == (False, False, True)


@pytest.mark.parametrize(
    "text", [t for name, t in INJECTIONS.items() if name.startswith("stacked")]
)
def test_stacked_statements_are_refused_with_parameters_too(
    tenants: tuple[Tenant, Tenant], text: str
) -> None:
    mine, other = tenants
    with_parameter = text.replace("{other}", str(other.pk)).replace("'", "' || %s || '", 1)

    shown = _unsafe_page(mine, with_parameter, ["x"])

    assert (SECRET in shown, other.slug in shown, "My own" in shown) == (False, False, True)


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=list(STATEMENTS))
def test_a_whole_injected_statement_is_refused(
    tenants: tuple[Tenant, Tenant], statement: str
) -> None:
    mine, other = tenants

    with (
        tenant_bound(mine.pk),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.replace("{other}", str(other.pk)))


def test_two_statements_in_one_are_refused_in_words() -> None:
    with (
        pytest.raises(DatabaseError, match="cannot insert multiple commands"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 1; SELECT 2")
