"""Churn by its definitions: the rules, the times of customers, what was counted."""

from __future__ import annotations

from django.db import models

from analytics.rules.churn import ChurnKind
from cxm.customers.models import Customer
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned


class ChurnDefinition(TenantOwned):
    """When a customer counts as gone: a named rule. Several stand side by side, one leads.

    *version* is the number of the rule in force; *counted_at* says when its spans were counted
    last.
    """

    key = models.SlugField(max_length=60, db_index=False)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=ChurnKind.choices())
    version = models.PositiveIntegerField(default=1)
    is_headline = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"], name="analytics_churndefinition_one_per_key"
            ),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=models.Q(is_headline=True),
                name="analytics_churndefinition_one_headline",
            ),
            models.CheckConstraint(
                condition=models.Q(is_headline=False) | models.Q(archived_at__isnull=True),
                name="analytics_churndefinition_headline_is_live",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ChurnDefinitionVersion(TenantOwned):
    """One rule that a definition had or has; a changed rule is a new version."""

    definition = TenantForeignKey(ChurnDefinition)
    number = models.PositiveIntegerField()
    config = models.JSONField()
    at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "definition", "number"],
                name="analytics_churndefinitionversion_once",
            )
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class ChurnSpan(TenantOwned):
    """A time in which somebody was a customer, by one definition: from *from_at*, before *to_at*.

    *customer* is the root of all rows of one person, *number* counts their spans from 1: the
    second is a reactivation, never a new customer. Open spans have no end. *reason* is why it
    ended, where a contract says so. Of the first span *touchpoint_id* and *channel_id* say where
    that person was met first of all, as the contact was written down: what was merged since is
    looked up by who reads it.
    """

    # It goes with its customer when an import is taken back.
    IS_COUNTED_ANEW = True

    definition = TenantForeignKey(ChurnDefinition)
    customer = TenantForeignKey(Customer)
    number = models.PositiveIntegerField()
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=120, blank=True, db_default="")
    touchpoint_id = models.UUIDField(null=True)
    channel_id = models.UUIDField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "definition", "customer", "number"],
                name="analytics_churnspan_once",
            ),
            models.CheckConstraint(
                condition=models.Q(to_at__isnull=True) | models.Q(to_at__gte=models.F("from_at")),
                name="analytics_churnspan_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "definition", "from_at"], name="analytics_churnspan_from"
            ),
            models.Index(fields=["tenant", "definition", "to_at"], name="analytics_churnspan_to"),
        ]

    def __str__(self) -> str:
        return f"span {self.number}"


class ChurnRun(TenantOwned):
    """What one count of a definition found, as its pages show it; both are JSON.

    *brief* is what most pages need; *result*, all the rest, is large.
    """

    definition = TenantForeignKey(ChurnDefinition)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    brief = models.JSONField()
    result = models.JSONField()

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "definition", "-at", "id"], name="analytics_churnrun_time"
            )
        ]

    def __str__(self) -> str:
        return f"run of version {self.version}"
