"""What the two roles of the database may do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import errors, sql

from cxm.embedded.purpose import Purpose
from cxm.embedded.servers import postgres_running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.embedded.servers import DatabaseAddresses

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def addresses() -> Iterator[DatabaseAddresses]:
    """Join the servers that this test run has started anyway."""
    with postgres_running(purpose=Purpose.TEST) as found:
        yield found


@pytest.fixture
def fresh(addresses: DatabaseAddresses) -> Iterator[DatabaseAddresses]:
    """Give addresses of a new database, made by the owner as the test runner does."""
    name = f"roles_{os.getpid()}"
    database = sql.Identifier(name)
    with psycopg.connect(addresses.owner_url, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(database))
        yield type(addresses)(
            database_url=addresses.database_url.rpartition("/")[0] + f"/{name}",
            owner_url=addresses.owner_url.rpartition("/")[0] + f"/{name}",
            superuser_url=addresses.superuser_url.rpartition("/")[0] + f"/{name}",
        )
        owner.execute(sql.SQL("DROP DATABASE {}").format(database))


def test_roles_are_what_tenancy_needs(addresses: DatabaseAddresses) -> None:
    with psycopg.connect(addresses.superuser_url) as superuser:
        rows = superuser.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin "
            "FROM pg_roles WHERE rolname LIKE 'cxm_%' ORDER BY rolname"
        ).fetchall()

    assert rows == [
        ("cxm_app", False, False, False, False, True),
        ("cxm_owner", False, True, True, False, True),
    ]


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        pytest.param(
            "SELECT set_config('app.tenant_id', '2', true)",
            errors.InsufficientPrivilege,
            id="change the tenant inside a statement",
        ),
        pytest.param("CREATE TABLE mine (id int)", errors.InsufficientPrivilege, id="own a table"),
        pytest.param("TRUNCATE theirs", errors.InsufficientPrivilege, id="truncate"),
        pytest.param("SET ROLE cxm_owner", errors.InsufficientPrivilege, id="become the owner"),
    ],
)
def test_application_may_not(
    fresh: DatabaseAddresses, statement: str, error: type[psycopg.Error]
) -> None:
    with psycopg.connect(fresh.owner_url) as owner:
        owner.execute("CREATE TABLE theirs (id int)")

    with psycopg.connect(fresh.database_url) as application, pytest.raises(error):
        application.execute(statement.encode())


def test_application_uses_tables_of_the_owner_and_temporary_ones(fresh: DatabaseAddresses) -> None:
    with psycopg.connect(fresh.owner_url) as owner:
        owner.execute("CREATE TABLE theirs (id bigserial, word text)")

    with psycopg.connect(fresh.database_url) as application:
        application.execute("CREATE TEMP TABLE load (word text)")
        application.execute("INSERT INTO load VALUES ('a'), ('b')")
        application.execute("INSERT INTO theirs (word) SELECT word FROM load")
        application.execute("DELETE FROM theirs WHERE word = 'a'")
        rows = application.execute("UPDATE theirs SET word = 'c' RETURNING word").fetchall()

    assert rows == [("c",)]


@pytest.mark.parametrize("role", ["database_url", "owner_url"])
def test_sessions_begin_in_utc(addresses: DatabaseAddresses, role: str) -> None:
    with psycopg.connect(getattr(addresses, role)) as connection:
        zone = connection.info.parameter_status("TimeZone")

    assert zone == "UTC"


def test_new_databases_have_the_extensions(fresh: DatabaseAddresses) -> None:
    with psycopg.connect(fresh.database_url) as application:
        rows = application.execute(
            "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY extname"
        ).fetchall()

    assert rows == [("btree_gin",), ("pg_trgm",), ("unaccent",)]
