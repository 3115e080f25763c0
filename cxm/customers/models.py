"""Customers, how they are recognised, and the one timeline of all that happens to them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import TenantOwned
from cxm.touchpoints.models import Channel, Touchpoint
from cxm.work.models import Batch


class Customer(TenantOwned):
    """A person we serve. Facts stay on the row they were recorded on; a merge moves *root*."""

    class Kind(models.TextChoices):
        """Whether we know who it is."""

        KNOWN = "known", "Known"
        VISITOR = "visitor", "Visitor"

    kind = models.CharField(max_length=7, choices=Kind, default=Kind.KNOWN)
    root = TenantForeignKey("self")
    display_name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=12, blank=True)
    attributes = models.JSONField(default=dict)
    batch = TenantForeignKey(Batch, null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "root"], name="customers_customer_root"),
            models.Index(fields=["tenant", "batch"], name="customers_customer_batch"),
        ]

    def __str__(self) -> str:
        return self.display_name or str(self.pk)


class Identity(TenantOwned):
    """One identifier of a customer in one namespace; its value is text, always."""

    class Kind(models.TextChoices):
        """What sort of identifier it is."""

        EMAIL = "email", "E-mail"
        PHONE = "phone", "Phone"
        EXTERNAL = "external", "Customer number"
        ANONYMOUS = "anonymous", "Anonymous id"
        DEVICE = "device", "Device"
        SOCIAL = "social", "Social"
        CARD = "card", "Card"

    customer = TenantForeignKey(Customer)
    kind = models.CharField(max_length=9, choices=Kind)
    namespace = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=300)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "customer"], name="customers_identity_customer")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "namespace", "value"], name="customers_identity_one_owner"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Interaction(TenantOwned):
    """Anything that happened between a customer and us: one row, one timeline."""

    class Kind(models.TextChoices):
        """What happened."""

        EVENT = "event", "Event"
        RESPONSE = "response", "Response"
        NOTE = "note", "Note"

    customer = TenantForeignKey(Customer, null=True)
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=200)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    day = models.DateField()
    channel = TenantForeignKey(Channel, null=True)
    touchpoint = TenantForeignKey(Touchpoint, null=True)
    title = models.CharField(max_length=200, blank=True)
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
            models.Index(fields=["tenant", "batch"], name="customers_interaction_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class IngestKey(TenantOwned):
    """What was taken in already: the same key from the same source has one effect."""

    source = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    object_kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    content_hash = models.CharField(max_length=32)
    batch = TenantForeignKey(Batch, null=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "batch"], name="customers_ingestkey_batch")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source", "key"], name="customers_ingestkey_one_effect"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"
