"""Make customers findable by what they are called and by what identifies them."""

from __future__ import annotations

from django.db import migrations

from cxm.customers.migrations import _search_sql as sql


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_one_timeline")]

    operations = [
        migrations.RunSQL(sql.INDEXES, sql.INDEXES_AWAY),
        migrations.RunSQL(sql.VOCABULARY, sql.VOCABULARY_AWAY),
        migrations.RunSQL(sql.SPELLINGS, sql.SPELLINGS_AWAY),
        migrations.RunSQL(sql.SEARCH, sql.SEARCH_AWAY),
    ]
