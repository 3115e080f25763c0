"""The one timeline of all that happens between customers and us."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from cxm.customers.models.attributes import Company
from cxm.customers.models.customer import Customer
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from cxm.touchpoints.models import Channel, Touchpoint, TouchpointRule
from cxm.work.models import Batch


class Interaction(TenantOwned):
    """Anything that happened between a customer and us: one row, one timeline.

    Facts stay on the customer they were recorded on; *touchpoint_rule* says which rule gave the
    touchpoint, if one did. Of *text* the first 10,000 characters are kept.
    """

    class Kind(models.TextChoices):
        """What happened."""

        EVENT = "event", "Event"
        PAGE = "page", "Page view"
        MESSAGE = "message", "Message"
        CALL = "call", "Call"
        VISIT = "visit", "Visit"
        ORDER_STEP = "order_step", "Order step"
        PAYMENT = "payment", "Payment"
        INVITATION = "invitation", "Invitation"
        RESPONSE = "response", "Response"
        CASE = "case", "Case"
        CONTRACT = "contract", "Contract"
        NOTE = "note", "Note"
        MERGE = "merge", "Merge"

    class Direction(models.TextChoices):
        """Who turned to whom."""

        IN = "in", "From the customer"
        OUT = "out", "From us"
        NONE = "none", "Neither"

    class Actor(models.TextChoices):
        """Who acted."""

        CUSTOMER = "customer", "Customer"
        AGENT = "agent", "One of us"
        SYSTEM = "system", "System"

    customer = TenantForeignKey(Customer, null=True)
    company = TenantForeignKey(Company, null=True)
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=200)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    day = models.DateField()
    is_zone_assumed = models.BooleanField(db_default=False)
    direction = models.CharField(max_length=4, choices=Direction, db_default=Direction.NONE)
    actor = models.CharField(max_length=8, choices=Actor, db_default=Actor.CUSTOMER)
    by = TenantForeignKey(Membership, null=True)
    channel = TenantForeignKey(Channel, null=True)
    touchpoint = TenantForeignKey(Touchpoint, null=True)
    touchpoint_rule = TenantForeignKey(TouchpointRule, null=True)
    thread_key = models.CharField(max_length=120, blank=True, db_default="")
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True, db_default="")
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(max_length=10_000, blank=True, db_default="")
    props = models.JSONField(default=dict)
    source = models.CharField(max_length=60)
    batch = TenantForeignKey(Batch, null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "customer", "-occurred_at", "id"],
                name="customers_interaction_time",
            ),
            models.Index(
                fields=["tenant", "batch"],
                condition=models.Q(batch__isnull=False),
                name="customers_interaction_batch",
            ),
            # A later file that knows just the order finds the customer by it.
            models.Index(
                fields=["tenant", "thread_key"],
                condition=~models.Q(thread_key=""),
                name="customers_interaction_thread",
            ),
            # Whether a rule may be removed, and what it gave a place to.
            models.Index(
                fields=["tenant", "touchpoint_rule"],
                condition=models.Q(touchpoint_rule__isnull=False),
                name="customers_interaction_rule",
            ),
            models.Index(
                fields=["tenant", "company"],
                condition=models.Q(company__isnull=False),
                name="customers_interaction_company",
            ),
            # What has come in since: who is to be asked about it. Next to nothing to keep up.
            BrinIndex(
                fields=["tenant", "received_at"],
                pages_per_range=32,
                autosummarize=True,
                name="customers_interaction_arrival",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class EventName(TenantOwned):
    """A name that events of one source carry, with how many came and how many found no home.

    Kept for at most `MOST_NAMES` names a tenant; further names are counted together under the
    empty name.
    """

    MOST_NAMES = 2_000

    source = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=Interaction.Kind)
    name = models.CharField(max_length=200, blank=True)
    seen = models.BigIntegerField(default=0)
    unmatched = models.BigIntegerField(default=0)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source", "kind", "name"], name="customers_eventname_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Promise(TenantOwned):
    """Something that we promised a customer, with the moment by which it is due."""

    customer = TenantForeignKey(Customer)
    text = models.CharField(max_length=300)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = TenantForeignKey(Membership, null=True)
    kept_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    closed_by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "customer", "due_at"], name="customers_promise_of"),
            models.Index(
                fields=["tenant", "due_at", "id"],
                condition=models.Q(kept_at__isnull=True, dropped_at__isnull=True),
                name="customers_promise_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kept_at__isnull=True) | models.Q(dropped_at__isnull=True),
                name="customers_promise_kept_or_dropped",
            )
        ]

    def __str__(self) -> str:
        return f"promise {self.pk}"


class Panel(TenantOwned):
    """A helpdesk that may show our customer panel: its addresses, and whether it still may."""

    title = models.CharField(max_length=120)
    origins = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = TenantForeignKey(Membership, null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        pass

    def __str__(self) -> str:
        return self.title
