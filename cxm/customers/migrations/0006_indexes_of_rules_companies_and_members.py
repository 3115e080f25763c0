"""Indexes by which a rule and a company find their events, and a day the members of a segment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_thread"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(touchpoint_rule__isnull=False),
                fields=["tenant", "touchpoint_rule"],
                name="customers_interaction_rule",
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(company__isnull=False),
                fields=["tenant", "company"],
                name="customers_interaction_company",
            ),
        ),
        migrations.AddIndex(
            model_name="segmentmember",
            index=models.Index(
                fields=["tenant", "segment", "from_at"],
                name="customers_segmentmember_from",
            ),
        ),
    ]
