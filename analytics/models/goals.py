"""Goals of metrics: what a figure is to be by when, who moved that, and what became of it."""

from __future__ import annotations

from django.db import models

from analytics.rules.goals import LONGEST_REASON, LONGEST_TITLE
from cxm.metrics.models import Metric
from cxm.metrics.rules.promises import PromiseWord
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned


class MetricGoal(TenantOwned):
    """What a metric is to be when *due_on* is over, against the days before *from_on*.

    *places* is JSON: keys of touchpoints, channels, surveys and segments by kind, absent for all.
    *owner* is null where a program made it. *definition_version* is what the metric meant when
    the target was set. *site* begins the links of mails about it, as `https://cx.example`.
    """

    title = models.CharField(max_length=LONGEST_TITLE)
    metric = TenantForeignKey(Metric)
    places = models.JSONField(default=dict)
    target = models.FloatField()
    from_on = models.DateField()
    due_on = models.DateField()
    owner = TenantForeignKey(Membership, null=True)
    definition_version = models.PositiveIntegerField()
    site = models.CharField(max_length=200, blank=True, db_default="")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_on__gt=models.F("from_on")),
                name="analytics_metricgoal_due_after_from",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "due_on", "id"], name="analytics_metricgoal_due"),
        ]

    def __str__(self) -> str:
        return self.title


class MetricGoalMove(TenantOwned):
    """One change of a goal's target or day: who made it, when and why."""

    goal = TenantForeignKey(MetricGoal)
    old_target = models.FloatField()
    new_target = models.FloatField()
    old_due_on = models.DateField()
    new_due_on = models.DateField()
    reason = models.CharField(max_length=LONGEST_REASON)
    at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "goal", "-at", "-id"], name="analytics_metricgoal_moves")
        ]

    def __str__(self) -> str:
        return f"{self.old_target} to {self.new_target}"


class MetricGoalVerdict(TenantOwned):
    """What became of a goal, written once after its day and never again.

    The figures are those of the days before and since as they were counted then; *low* and *high*
    limit their difference.
    """

    goal = TenantForeignKey(MetricGoal)
    target = models.FloatField()
    due_on = models.DateField()
    verdict = models.CharField(
        max_length=10, choices=[(word.value, word.value) for word in PromiseWord]
    )
    needed = models.PositiveIntegerField(null=True)
    visible = models.FloatField(null=True)
    value_before = models.FloatField(null=True)
    n_before = models.PositiveIntegerField()
    value_now = models.FloatField(null=True)
    n_now = models.PositiveIntegerField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    definition_version = models.PositiveIntegerField()
    decided_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "goal"], name="analytics_metricgoalverdict_once"
            )
        ]

    def __str__(self) -> str:
        return self.verdict
