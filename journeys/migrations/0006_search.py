"""Find what is said on maps, in their library and about them, typos included."""

from django.db import migrations

from journeys.migrations import _search_sql as sql


class Migration(migrations.Migration):
    dependencies = [
        ("collaboration", "0001_initial"),
        ("customers", "0003_search"),
        ("journeys", "0005_tags"),
        ("personas", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(sql.WORDS, sql.WORDS_AWAY),
        migrations.RunSQL(sql.INDEXES, sql.INDEXES_AWAY),
        migrations.RunSQL(sql.SEARCH, sql.SEARCH_AWAY),
    ]
