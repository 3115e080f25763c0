from django.conf import settings
from django.db import migrations, models

import cxm.tenants.rules

KEEP_WHAT_WAS_CHOSEN = "UPDATE tenants_membership SET mails = 'never' WHERE NOT mails_notices"
GIVE_IT_BACK = "UPDATE tenants_membership SET mails_notices = (mails <> 'never')"


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0006_open_journeys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="mails",
            field=models.CharField(
                choices=[
                    ("never", "No e-mail"),
                    ("at_once", "One e-mail each, at once"),
                    ("daily", "Once a day, all in one"),
                ],
                db_default="at_once",
                default=cxm.tenants.rules.Mails["AT_ONCE"],
                max_length=8,
            ),
        ),
        migrations.RunSQL(KEEP_WHAT_WAS_CHOSEN, GIVE_IT_BACK),
        migrations.RemoveField(model_name="membership", name="mails_notices"),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("mails__in", ["never", "at_once", "daily"])),
                name="tenants_membership_known_mails",
            ),
        ),
    ]
