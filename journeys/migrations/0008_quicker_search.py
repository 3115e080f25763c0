"""Search judges a bounded number of rows, and each word once."""

from django.db import migrations

from journeys.migrations import _search_sql as sql


class Migration(migrations.Migration):
    dependencies = [("journeys", "0007_taking_out")]

    operations = [migrations.RunSQL(sql.SEARCH_AWAY + sql.SEARCH, migrations.RunSQL.noop)]
