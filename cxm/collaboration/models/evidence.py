"""What was observed, for or against what people say of their customers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cxm.collaboration.models.assets import Asset
from cxm.collaboration.rules.kinds import EvidenceKind, Polarity
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned


class Evidence(TenantOwned):
    """One observation.

    *subjects* says of how many people it tells; of a figure that is its n. The *excerpt* holds
    no names; when a customer it is from is erased, it is cleared, and kind, day and number stay.
    """

    kind = models.CharField(max_length=16, choices=EvidenceKind.choices())
    excerpt = models.CharField(max_length=2_000, blank=True)
    source_label = models.CharField(max_length=200)
    url = models.CharField(max_length=1_000, blank=True)
    asset = TenantForeignKey(Asset, null=True)
    polarity = models.CharField(max_length=12, choices=Polarity.choices())
    subjects = models.PositiveIntegerField(default=1)
    observed_on = models.DateField()
    cleared_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[k.value for k in EvidenceKind]),
                name="collaboration_evidence_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(polarity__in=[p.value for p in Polarity]),
                name="collaboration_evidence_known_polarity",
            ),
            models.CheckConstraint(
                condition=Q(subjects__gte=1), name="collaboration_evidence_of_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.source_label
