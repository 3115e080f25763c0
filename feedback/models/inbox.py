"""The raw bytes that others sent us, who may send, and what was kept out."""

from __future__ import annotations

from django.db import models

from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from cxm.touchpoints.models import RegistryQuerySet
from cxm.work.models import Batch
from feedback.rules.senders import SenderKind


class EventSource(TenantOwned):
    """Something that sends us events: a website, an app, a server, or another tool's webhook.

    Whatever client it uses, its keys work on all event addresses. Times without an offset are
    read in *time_zone* (the tenant's where it is empty). Page views are left out unless
    *keeps_pages*. *key* is what rules and facts call it.

    A webhook (any *kind* but "client") has no keys: it sends to *address*, an id that nobody can
    guess, and signs with a SenderSecret. *mapping* says where its answers belong. While it is
    paused its bodies are stored and wait. *wrong_count* counts the requests that were refused
    for their signature; of the last one stand when and why.
    """

    key = models.SlugField(max_length=50, db_index=False)
    kind = models.CharField(
        max_length=12, choices=SenderKind.choices(), default="client", db_default="client"
    )
    address = models.CharField(max_length=43, blank=True, default="", db_default="")
    mapping = models.JSONField(default=dict, db_default={})
    paused_at = models.DateTimeField(null=True)
    wrong_count = models.PositiveIntegerField(default=0, db_default=0)
    wrong_at = models.DateTimeField(null=True)
    wrong_why = models.CharField(max_length=10, blank=True, default="", db_default="")
    title = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, blank=True)
    keeps_pages = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = TenantForeignKey(Membership, null=True)
    archived_at = models.DateTimeField(null=True)

    objects = RegistryQuerySet["EventSource"].as_manager()  # type: ignore[misc]  # narrower than the base

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"], name="feedback_eventsource_one_per_key"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="client", address="")
                | (~models.Q(kind="client") & ~models.Q(address="")),
                name="feedback_eventsource_webhooks_have_addresses",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_webhook(self) -> bool:
        """Whether another tool sends it in its own format, instead of a client of ours."""
        return self.kind != SenderKind.CLIENT


class SenderSecret(TenantOwned):
    """What a sender of webhooks signs with; kept sealed, and never shown again.

    Several work at once, so that one can replace another.
    """

    event_source = TenantForeignKey(EventSource)
    sealed = models.TextField()
    created_at = models.DateTimeField()
    created_by = TenantForeignKey(Membership, null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "event_source"], name="feedback_sendersecret_source")
        ]

    def __str__(self) -> str:
        return f"secret of {self.created_at:%Y-%m-%d}"


class WriteKey(TenantOwned):
    """A key with which events are sent; shown once, kept as a hash.

    Several keys of one source work at once, so that one can replace another: an old one ends at
    *expires_at*, or at once when revoked.
    """

    event_source = TenantForeignKey(EventSource)
    hint = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = TenantForeignKey(Membership, null=True)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "event_source"], name="feedback_writekey_source")]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key_hash"], name="feedback_writekey_once")
        ]

    def __str__(self) -> str:
        return f"{self.hint}…"


class Inbox(TenantOwned):
    """Bytes that somebody sent us, stored before anything is made of them."""

    class State(models.TextChoices):
        """What became of the bytes."""

        STORED = "stored", "Waiting"
        PARSED = "parsed", "Loaded"
        PARTLY = "partly", "Loaded in part"
        FAILED = "failed", "Failed"
        UNDONE = "undone", "Undone"

    source = models.CharField(max_length=60)
    adapter = models.CharField(max_length=40)
    delivery_key = models.CharField(max_length=120)
    received_at = models.DateTimeField()
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    event_source = TenantForeignKey(EventSource, null=True)
    envelope = models.JSONField(default=dict, db_default={})
    state = models.CharField(max_length=6, choices=State, default=State.STORED)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    batch = TenantForeignKey(Batch, null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "batch"], name="feedback_inbox_batch"),
            models.Index(
                fields=["tenant", "event_source", "-received_at", "-id"],
                condition=models.Q(event_source__isnull=False),
                name="feedback_inbox_events",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source", "delivery_key"], name="feedback_inbox_one_per_delivery"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.delivery_key}"


class RejectedRow(TenantOwned):
    """A row, or one score of it, that was kept out, with its reason."""

    batch = TenantForeignKey(Batch)
    inbox = TenantForeignKey(Inbox, null=True)
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=300, blank=True)
    code = models.CharField(max_length=40)
    message = models.CharField(max_length=500)
    raw = models.JSONField(default=list)
    is_whole_row = models.BooleanField()

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "batch", "line", "id"], name="feedback_rejected_batch")
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.code}"


class RejectedEvent(TenantOwned):
    """An event, or one value of it, that was kept out, with its reason.

    *position* counts the items of the body from 0; *path* points into the item; *raw* is the
    item as it came, cut at 4,000 characters. *times* says how often the same one was sent.
    """

    event_source = TenantForeignKey(EventSource)
    inbox = TenantForeignKey(Inbox)
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    path = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    message = models.CharField(max_length=500)
    raw = models.TextField(max_length=4_000, blank=True)
    received_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "event_source", "key"], name="feedback_rejectedevent_key"
            ),
            models.Index(
                fields=["tenant", "event_source", "-received_at", "-id"],
                name="feedback_rejectedevent_time",
            ),
            models.Index(fields=["tenant", "inbox"], name="feedback_rejectedevent_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.code} at {self.path}"
