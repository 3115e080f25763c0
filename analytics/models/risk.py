"""The risk that customers leave: what a count found, each customer's chances, who may see them."""

from __future__ import annotations

from django.db import models

from analytics.models.churn import ChurnDefinition
from cxm.customers.models import Customer
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import TenantOwned


class RiskSetting(TenantOwned):
    """Whether those who serve customers see risks; one a tenant, none: they do."""

    is_hidden_from_agents = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="analytics_risksetting_one_per_tenant")
        ]

    def __str__(self) -> str:
        return "hidden from agents" if self.is_hidden_from_agents else "shown to agents"


class RiskRun(TenantOwned):
    """What one count by one version of a definition found, as JSON.

    *cut_at* parts what the trial learned from and what it was held against, *data_hash* is of
    all rows it read, and *seed* chose the people where not all were learned from.
    """

    definition = TenantForeignKey(ChurnDefinition)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    cut_at = models.DateTimeField()
    seed = models.PositiveIntegerField()
    data_hash = models.CharField(max_length=64)
    is_offered = models.BooleanField()
    result = models.JSONField()

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "definition", "-at", "id"], name="analytics_riskrun_time"
            )
        ]

    def __str__(self) -> str:
        return f"run of version {self.version}"


class RiskScore(TenantOwned):
    """One customer of the newest run of a definition: chances (0 to 1) to be lost, and why.

    *customer* is the root of all rows of one person, *coverage* (0 to 1) the share of inputs that
    are known of them. *reasons* are the inputs that make the most of it, as JSON. *amount* is
    what they pay a month and *at_stake* that times *within_90*; none where no contract runs.
    """

    # It goes with its customer when an import is taken back.
    IS_COUNTED_ANEW = True

    definition = TenantForeignKey(ChurnDefinition)
    run = TenantForeignKey(RiskRun)
    customer = TenantForeignKey(Customer)
    within_30 = models.FloatField()
    within_60 = models.FloatField()
    within_90 = models.FloatField()
    coverage = models.FloatField()
    reasons = models.JSONField()
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    at_stake = models.FloatField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "definition", "customer"], name="analytics_riskscore_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    within_30__gte=0,
                    within_60__gte=models.F("within_30"),
                    within_90__gte=models.F("within_60"),
                    within_90__lte=1,
                ),
                name="analytics_riskscore_chances_grow",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "definition", "-within_90", "id"],
                name="analytics_riskscore_chance",
            ),
            models.Index(fields=["tenant", "customer"], name="analytics_riskscore_customer"),
        ]

    def __str__(self) -> str:
        return f"{100 * self.within_90:.0f} % within 90 days"

    @property
    def within_30_percent(self) -> float:
        """The chance within 30 days, in percent."""
        return 100 * self.within_30

    @property
    def within_90_percent(self) -> float:
        """The chance within 90 days, in percent."""
        return 100 * self.within_90

    @property
    def coverage_percent(self) -> float:
        """The share of inputs that are known, in percent."""
        return 100 * self.coverage
