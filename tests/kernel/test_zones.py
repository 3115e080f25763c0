"""Which time zones can be chosen."""

from __future__ import annotations

import pytest
from django.db import connection

from cxm.kernel.zones import is_zone, zone_names


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/Argentina/Ushuaia", "UTC", "GMT"])
def test_iana_names_are_zones(name: str) -> None:
    assert is_zone(name)


@pytest.mark.parametrize(
    "name", ["", "europe/berlin", "Mars/Olympus", "../etc/passwd", "localtime", "Factory"]
)
def test_other_names_and_what_depends_on_the_machine_are_none(name: str) -> None:
    assert not is_zone(name)


@pytest.mark.django_db
def test_the_database_knows_every_zone_that_can_be_chosen() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_timezone_names")
        known = {name for (name,) in cursor.fetchall()}

    assert set(zone_names()) <= known
