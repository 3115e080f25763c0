from django.db import migrations, models

KINDS = [
    "mention",
    "reply",
    "resolved",
    "reopened",
    "published",
    "review",
    "approved",
    "changes",
    "stopped",
]


class Migration(migrations.Migration):
    dependencies = [
        ("collaboration", "0003_notices_of_pages"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="collaboration_notice_known_kind",
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(choices=[(kind, kind) for kind in KINDS], max_length=10),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", KINDS)),
                name="collaboration_notice_known_kind",
            ),
        ),
    ]
