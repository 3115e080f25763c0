"""Give steps and cards tags."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0004_template_parts")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="tags",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), db_default=[], default=list
            ),
        )
        for name in ("card", "step")
    ]
