"""Test databases: created and migrated as the owner, used as the application."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql.creation import DatabaseCreation as PostgresCreation

from cxm.tenants.postgresql.moulds import cast_in_mould, mould_name
from cxm.tenants.postgresql.owner import become_owner, close_with_pool


class DatabaseCreation(PostgresCreation):
    """Runs what needs the owner as the owner, and hands the connection back afterwards."""

    def create_test_db(self, *args: Any, **kwargs: Any) -> str:
        """Create the test database, migrated or cast in a mould; give its name."""
        before = become_owner(self.connection)

        def make() -> str:
            name = super(DatabaseCreation, self).create_test_db(*args, **kwargs)
            close_with_pool(self.connection)
            return name

        options = self.connection.settings_dict["TEST"]
        try:
            with self._nodb_cursor() as cursor:  # type: ignore[attr-defined]  # not in the stubs
                return cast_in_mould(cursor, options, name=mould_name(), make=make)
        finally:
            self._hand_back(before)

    def destroy_test_db(self, *args: Any, **kwargs: Any) -> None:
        """Drop the test database as the owner, whoever of the application still uses it."""
        with self.connection.cursor() as cursor:
            # A server thread of a browser test may not have put its connection away yet.
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND usename = current_user "
                "AND pid <> pg_backend_pid()"
            )
        before = become_owner(self.connection)
        try:
            super().destroy_test_db(*args, **kwargs)
        finally:
            self._hand_back(before)

    def _hand_back(self, before: dict[str, Any]) -> None:
        close_with_pool(self.connection)
        kept = {key: before[key] for key in ("USER", "PASSWORD", "OPTIONS")}
        self.connection.settings_dict.update(kept)
