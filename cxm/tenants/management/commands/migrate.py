"""Migrate as the role that owns the tables."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from cxm.tenants.postgresql.migration_state import spare_reloading
from cxm.tenants.postgresql.owner import become_owner, close_with_pool


class Command(migrate.Command):
    """Django's own command, connected as the owner."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the migrations as the owner of the tables, then hand the connection back."""
        wrapper = connections[options["database"]]
        before = become_owner(wrapper)
        try:
            with spare_reloading():
                super().handle(*args, **options)
        finally:
            close_with_pool(wrapper)
            kept = {key: before[key] for key in ("USER", "PASSWORD", "OPTIONS")}
            wrapper.settings_dict.update(kept)
