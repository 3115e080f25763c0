"""Channels and touchpoints: the registry that maps, events and surveys share."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Lower, Now

from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from cxm.tenants.querysets import TenantQuerySet


class RegistryQuerySet[M: models.Model](TenantQuerySet[M]):
    """Row filters for registries."""

    def live(self) -> Self:
        """Leave out what was archived."""
        return self.filter(archived_at__isnull=True)


class Medium(models.TextChoices):
    """What a channel physically is."""

    WEB = "web", "Website"
    APP = "app", "App"
    EMAIL = "email", "E-mail"
    PHONE = "phone", "Phone"
    SMS = "sms", "SMS"
    CHAT = "chat", "Chat"
    SOCIAL = "social", "Social media"
    POST = "post", "Post"
    STORE = "store", "Store"
    PERSON = "person", "In person"
    DEVICE = "device", "Device"
    OTHER = "other", "Other"


class Channel(TenantOwned):
    """A medium through which customers and the organisation meet."""

    class Ownership(models.TextChoices):
        """Whose the channel is."""

        OWNED = "owned", "Owned"
        EARNED = "earned", "Earned"
        PAID = "paid", "Paid"

    key = models.SlugField(max_length=60, db_index=False)
    title = models.CharField(max_length=120)
    medium = models.CharField(max_length=8, choices=Medium, default=Medium.OTHER)
    ownership = models.CharField(max_length=8, choices=Ownership, default=Ownership.OWNED)
    ord = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)
    merged_into = TenantForeignKey("self", null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RegistryQuerySet["Channel"].as_manager()  # type: ignore[misc]  # narrower than the base

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"], name="touchpoints_channel_one_per_key"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Touchpoint(TenantOwned):
    """A registered contact between a customer and the organisation."""

    class Kind(models.TextChoices):
        """Whether something is said or done."""

        COMMUNICATION = "communication", "Communication"
        ACTION = "action", "Action"

    class Initiator(models.TextChoices):
        """Who begins the contact."""

        CUSTOMER = "customer", "Customer"
        ORGANISATION = "organisation", "We"
        THIRD_PARTY = "third_party", "Third party"

    key = models.SlugField(max_length=60, db_index=False)
    title = models.CharField(max_length=120)
    channel = TenantForeignKey(Channel, null=True)
    interaction = models.CharField(max_length=13, choices=Kind, default=Kind.ACTION)
    initiator = models.CharField(max_length=12, choices=Initiator, default=Initiator.CUSTOMER)
    owner = TenantForeignKey(Membership, null=True)
    description = models.TextField(max_length=2000, blank=True)
    archived_at = models.DateTimeField(null=True)
    merged_into = TenantForeignKey("self", null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RegistryQuerySet["Touchpoint"].as_manager()  # type: ignore[misc]  # narrower than the base

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"], name="touchpoints_touchpoint_one_per_key"
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")),
                name="touchpoints_touchpoint_not_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TouchpointAlias(TenantOwned):
    """Another name of a touchpoint: old keys, heads and labels of imports land here."""

    touchpoint = TenantForeignKey(Touchpoint)
    source = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                "tenant", "source", Lower("name"), name="touchpoints_alias_one_meaning"
            )
        ]

    def __str__(self) -> str:
        return self.name


class TouchpointRule(TenantOwned):
    """Gives events their touchpoint: of all enabled rules that match, the first one does.

    First is the lowest *priority*, then the oldest. An empty *source*, *interaction_kind* or
    *event_name* matches all; *event_name* may end in `*`. *conditions* is a list of tests
    `{"path": "properties.plan", "op": "eq", "value": …}`, all of which must hold. Without a
    *channel* the touchpoint's own is taken.
    """

    touchpoint = TenantForeignKey(Touchpoint)
    channel = TenantForeignKey(Channel, null=True)
    priority = models.IntegerField(default=100)
    source = models.CharField(max_length=60, blank=True)
    interaction_kind = models.CharField(max_length=12, blank=True)
    event_name = models.CharField(max_length=200, blank=True)
    conditions = models.JSONField(default=list)
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "priority", "id"], name="touchpoints_rule_order"),
            models.Index(fields=["tenant", "touchpoint"], name="touchpoints_rule_touchpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.event_name or 'any event'} → {self.touchpoint_id}"
