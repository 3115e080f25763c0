"""Reports that are sent by mail: what they hold, who gets them, and what each run said."""

from __future__ import annotations

from django.db import models

from analytics.rules.report_rhythm import Pace
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned


class Report(TenantOwned):
    """What is sent, when and how. *pages* is JSON, see `analytics.rules.reports`.

    *next_at* is the moment it is due, null while it is paused or archived.
    """

    title = models.CharField(max_length=120)
    pages = models.JSONField()
    pace = models.CharField(max_length=7, choices=Pace.choices())
    hour = models.PositiveSmallIntegerField()
    day = models.PositiveSmallIntegerField(default=0)
    has_pdf = models.BooleanField(default=True)
    has_xlsx = models.BooleanField(default=False)
    skips_unchanged = models.BooleanField(default=False)
    owner = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(archived_at__isnull=True) | models.Q(next_at__isnull=True),
                name="analytics_report_archived_is_not_due",
            ),
            models.CheckConstraint(
                condition=models.Q(hour__lte=23), name="analytics_report_hour_of_a_day"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "next_at"], name="analytics_report_due")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_paused(self) -> bool:
        """Whether nobody gets it until it is resumed."""
        return self.next_at is None and self.archived_at is None


class ReportRecipient(TenantOwned):
    """A member who gets a report; *stopped_at* is since when they do not want it."""

    report = TenantForeignKey(Report)
    member = TenantForeignKey(Membership)
    stopped_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "report", "member"], name="analytics_reportrecipient_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.member_id)


class ReportRun(TenantOwned):
    """One sending: at the moment it was due, or at once for the member *only_for*.

    *pages* are those of the report when the run was made, however it is changed later; empty in
    runs of before they were kept.
    """

    class State(models.TextChoices):
        """How far the run is."""

        WAITING = "waiting", "Being made"
        MADE = "made", "Made"
        SKIPPED = "skipped", "Nothing changed"
        FAILED = "failed", "Failed"

    report = TenantForeignKey(Report)
    due_at = models.DateTimeField()
    only_for = TenantForeignKey(Membership, null=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(null=True)
    pages = models.JSONField(default=list, db_default=[])

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "report", "due_at", "only_for"],
                name="analytics_reportrun_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.due_at:%Y-%m-%d %H:%M}"


class ReportEdition(TenantOwned):
    """What a run said to all who see the same: *sections* as they were read, never changed.

    *sight* says whose: rights and dashboards in sight. *digest* is of what the sections say.
    """

    run = TenantForeignKey(ReportRun)
    sight = models.CharField(max_length=64)
    sections = models.JSONField()
    left_out = models.PositiveSmallIntegerField(default=0)
    digest = models.CharField(max_length=64)
    as_of = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "run", "sight"], name="analytics_reportedition_once"
            )
        ]

    def __str__(self) -> str:
        return self.sight


class ReportFile(TenantOwned):
    """An edition as a file; taken away after 90 days, the edition stays."""

    edition = TenantForeignKey(ReportEdition)
    ending = models.CharField(max_length=4)
    content = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "edition", "ending"], name="analytics_reportfile_once"
            )
        ]
        indexes = [models.Index(fields=["tenant", "made_at"], name="analytics_reportfile_made")]

    def __str__(self) -> str:
        return self.ending


class ReportMail(TenantOwned):
    """The mail of a run to one member: sent once."""

    class State(models.TextChoices):
        """How far the mail is."""

        WAITING = "waiting", "Being sent"
        SENT = "sent", "Sent"
        UNWANTED = "unwanted", "Not sent: left, switched off, or sees other parts by now"
        FAILED = "failed", "Failed"

    run = TenantForeignKey(ReportRun)
    edition = TenantForeignKey(ReportEdition)
    member = TenantForeignKey(Membership)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    error = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "run", "member"], name="analytics_reportmail_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.state}"
