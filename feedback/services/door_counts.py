"""Counting what happens at the door of a survey, by day."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import connection

from cxm.kernel.ids import new_id

if TYPE_CHECKING:
    from datetime import datetime

    from feedback.models import Survey
    from feedback.rules.door_words import DoorCount

# One statement, so that any number may count at once and none is lost.
_COUNT = """
INSERT INTO feedback_surveycount (id, tenant_id, survey_id, day, kind, count)
VALUES (%s, %s, %s, %s, %s, 1)
ON CONFLICT (tenant_id, survey_id, day, kind)
    DO UPDATE SET count = feedback_surveycount.count + 1
"""


def count_at_door(survey: Survey, kind: DoorCount, *, now: datetime) -> None:
    """Count one more of *kind* on the day of the workspace. One statement."""
    day = now.astimezone(ZoneInfo(survey.tenant.time_zone)).date()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [new_id(), survey.tenant_id, survey.pk, day, kind.value])
