"""Repeat purchases: what counts as one, what was found, and each customer's numbers."""

from __future__ import annotations

from django.db import models

from cxm.customers.models import Customer
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned


class PurchaseDefinition(TenantOwned):
    """What a workspace calls a purchase; one a tenant. *version* is the number in force."""

    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], name="analytics_purchasedefinition_one_per_tenant"
            )
        ]

    def __str__(self) -> str:
        return "Repeat customers"


class PurchaseDefinitionVersion(TenantOwned):
    """Settings that were or are in force; changed ones are a new version."""

    definition = TenantForeignKey(PurchaseDefinition)
    number = models.PositiveIntegerField()
    config = models.JSONField()
    at = models.DateTimeField()
    by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "definition", "number"],
                name="analytics_purchasedefinitionversion_once",
            )
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class PurchaseRun(TenantOwned):
    """What one count found by one version, as JSON."""

    definition = TenantForeignKey(PurchaseDefinition)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    result = models.JSONField()

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "definition", "-at", "id"], name="analytics_purchaserun_time"
            )
        ]

    def __str__(self) -> str:
        return f"run of version {self.version}"


class RepeatCustomer(TenantOwned):
    """One customer of the newest run: purchases until then, and what to expect of them.

    *repeats* are the days of purchase after the first, *last_weeks* lies between first and last,
    *age_weeks* between first and the day of the run. *alive* is the chance (0 to 1) that they
    still buy, None without a repeat purchase; *expected* are the purchases within the horizon,
    *value* what they leave, *mean_spend* the mean amount of the repeat ones. None where the
    model, or an amount, is missing.
    """

    # It goes with its customer when an import is taken back.
    IS_COUNTED_ANEW = True

    customer = TenantForeignKey(Customer)
    first_on = models.DateField()
    last_on = models.DateField()
    repeats = models.PositiveIntegerField()
    last_weeks = models.FloatField()
    age_weeks = models.FloatField()
    mean_spend = models.FloatField(null=True)
    alive = models.FloatField(null=True)
    expected = models.FloatField(null=True)
    value = models.FloatField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "customer"], name="analytics_repeatcustomer_once"
            ),
            models.CheckConstraint(
                condition=models.Q(alive__isnull=True)
                | models.Q(repeats__gt=0, alive__gte=0, alive__lte=1),
                name="analytics_repeatcustomer_alive_is_a_chance",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "value", "id"], name="analytics_repeatcustomer_value"),
            models.Index(fields=["tenant", "alive", "id"], name="analytics_repeatcustomer_alive"),
        ]

    def __str__(self) -> str:
        return f"{self.repeats} repeat purchases"

    @property
    def percent(self) -> float | None:
        """The chance that they still buy, in percent."""
        return None if self.alive is None else 100 * self.alive
