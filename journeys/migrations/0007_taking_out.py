"""Let owners take a text out of the history of a map, and nobody write anything else there."""

from django.db import migrations

from journeys.migrations import _taking_out_sql as sql


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0006_search"),
    ]

    operations = [
        migrations.RunSQL(sql.TAKE_OUT, sql.TAKE_OUT_AWAY),
    ]
