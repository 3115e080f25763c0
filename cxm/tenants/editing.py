"""Bases of rows that people edit together, and of the log of what they did."""

from __future__ import annotations

from django.db import models

from cxm.kernel.operations.records import Deed, Source
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import ApiKey, Membership, TenantOwned


class Edited(TenantOwned):
    """A row that operations change; see `cxm.kernel.operations`.

    `field_revs` maps a field to the number of the operation that last set it. Rows are deleted
    by a mark, so that undo, comments and links find them again.
    """

    field_revs = models.JSONField(default=dict)
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = TenantForeignKey(Membership, null=True)
    updated_at = models.DateTimeField()
    updated_by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        abstract = True


class OrderedEdited(Edited):
    """An edited row with a place among its siblings: an order string, compared sign by sign."""

    ord = models.CharField(max_length=120, db_collation="C")

    class Meta(Edited.Meta):
        abstract = True


class OperationRow(TenantOwned):
    """One operation of a document: appended, never changed. Its id is the client's own.

    Tables made from it name the document, and keep (tenant, document, seq) unique.
    """

    seq = models.PositiveIntegerField()
    batch = models.UUIDField()
    deed = models.CharField(max_length=10, choices=[(d.value, d.value) for d in Deed])
    kind = models.CharField(max_length=40)
    lineage = models.UUIDField()
    field = models.CharField(max_length=60, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    member = TenantForeignKey(Membership, null=True)
    api_key = TenantForeignKey(ApiKey, null=True)
    at = models.DateTimeField()
    source = models.CharField(max_length=12, choices=[(s.value, s.value) for s in Source])
    undo_of = models.UUIDField(null=True)

    class Meta(TenantOwned.Meta):
        abstract = True
