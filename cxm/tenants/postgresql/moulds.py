"""Moulds: migrated databases that test databases are copied from, in a fraction of the time."""

from __future__ import annotations

from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

PREFIX = "mould_"
_LOCK = 0x6D6F756C64  # held while a mould is made or copied, by whatever process
_TENANCY = Path(__file__).resolve().parent.parent
# What migrations call, so that a change of it changes what they make.
_CALLED = (_TENANCY / "migration_operations.py", _TENANCY / "fields.py")


def mould_name() -> str:
    """Name the mould of the migrations as they are: by what is in their files, and for whom."""
    told = blake2b(digest_size=10)
    for path in sorted([*_migrations(), *_CALLED]):
        told.update(path.read_bytes())
    told.update(version("django").encode())
    told.update(repr([settings.INSTALLED_APPS, settings.DATABASES["default"]["USER"]]).encode())
    return PREFIX + told.hexdigest()


def cast_in_mould(
    cursor: Any, options: dict[str, Any], *, name: str, make: Callable[[], str]
) -> str:
    """Let *make* make a test database, from the mould called *name*; give what it gives.

    *cursor* belongs to a connection of its own outside of any test database, *options* are those
    of the test database. Where there is no such mould, *make* migrates, must leave no connection
    behind, and its database becomes the mould; earlier moulds are thrown away.
    """
    cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        moulds = [found for (found,) in cursor.fetchall()]
        if name in moulds:
            return _cast(options, name, make)
        made = make()
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{made}"')
        for old in moulds:
            cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
        return made
    finally:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _cast(options: dict[str, Any], name: str, make: Callable[[], str]) -> str:
    options["TEMPLATE"] = name
    try:
        return make()
    finally:
        del options["TEMPLATE"]


def _migrations() -> Iterator[Path]:
    for app in apps.get_app_configs():
        yield from Path(app.path).glob("migrations/*.py")
