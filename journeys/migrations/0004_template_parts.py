"""Keep on a map which parts its template has locked, and which it requires."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0003_review_rules")]

    operations = [
        migrations.AddField(
            model_name="journeymap",
            name="template_parts",
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
