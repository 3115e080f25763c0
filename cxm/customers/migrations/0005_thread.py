"""An index by which a thread finds its customer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_ingest_keys_of_batches"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=~models.Q(thread_key=""),
                fields=["tenant", "thread_key"],
                name="customers_interaction_thread",
            ),
        ),
    ]
