"""In which zone moments are read from the database."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import register_tzloader


@pytest.mark.django_db
def test_moments_are_read_in_the_zone_of_the_settings_whatever_the_connection_has() -> None:
    connection.ensure_connection()
    register_tzloader(ZoneInfo("Asia/Tokyo"), connection.connection)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")
            [moment] = cursor.fetchone()
    finally:
        register_tzloader(connection.timezone, connection.connection)

    assert moment.tzinfo == connection.timezone
