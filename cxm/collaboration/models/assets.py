"""Files that people added: pictures and documents, the same bytes kept once for a tenant."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned


class Asset(TenantOwned):
    """A stored file, known by its bytes.

    *path* lies under MEDIA_ROOT; *sha256* is of the bytes as they are kept (pictures are drawn
    anew, without what the camera wrote beside them) and *mime* what they turned out to be.
    *width* and *height* are pixels, null where the file is no picture.
    """

    name = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mime = models.CharField(max_length=100)
    bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    alt = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "sha256"], name="collaboration_asset_once"),
            models.CheckConstraint(
                condition=Q(width__isnull=True, height__isnull=True)
                | Q(width__isnull=False, height__isnull=False),
                name="collaboration_asset_both_sides",
            ),
        ]

    def __str__(self) -> str:
        return self.name
