"""Rollups, the ledger that keeps them exact, what checks found, and verdicts that were given."""

from __future__ import annotations

from django.db import models

from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import TenantOwned
from journeys.models import Target
from journeys.rules.promises import Direction


class HistogramColumns(models.Model):
    """Counts of the eleven positions of a scale, their sums, and sums of weights.

    `cI` counts the ratings on position I, `n` all of them; `wI` sums the weights of the
    weighted ones, `wn` counts those, `ww` sums their squared weights. Sums of weights are null
    where nothing is weighted: most surveys are not, and nulls cost readers nothing.
    """

    c0 = models.IntegerField(default=0)
    c1 = models.IntegerField(default=0)
    c2 = models.IntegerField(default=0)
    c3 = models.IntegerField(default=0)
    c4 = models.IntegerField(default=0)
    c5 = models.IntegerField(default=0)
    c6 = models.IntegerField(default=0)
    c7 = models.IntegerField(default=0)
    c8 = models.IntegerField(default=0)
    c9 = models.IntegerField(default=0)
    c10 = models.IntegerField(default=0)
    n = models.IntegerField(default=0)
    w0 = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    w1 = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    w2 = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    w3 = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    w4 = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    w5 = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    w6 = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    w7 = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    w8 = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    w9 = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    w10 = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    wn = models.IntegerField(default=0)
    ww = models.DecimalField(max_digits=40, decimal_places=20, null=True)

    class Meta:
        abstract = True


class RollupKey(models.Model):
    """What a day row counts. Bare ids: the ratings they come from hold the references."""

    metric_id = models.UUIDField()
    survey_id = models.UUIDField(null=True)
    touchpoint_id = models.UUIDField(null=True)
    channel_id = models.UUIDField(null=True)
    persona_id = models.UUIDField(null=True)
    day = models.DateField()

    class Meta:
        abstract = True


KEY_COLUMNS = ("metric_id", "survey_id", "touchpoint_id", "channel_id", "persona_id", "day")
VALUE_COLUMNS = (
    *(f"c{i}" for i in range(11)),
    "n",
    *(f"w{i}" for i in range(11)),
    "wn",
    "ww",
)

# The rows of the ledger turned into the columns of a day row; to be grouped by the key. Of the
# same types as those: sums of plain integers cost readers a third of sums of decimals.
PIVOTED = ", ".join(
    (
        *(f"coalesce(sum(n) FILTER (WHERE position = {i}), 0)::int" for i in range(11)),
        "sum(n)::int",
        *(f"sum(w) FILTER (WHERE position = {i} AND w <> 0)" for i in range(11)),
        "sum(wn)::int",
        "sum(ww) FILTER (WHERE ww <> 0)",
    )
)


def _sum_of_counts() -> models.expressions.Combinable:
    total: models.expressions.Combinable = models.F("c0")
    for position in range(1, 11):
        total = total + models.F(f"c{position}")
    return total


class RatingDay(RollupKey, HistogramColumns, TenantOwned):
    """The counted ratings of one day, metric, survey, touchpoint and channel."""

    generation = models.PositiveIntegerField(default=1)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "tenant",
                    "generation",
                    "metric_id",
                    "day",
                    "touchpoint_id",
                    "channel_id",
                    "survey_id",
                    "persona_id",
                ],
                name="analytics_ratingday_one_per_key",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(n=_sum_of_counts()),
                name="analytics_ratingday_n_is_the_sum_of_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.day}: {self.n}"


class RatingDelta(RollupKey, TenantOwned):
    """Signed differences that are not folded into the day rows yet; written by triggers only.

    One row a day row and position of the scale: *n* ratings came (or went), their weights sum
    to *w*, *wn* of them carry one, the squared weights sum to *ww*.
    """

    position = models.SmallIntegerField()
    n = models.IntegerField()
    w = models.DecimalField(max_digits=30, decimal_places=10)
    wn = models.IntegerField()
    ww = models.DecimalField(max_digits=40, decimal_places=20)

    class Meta(TenantOwned.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.metric_id} {self.day} {self.position}: {self.n}"


class RollupGeneration(TenantOwned):
    """Which generation of day rows is read; a rebuild fills the next one and switches."""

    current = models.PositiveIntegerField(default=1)
    rebuilt_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], name="analytics_rollupgeneration_one_per_tenant"
            )
        ]

    def __str__(self) -> str:
        return str(self.current)


class RollupCheck(TenantOwned):
    """One comparison of the rollups with the rows."""

    at = models.DateTimeField()
    rows = models.BigIntegerField()
    differences = models.IntegerField()
    details = models.JSONField(default=list)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "-at", "id"], name="analytics_rollupcheck_time")]

    def __str__(self) -> str:
        return f"{self.differences} differences"


class TargetAssessment(TenantOwned):
    """The verdict on a promise at the day it was due: written once, never changed.

    *promised*, *direction* and *margin* are the promise as it was then. Days are half-open;
    *low* and *high* are the interval of the difference at *confidence*, corrected for *tests*
    promises of the map. *needed* answers more would say something, *visible* is the smallest
    change that so many answers could show.
    """

    target = TenantForeignKey(Target)
    due_on = models.DateField()
    promised = models.FloatField()
    direction = models.CharField(max_length=4, choices=Direction.choices())
    margin = models.FloatField(null=True)
    verdict = models.CharField(max_length=12)
    needed = models.PositiveIntegerField(null=True)
    visible = models.FloatField(null=True)
    value_before = models.FloatField(null=True)
    n_before = models.PositiveIntegerField()
    before_start_on = models.DateField()
    before_end_on = models.DateField()
    value_now = models.FloatField(null=True)
    n_now = models.PositiveIntegerField()
    now_start_on = models.DateField()
    now_end_on = models.DateField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    tests = models.PositiveSmallIntegerField()
    confidence = models.FloatField()
    definition_version = models.PositiveSmallIntegerField()
    decided_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "target", "due_on"],
                name="analytics_targetassessment_one_per_due",
            ),
        ]
