"""Recurring revenue by definitions of churn that look at contracts."""

from __future__ import annotations

from django.db import models

from analytics.models.churn import ChurnDefinition
from cxm.customers.models import Company, Customer
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import TenantOwned


class RevenueSpan(TenantOwned):
    """What a holder of contracts pays a month from *from_on*, before *to_on*, in one currency.

    *customer* is the root of all rows of one person; or it is a *company*. Contracts that run
    side by side are added up; times without an amount have no row. Open spans have no end.
    """

    # It goes with its customer when an import is taken back.
    IS_COUNTED_ANEW = True

    definition = TenantForeignKey(ChurnDefinition)
    customer = TenantForeignKey(Customer, null=True)
    company = TenantForeignKey(Company, null=True)
    currency = models.CharField(max_length=3)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "definition", "customer", "company", "currency", "from_on"],
                nulls_distinct=False,
                name="analytics_revenuespan_once",
            ),
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gt=models.F("from_on")),
                name="analytics_revenuespan_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="analytics_revenuespan_amount_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"revenue from {self.from_on}"
