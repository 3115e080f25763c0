"""Contracts: paid relations with a beginning, perhaps an end, and an amount a month."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from cxm.customers.models.attributes import Company
from cxm.customers.models.customer import Customer
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import TenantOwned


class Contract(TenantOwned):
    """What one customer or one company pays for, from *started_on* to *ended_on*, its last day.

    *source* and *external_id* name it for good: what comes under them again corrects it. Another
    amount is another contract that begins where this one ends.
    """

    customer = TenantForeignKey(Customer, null=True)
    company = TenantForeignKey(Company, null=True)
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=200)
    plan = models.CharField(max_length=80, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField(null=True)
    amount_per_month = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    end_reason = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "customer"],
                condition=models.Q(customer__isnull=False),
                name="customers_contract_customer",
            ),
            models.Index(
                fields=["tenant", "company"],
                condition=models.Q(company__isnull=False),
                name="customers_contract_company",
            ),
            models.Index(fields=["tenant", "-started_on", "-id"], name="customers_contract_start"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source", "external_id"], name="customers_contract_one_per_id"
            ),
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False, company__isnull=True)
                | models.Q(customer__isnull=True, company__isnull=False),
                name="customers_contract_of_one_holder",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True)
                | models.Q(ended_on__gte=models.F("started_on")),
                name="customers_contract_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_per_month__gte=0),
                name="customers_contract_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"),
                name="customers_contract_currency_of_three_letters",
            ),
        ]

    def __str__(self) -> str:
        # Nameless: a number may hold what names a person.
        return f"contract {self.pk}"
