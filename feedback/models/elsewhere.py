"""Surveys on other people's pages and without names: counts, who was shown one, what waits."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from cxm.customers.models import Customer
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import TenantOwned
from feedback.models.questionnaires import SurveyVersion
from feedback.models.surveys import Survey
from feedback.rules.door_words import DoorCount


class SurveyCount(TenantOwned):
    """How often something happened at the door of a survey on a day of the workspace."""

    survey = TenantForeignKey(Survey)
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=DoorCount.choices())
    count = models.PositiveIntegerField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "survey", "day", "kind"], name="feedback_surveycount_once"
            ),
        ]


class EmbedShow(TenantOwned):
    """When a person, known by a signature, was last shown a survey on another page."""

    survey = TenantForeignKey(Survey)
    customer = TenantForeignKey(Customer)
    shown_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "survey", "customer"], name="feedback_embedshow_once"
            ),
        ]


class WaitingAnswer(TenantOwned):
    """What somebody answered without a name, until enough others have: then it becomes a response.

    It has no time, no language and no key that leads to a person, and its id is drawn at random.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = TenantForeignKey(Survey)
    version = TenantForeignKey(SurveyVersion)
    answers = models.JSONField(default=dict)
    state = models.CharField(max_length=12)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "survey"], name="feedback_waitinganswer_survey")]
