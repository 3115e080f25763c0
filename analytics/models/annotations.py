"""What people and programs write down beside figures: a release, a campaign, an incident."""

from __future__ import annotations

from django.db import models

from analytics.rules.annotations import (
    LONGEST_KEY,
    LONGEST_LINK,
    LONGEST_TEXT,
    LONGEST_TITLE,
    AnnotationKind,
)
from cxm.metrics.models import Metric
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned


class Annotation(TenantOwned):
    """Something that happened on *day*, or from then to *last_on*, inclusive.

    With *metric* it stands beside that metric alone. *key* is what a program calls it, null for
    what people wrote: it is written down once however often it is sent. *by* is null for programs.
    """

    kind = models.CharField(max_length=10, choices=AnnotationKind.choices())
    title = models.CharField(max_length=LONGEST_TITLE)
    text = models.CharField(max_length=LONGEST_TEXT, blank=True)
    link = models.CharField(max_length=LONGEST_LINK, blank=True)
    day = models.DateField()
    last_on = models.DateField(null=True)
    metric = TenantForeignKey(Metric, null=True)
    key = models.CharField(max_length=LONGEST_KEY, null=True)  # noqa: DJ001 - null is no key at all
    by = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"], name="analytics_annotation_one_per_key"
            ),
            models.CheckConstraint(
                condition=models.Q(last_on__isnull=True) | models.Q(last_on__gte=models.F("day")),
                name="analytics_annotation_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-day", "-id"], name="analytics_annotation_by_day")
        ]

    def __str__(self) -> str:
        return self.title
