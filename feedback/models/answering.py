"""People on their way through a survey, and what was tried out."""

from __future__ import annotations

from django.db import models

from cxm.customers.models import Customer
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from feedback.models.questionnaires import SurveyVersion
from feedback.models.surveys import Response, Survey


class SurveyPass(TenantOwned):
    """One person on the way through a version of a survey; only the hash of the token is kept.

    *answers* are those that count, *aside* those to questions that are hidden by now. *hidden* are
    values that came with the link: *is_signed* says that they are ours. The response is written
    with every page; an anonymous one is named nowhere. Who came by an *invitation* is known by it,
    whom another site named with a signature by *customer*.
    """

    survey = TenantForeignKey(Survey)
    invitation = TenantForeignKey("feedback.Invitation", null=True)
    customer = TenantForeignKey(Customer, null=True)
    version = TenantForeignKey(SurveyVersion)
    token_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=12)
    answers = models.JSONField(default=dict)
    aside = models.JSONField(default=dict)
    hidden = models.JSONField(default=dict)
    is_signed = models.BooleanField(default=False)
    page = models.CharField(max_length=63, blank=True)
    seed = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    response = TenantForeignKey(Response, null=True)
    is_anonymous = models.BooleanField(default=False, db_default=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "token_hash"], name="feedback_surveypass_one_token"
            ),
            models.CheckConstraint(
                condition=models.Q(is_anonymous=False)
                | models.Q(
                    invitation__isnull=True,
                    customer__isnull=True,
                    response__isnull=True,
                    hidden={},
                ),
                name="feedback_surveypass_anonymous",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "last_at"], name="feedback_surveypass_last"),
            models.Index(
                fields=["tenant", "response"],
                condition=models.Q(response__isnull=False),
                name="feedback_surveypass_response",
            ),
            models.Index(
                fields=["tenant", "customer"],
                condition=models.Q(customer__isnull=False),
                name="feedback_surveypass_customer",
            ),
        ]


class SurveyTrial(TenantOwned):
    """What a member answered to try a survey out; it is in no number and thrown away at will."""

    survey = TenantForeignKey(Survey)
    answers = models.JSONField(default=dict)
    hidden = models.JSONField(default=dict)
    language = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "survey", "-at"], name="feedback_surveytrial_survey")
        ]
