"""Programs that were written for Delighted: their keys, and whom they ask again and again."""

from __future__ import annotations

from django.db import models

from cxm.customers.models import Customer
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import ApiKey, Membership, TenantOwned
from cxm.work.models import Job
from feedback.models.distributing import Distribution
from feedback.models.inbox import EventSource
from feedback.models.surveys import Survey
from feedback.rules.distribution.words import Medium


class DelightedProject(TenantOwned):
    """A survey that programs ask by a key of their own, as Delighted's projects were.

    People on the autopilot are asked every *autopilot_days* while *is_autopilot_on*.
    """

    survey = TenantForeignKey(Survey)
    distribution = TenantForeignKey(Distribution)
    api_key = TenantForeignKey(ApiKey)
    is_autopilot_on = models.BooleanField(default=False)
    autopilot_days = models.PositiveSmallIntegerField(default=90)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "api_key"], name="feedback_delightedproject_key"
            ),
        ]

    def __str__(self) -> str:
        return str(self.survey)


class AutopilotMember(TenantOwned):
    """Somebody whom a project asks again and again."""

    project = TenantForeignKey(DelightedProject)
    customer = TenantForeignKey(Customer)
    medium = models.CharField(max_length=5, choices=Medium.choices())
    properties = models.JSONField(default=dict)
    next_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "project", "customer", "medium"],
                name="feedback_autopilotmember_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "project", "next_at"], name="feedback_autopilot_due")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} by {self.medium}"


class DelightedImport(TenantOwned):
    """People and answers that are fetched from an account of Delighted, into *event_source*.

    The account's key is *sealed*, and "" once it is forgotten: when all is there, unless
    *keeps_key*. *found* is what was looked at first: {responses, nps, oldest, newest}, times in
    seconds since 1970. *counts* by part of the account: {loaded, unchanged, refused, back}.
    What was answered in [since, until) is fetched, or all.
    """

    event_source = TenantForeignKey(EventSource)
    sealed = models.TextField(blank=True)
    keeps_key = models.BooleanField(default=False)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    found = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    job = TenantForeignKey(Job, null=True)
    by = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "-created_at", "-id"], name="feedback_delightedimport_list"
            )
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"
