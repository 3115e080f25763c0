"""Alerts: the rules that are watched, who is told, and what rang."""

from __future__ import annotations

from django.db import models

from analytics.rules.alert_states import LONGEST_REASON, AlertState
from analytics.rules.alerts import AlertKind
from cxm.metrics.models import Metric
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned


class AlertRule(TenantOwned):
    """What is watched, of which metric. *version* is the number of the condition in force.

    *since_on* is the first day whose answers count, *switched_at* the moment since when single
    answers ring; both null while it is off. *standing* is what the last look at *watched_at*
    found, *preview* what the condition would have done in the last year; both are JSON.
    *site* begins the links in mails.
    """

    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=AlertKind.choices())
    metric = TenantForeignKey(Metric)
    version = models.PositiveIntegerField(default=1)
    since_on = models.DateField(null=True)
    switched_at = models.DateTimeField(null=True)
    site = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    watched_at = models.DateTimeField(null=True)
    standing = models.JSONField(null=True)
    preview = models.JSONField(null=True)
    previewed_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(since_on__isnull=True, switched_at__isnull=True)
                | models.Q(since_on__isnull=False, switched_at__isnull=False),
                name="analytics_alertrule_on_or_off",
            ),
            models.CheckConstraint(
                condition=models.Q(archived_at__isnull=True) | models.Q(since_on__isnull=True),
                name="analytics_alertrule_archived_is_off",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_on(self) -> bool:
        """Whether it is watched."""
        return self.since_on is not None


class AlertRuleVersion(TenantOwned):
    """One condition that a rule had or has; a changed one is a new version.

    *definition_version* is what the metric meant when the target was set; null is not known.
    """

    rule = TenantForeignKey(AlertRule)
    number = models.PositiveIntegerField()
    definition_version = models.PositiveIntegerField(null=True)
    config = models.JSONField()
    at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "rule", "number"], name="analytics_alertruleversion_once"
            )
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class AlertListener(TenantOwned):
    """A member who is told when a rule rings."""

    rule = TenantForeignKey(AlertRule)
    member = TenantForeignKey(Membership)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "rule", "member"], name="analytics_alertlistener_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.member_id)


class Alert(TenantOwned):
    """What rang: once in each *episode* of its rule, and never taken out of the log.

    *episode* names the epoch by its first day, the answer, or the hour of many answers. *figure*
    is JSON: what was counted, its limits, its target and what selects the rows; *rang_on* the day
    of the answer that made it ring, *noticed_at* when that was seen. *standing* says what later
    corrections of answers made of it: "" nothing, "moved" it rings at another answer now, "gone"
    it would not ring on the answers as they are.

    *owner* sees to it. It is snoozed before the day *snoozed_until*, for a reason; *snoozed_value*
    is where the level lay then, null for single answers. *woken_at* is when its last snooze ended
    by itself. *state* is decided here, for all who ask.
    """

    class Standing(models.TextChoices):
        """What corrections made of an alert."""

        SAME = "", "As it rang"
        MOVED = "moved", "Rings at another answer now"
        GONE = "gone", "Would not ring any more"

    rule = TenantForeignKey(AlertRule)
    version = models.PositiveIntegerField()
    episode = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    figure = models.JSONField()
    rang_on = models.DateField()
    noticed_at = models.DateTimeField()
    standing = models.CharField(max_length=5, choices=Standing, blank=True, default="")
    corrected_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = TenantForeignKey(Membership, null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = TenantForeignKey(Membership, null=True)
    closing_note = models.CharField(max_length=500, blank=True)
    owner = TenantForeignKey(Membership, null=True)
    snoozed_until = models.DateField(null=True)
    snoozed_at = models.DateTimeField(null=True)
    snoozed_by = TenantForeignKey(Membership, null=True)
    snoozed_value = models.FloatField(null=True)
    snooze_reason = models.CharField(max_length=LONGEST_REASON, blank=True, default="")
    woken_at = models.DateTimeField(null=True)
    state = models.GeneratedField(
        expression=models.Case(
            models.When(closed_at__isnull=False, then=models.Value(AlertState.CLOSED.value)),
            models.When(
                acknowledged_at__isnull=False, then=models.Value(AlertState.ACKNOWLEDGED.value)
            ),
            models.When(snoozed_until__isnull=False, then=models.Value(AlertState.SNOOZED.value)),
            default=models.Value(AlertState.OPEN.value),
        ),
        output_field=models.CharField(max_length=12, choices=AlertState.choices()),
        db_persist=True,
    )

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "rule", "episode"], name="analytics_alert_once_an_episode"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True)
                | models.Q(acknowledged_at__isnull=False),
                name="analytics_alert_closed_is_acknowledged",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-noticed_at", "-id"], name="analytics_alert_noticed"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state_label(self) -> str:
        """Name its state for people."""
        return AlertState(self.state).label
