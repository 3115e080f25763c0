"""Segments: saved rules that select customers, and who was in them when."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from cxm.customers.models.customer import Customer
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from cxm.touchpoints.models import RegistryQuerySet


class Segment(TenantOwned):
    """A saved rule that selects customers; *version* is the number of the rule in force.

    *size* and *refreshed_at* are of the last refresh; a refresh that failed leaves its reason
    in *error* and the membership as it was.
    """

    key = models.SlugField(max_length=60, db_index=False)
    title = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    is_pinned = models.BooleanField(default=False)
    size = models.BigIntegerField(null=True)
    refreshed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    by = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    archived_at = models.DateTimeField(null=True)

    objects = RegistryQuerySet["Segment"].as_manager()  # type: ignore[misc]  # narrower than the base

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="customers_segment_one_per_key")
        ]

    def __str__(self) -> str:
        return self.title


class SegmentVersion(TenantOwned):
    """One wording of a segment's rule; never changed."""

    segment = TenantForeignKey(Segment)
    number = models.PositiveIntegerField()
    rule = models.JSONField()
    by = TenantForeignKey(Membership, null=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "segment", "number"], name="customers_segmentversion_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} version {self.number}"


class SegmentMember(TenantOwned):
    """That a customer (a root) was in a segment from one moment to another."""

    segment = TenantForeignKey(Segment)
    customer = TenantForeignKey(Customer)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "customer", "segment"], name="customers_segmentmember_of"
            ),
            models.Index(
                fields=["tenant", "segment", "from_at"], name="customers_segmentmember_from"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "segment", "customer"],
                condition=models.Q(to_at__isnull=True),
                name="customers_segmentmember_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.segment_id}"
