"""Long work, what must still be done, and what can be undone."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import ApiKey, Membership, TenantOwned


class Outbox(TenantOwned):
    """One piece of work that was promised in a transaction and is not done yet.

    Finished rows are removed in the transaction of their effect. After too many attempts a
    row is parked with its reason, until a person retries or drops it.
    """

    class State(models.TextChoices):
        """Whether workers still try."""

        WAITING = "waiting"
        PARKED = "parked"

    task = models.CharField(max_length=80)
    arguments = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "state", "due_at"], name="work_outbox_due")]

    def __str__(self) -> str:
        return f"{self.task} ({self.attempts})"


class Batch(TenantOwned):
    """All that one import created or changed: what undo reads."""

    class State(models.TextChoices):
        """How far the batch is."""

        OPEN = "open"
        DONE = "done"
        UNDOING = "undoing"
        UNDONE = "undone"

    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    by = TenantForeignKey(Membership, null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "-started_at", "id"], name="work_batch_by_time")]

    def __str__(self) -> str:
        return self.title


class BatchChange(TenantOwned):
    """A registry row that a batch created (*before* is null) or changed."""

    batch = TenantForeignKey(Batch)
    table = models.CharField(max_length=63)
    row_id = models.UUIDField()
    before = models.JSONField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "batch", "table", "row_id"], name="work_batchchange_once_per_row"
            )
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}"


class Job(TenantOwned):
    """Work that a person waits for, with its progress."""

    class State(models.TextChoices):
        """How far the job is."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    OPEN_STATES = (State.QUEUED, State.RUNNING)

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=20, default="rows")
    message = models.CharField(max_length=300, blank=True)
    result_url = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    by = TenantForeignKey(Membership, null=True)
    api_key = TenantForeignKey(ApiKey, null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "-created_at", "id"], name="work_job_by_time"),
            models.Index(
                fields=["tenant", "state"],
                condition=models.Q(state__in=["queued", "running"]),
                name="work_job_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done__gte=0)
                & (models.Q(total__isnull=True) | models.Q(total__gte=0)),
                name="work_job_counts_are_not_negative",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Schedule(TenantOwned):
    """Something that is due again and again; read by one ticking task."""

    task = models.CharField(max_length=80)
    every_seconds = models.PositiveIntegerField()
    next_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "task"], name="work_schedule_once_per_task")
        ]

    def __str__(self) -> str:
        return self.task


class IdempotentAnswer(TenantOwned):
    """What a post with an idempotency key was answered; *status* is 0 while it is under way.

    *actor_id* is the membership or the API key that sent it.
    """

    actor_id = models.UUIDField()
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "created_at"], name="work_idempotent_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "actor_id", "key"], name="work_idempotentanswer_once_per_key"
            )
        ]

    def __str__(self) -> str:
        return self.key
