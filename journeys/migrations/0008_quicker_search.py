"""Search judges a bounded number of rows, and each word once."""

from django.db import migrations

from journeys.migrations import _search_sql as sql

# The settings of the function are known only once the extension was called in this connection.
LOADED = "SELECT word_similarity('one', 'other');"


class Migration(migrations.Migration):
    dependencies = [("journeys", "0007_taking_out")]

    operations = [
        migrations.RunSQL(LOADED + sql.SEARCH_AWAY + sql.SEARCH, migrations.RunSQL.noop),
    ]
