"""Moulds: what test databases are copied from, once they have been migrated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from cxm.tenants.postgresql import moulds
from cxm.tenants.postgresql.owner import owner_connection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def prefix(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A beginning of names that no run uses; what is called so goes afterwards."""
    own = f"try_{uuid4().hex[:8]}_"
    monkeypatch.setattr(moulds, "PREFIX", own)
    yield own
    with _outside() as cursor:
        for name in _databases(cursor, own):
            cursor.execute(f'DROP DATABASE "{name}"')


def _outside() -> Any:
    with owner_connection() as wrapper:
        return wrapper._nodb_cursor()


def _databases(cursor: Any, prefix: str) -> set[str]:
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{prefix}%"])
    return {name for (name,) in cursor.fetchall()}


def _cast(prefix: str, mould: str, test: str) -> str:
    """Make the empty database *test* as Django would; give what it was cast in."""
    with _outside() as cursor:
        options: dict[str, Any] = {}

        templates: list[str] = []

        def make() -> str:
            template = options.get("TEMPLATE", "template0")
            templates.append(template)
            cursor.execute(f'CREATE DATABASE "{prefix}{test}" TEMPLATE "{template}"')
            return f"{prefix}{test}"

        made = moulds.cast_in_mould(cursor, options, name=f"{prefix}{mould}", make=make)
        assert (made, options) == (f"{prefix}{test}", {})
        return templates[0]


def test_the_first_database_becomes_the_mould_and_the_next_is_cast_in_it(prefix: str) -> None:
    first = _cast(prefix, "mould", "first")
    second = _cast(prefix, "mould", "second")

    assert (first, second) == ("template0", f"{prefix}mould")
    with _outside() as cursor:
        assert _databases(cursor, prefix) == {prefix + n for n in ("mould", "first", "second")}


def test_another_mould_throws_the_earlier_away(prefix: str) -> None:
    _cast(prefix, "mould-of-yesterday", "first")
    with _outside() as cursor:
        cursor.execute(f'DROP DATABASE "{prefix}first"')

    _cast(prefix, "mould", "second")

    with _outside() as cursor:
        assert _databases(cursor, prefix) == {f"{prefix}mould", f"{prefix}second"}


def test_a_changed_migration_has_a_mould_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migration = tmp_path / "0001_initial.py"
    migration.write_text("operations = []")
    monkeypatch.setattr(moulds, "_migrations", lambda: [migration])
    before = moulds.mould_name()

    migration.write_text("operations = [1]")

    assert moulds.mould_name() != before
    assert before.startswith(moulds.PREFIX)
