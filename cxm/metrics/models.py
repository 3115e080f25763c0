"""What a metric is; its meaning is versioned, its scale never changes."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import TenantOwned
from cxm.touchpoints.models import RegistryQuerySet

POSITIONS = 11


class Metric(TenantOwned):
    """A question scale with a name.

    The histogram column of a value is (value - scale_offset) / scale_step, from 0 to 10.
    """

    class Kind(models.TextChoices):
        """What family the metric is of."""

        NPS = "nps", "Net Promoter Score"
        CSAT = "csat", "Satisfaction"
        CES = "ces", "Effort"
        RATING = "rating", "Rating"

    class Direction(models.TextChoices):
        """Which end of the scale is good."""

        HIGHER = "higher", "Higher is better"
        LOWER = "lower", "Lower is better"

    key = models.SlugField(max_length=60, db_index=False)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=Kind)
    scale_min = models.SmallIntegerField()
    scale_max = models.SmallIntegerField()
    scale_step = models.SmallIntegerField(default=1)
    scale_offset = models.SmallIntegerField(default=0)
    direction = models.CharField(max_length=6, choices=Direction, default=Direction.HIGHER)
    version = models.PositiveSmallIntegerField(default=1)
    ord = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RegistryQuerySet["Metric"].as_manager()  # type: ignore[misc]  # narrower than the base

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="metrics_metric_one_per_key"),
            models.CheckConstraint(
                condition=models.Q(scale_step__gt=0)
                & models.Q(scale_max__gt=models.F("scale_min"))
                & models.Q(scale_min__gte=models.F("scale_offset"))
                & models.Q(
                    scale_max__lte=models.F("scale_offset")
                    + models.F("scale_step") * (POSITIONS - 1)
                ),
                name="metrics_metric_scale_has_at_most_11_positions",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MetricVersion(TenantOwned):
    """How the values of a metric are read, from a moment on; rows are never changed.

    A new version rereads all history: rollups keep scores, not verdicts.
    """

    class Statistic(models.TextChoices):
        """What is made of the values."""

        NET = "net", "Share of favourable minus share of unfavourable"
        SHARE = "share", "Share of favourable"
        MEAN = "mean", "Mean"
        MEDIAN = "median", "Median"

    metric = TenantForeignKey(Metric)
    number = models.PositiveSmallIntegerField()
    favourable = ArrayField(models.SmallIntegerField())
    unfavourable = ArrayField(models.SmallIntegerField(), default=list)
    statistic = models.CharField(max_length=8, choices=Statistic)
    unit = models.CharField(max_length=20, blank=True)
    decimals = models.PositiveSmallIntegerField(default=0)
    min_n = models.PositiveIntegerField(default=30)
    description = models.TextField(max_length=2000)
    caution = models.TextField(max_length=2000, blank=True)
    from_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "metric", "number"], name="metrics_metricversion_one_per_number"
            ),
            models.CheckConstraint(
                condition=~models.Q(favourable__overlap=models.F("unfavourable")),
                name="metrics_metricversion_sets_are_disjoint",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
