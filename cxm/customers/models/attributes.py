"""What is known of customers, and the companies they belong to."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from cxm.customers.models.customer import Customer
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import TenantOwned
from cxm.work.models import Batch


class AttributeDef(TenantOwned):
    """What an attribute of customers or companies is; unknown ones arrive as unmapped."""

    class Scope(models.TextChoices):
        """Whose attribute it is."""

        CUSTOMER = "customer", "Customer"
        COMPANY = "company", "Company"

    class Type(models.TextChoices):
        """What its values are."""

        UNMAPPED = "unmapped", "Not described yet"
        TEXT = "text", "Text"
        NUMBER = "number", "Number"
        DATE = "date", "Date"
        BOOL = "bool", "Yes or no"
        CHOICE = "choice", "Choice"

    class Personal(models.TextChoices):
        """How far it tells who somebody is."""

        NONE = "none", "Not personal"
        PERSONAL = "personal", "Personal"
        SPECIAL = "special", "Special category"

    key = models.CharField(max_length=120)
    title = models.CharField(max_length=120)
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.CUSTOMER)
    type = models.CharField(max_length=8, choices=Type, default=Type.UNMAPPED)
    personal = models.CharField(max_length=8, choices=Personal, default=Personal.PERSONAL)
    first_seen_at = models.DateTimeField(db_default=Now())

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "scope", "key"], name="customers_attributedef_one_per_key"
            )
        ]

    def __str__(self) -> str:
        return self.title


class AttributeValue(TenantOwned):
    """What an attribute of a customer was said to be, by whom, since when.

    *valid_from* is when it became true, *recorded_at* when we heard of it; the row without
    *replaced_at* is what `Customer.attributes` shows.
    """

    customer = TenantForeignKey(Customer)
    key = models.CharField(max_length=120)
    value = models.JSONField(null=True)
    valid_from = models.DateTimeField()
    recorded_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=60)
    batch = TenantForeignKey(Batch, null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "customer", "key"], name="customers_attribute_of"),
            models.Index(
                fields=["tenant", "batch"],
                condition=models.Q(batch__isnull=False),
                name="customers_attribute_batch",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "customer", "key"],
                condition=models.Q(replaced_at__isnull=True),
                name="customers_attribute_one_current",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"


class Company(TenantOwned):
    """An organisation that customers belong to."""

    name = models.CharField(max_length=200)
    namespace = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=200)
    attributes = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    batch = TenantForeignKey(Batch, null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "batch"],
                condition=models.Q(batch__isnull=False),
                name="customers_company_batch",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "namespace", "external_id"], name="customers_company_one_per_id"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class CompanyMember(TenantOwned):
    """That a customer belongs to a company."""

    company = TenantForeignKey(Company)
    customer = TenantForeignKey(Customer)
    role = models.CharField(max_length=80, blank=True)
    since = models.DateTimeField()
    batch = TenantForeignKey(Batch, null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "customer"], name="customers_companymember_of"),
            models.Index(
                fields=["tenant", "batch"],
                condition=models.Q(batch__isnull=False),
                name="customers_companymember_batch",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "company", "customer"], name="customers_companymember_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} at {self.company_id}"
