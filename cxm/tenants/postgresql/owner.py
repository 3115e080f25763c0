"""Connections as the role that owns the tables: migrations, tests, checks over all tenants."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper


def owner_credentials() -> dict[str, str]:
    """Give USER and PASSWORD of the owner; raises ImproperlyConfigured when none is set."""
    if settings.DATABASE_OWNER is None:
        message = "DATABASE_OWNER_URL is not set: this needs the role that owns the tables"
        raise ImproperlyConfigured(message)
    return {key: settings.DATABASE_OWNER[key] for key in ("USER", "PASSWORD")}


def become_owner(wrapper: BaseDatabaseWrapper) -> dict[str, Any]:
    """Let *wrapper* connect as the owner, without a pool, from now on; give what it was before."""
    before = dict(wrapper.settings_dict)
    close_with_pool(wrapper)
    wrapper.settings_dict.update(_as_owner(before))
    return before


def close_with_pool(wrapper: BaseDatabaseWrapper) -> None:
    """Close the connection of *wrapper* and the pool behind it."""
    wrapper.close()
    close_pool = getattr(wrapper, "close_pool", None)
    if close_pool:
        close_pool()


@contextmanager
def owner_connection() -> Iterator[BaseDatabaseWrapper]:
    """Open a second connection to the default database as the owner, for the block.

    It sees the rows of all tenants: commands for operators, tests and migrations only.
    """
    wrapper = cast("Any", connections["default"]).copy()
    wrapper.settings_dict = {**wrapper.settings_dict, **_as_owner(wrapper.settings_dict)}
    try:
        yield wrapper
    finally:
        wrapper.close()


def _as_owner(settings_dict: dict[str, Any]) -> dict[str, Any]:
    # No pool, and Django's plain cursor: migrations send several statements at once.
    left_out = {"pool", "server_side_binding"}
    options = {k: v for k, v in settings_dict["OPTIONS"].items() if k not in left_out}
    return {**owner_credentials(), "OPTIONS": options}
