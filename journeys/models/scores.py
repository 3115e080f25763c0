"""How opportunities and solutions are scored."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from journeys.models.library import Opportunity, Solution
from journeys.rules.library import ScoreOrigin, ScoreSubject


class ScoreModel(TenantOwned):
    """Inputs and formulas; *inputs* and *formulas* are as `journeys.rules.scoring` reads them.

    *x*, *y* and *size* name what the matrix draws.
    """

    key = models.SlugField(max_length=63, db_index=False)
    title = models.CharField(max_length=120)
    subject = models.CharField(max_length=12, choices=ScoreSubject.choices())
    inputs = models.JSONField()
    formulas = models.JSONField()
    x = models.CharField(max_length=63)
    y = models.CharField(max_length=63)
    size = models.CharField(max_length=63, blank=True)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="journeys_scoremodel_key"),
            models.UniqueConstraint(
                fields=["tenant", "subject"],
                condition=Q(is_default=True, archived_at__isnull=True),
                name="journeys_scoremodel_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Score(TenantOwned):
    """One input of an item, with its interval; the newest holds, older ones are kept."""

    model = TenantForeignKey(ScoreModel)
    opportunity = TenantForeignKey(Opportunity, null=True)
    solution = TenantForeignKey(Solution, null=True)
    input = models.CharField(max_length=63)
    value = models.FloatField(null=True)
    lo = models.FloatField(null=True)
    hi = models.FloatField(null=True)
    n = models.PositiveIntegerField(null=True)
    origin = models.CharField(max_length=8, choices=ScoreOrigin.choices())
    reason = models.CharField(max_length=1_000, blank=True)
    at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(opportunity__isnull=True, solution__isnull=False)
                | Q(opportunity__isnull=False, solution__isnull=True),
                name="journeys_score_of_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "opportunity", "-at"], name="journeys_score_opportunity"
            ),
            models.Index(fields=["tenant", "solution", "-at"], name="journeys_score_solution"),
        ]
