"""Addresses that show one thing to people without an account."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned


class ShareLink(TenantOwned):
    """A link for outside: only the hash of its token is kept.

    *allow_kinds* are the kinds of parts that it shows (empty: all that may be shown);
    *freeze_seq* the operation whose state it shows, null for what holds now. *wrong_tries* counts
    passwords that did not fit since the last one that did.
    """

    label = models.CharField(max_length=120, blank=True)
    token_hash = models.CharField(max_length=64)
    password = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField()
    allow_kinds = ArrayField(models.CharField(max_length=40), default=list)
    freeze_seq = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)
    revoked_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    hits = models.PositiveIntegerField(default=0)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "token_hash"], name="collaboration_sharelink_once"
            ),
        ]

    def __str__(self) -> str:
        return self.label or "Link"


class ShareVisit(TenantOwned):
    """One visit: the beginning of the address it came from, and the family of its browser."""

    link = TenantForeignKey(ShareLink)
    at = models.DateTimeField()
    address_prefix = models.CharField(max_length=40, blank=True)
    agent_family = models.CharField(max_length=40, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "link", "-at"], name="collaboration_visit_link"),
        ]
