"""Ways of looking at a page that somebody keeps under a name."""

from __future__ import annotations

from django.db import models

from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned


class SavedView(TenantOwned):
    """A kept address: the name of a page (*scope*, of one journey's with its id) and its query."""

    scope = models.CharField(max_length=120)
    owner = TenantForeignKey(Membership)
    is_shared = models.BooleanField(default=False)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2_000)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "scope", "owner", "name"], name="collaboration_savedview_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
