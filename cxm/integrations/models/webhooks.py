"""Where events are sent, and the secrets that sign them."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cxm.integrations.rules.addresses import LONGEST_URL
from cxm.integrations.rules.kinds import Form, Reason, WebhookState
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned


class Webhook(TenantOwned):
    """An address that events of some *kinds* are sent to.

    *site* begins the links in what is sent. *failing_since* is when the receiver began to take
    nothing; until *throttled_until* nothing is sent, since it asked for a rest.
    """

    title = models.CharField(max_length=120)
    url = models.CharField(max_length=LONGEST_URL)
    kinds = ArrayField(models.CharField(max_length=60))
    form = models.CharField(max_length=10, choices=[(one.value, one.words) for one in Form])
    is_thin = models.BooleanField(default=False)
    site = models.CharField(max_length=200)
    state = models.CharField(
        max_length=8, choices=[(one.value, one.value) for one in WebhookState], default="active"
    )
    reason = models.CharField(
        max_length=8, choices=[(one.value, one.words) for one in Reason], blank=True
    )
    state_since = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    throttled_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in WebhookState]),
                name="integrations_webhook_known_state",
            ),
            models.CheckConstraint(
                condition=Q(state="active", reason="") | ~Q(state="active") & ~Q(reason=""),
                name="integrations_webhook_says_why_not",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def host(self) -> str:
        """Give the host of the address, which may hold a secret elsewhere."""
        return urlsplit(self.url).hostname or ""

    @property
    def reason_words(self) -> str:
        """Say why it is not active; "" when it is."""
        return Reason(self.reason).words


class WebhookSecret(TenantOwned):
    """A secret that signs what is sent; shown once, kept unreadable.

    Two of them sign while one replaces the other: the old one until *expires_at*.
    """

    webhook = TenantForeignKey(Webhook)
    sealed = models.CharField(max_length=300)
    hint = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "webhook"], name="integrations_secret_webhook"),
        ]

    def __str__(self) -> str:
        return f"{self.hint}…"
