"""A text can be taken out of what was deleted before its map was published."""

from django.db import migrations

from journeys.migrations import _published_sql as sql


class Migration(migrations.Migration):
    dependencies = [("journeys", "0008_quicker_search")]

    operations = [migrations.RunSQL(sql.PUBLISHED_STAYS, migrations.RunSQL.noop)]
