"""Lists of people whom a distribution asks: brought by somebody, looked at, then asked."""

from __future__ import annotations

from django.db import models

from cxm.customers.models import Customer
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from feedback.models.distributing import Distribution
from feedback.rules.distribution.words import ListState


class AskList(TenantOwned):
    """People whom *distribution* asks once; a draft until somebody has looked at its rows."""

    distribution = TenantForeignKey(Distribution)
    title = models.CharField(max_length=200)
    state = models.CharField(
        max_length=7, choices=ListState.choices(), default=ListState.DRAFT.value
    )
    by = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "distribution", "-created_at"], name="feedback_asklist_of"
            )
        ]

    def __str__(self) -> str:
        return self.title


class AskListRow(TenantOwned):
    """One row of a list: *told* is {values, facts} as they were brought, or why it is not asked.

    Once the person is found or made, *customer* says who it is, and what named them is taken out.
    """

    ask_list = TenantForeignKey(AskList)
    number = models.PositiveIntegerField()
    told = models.JSONField(default=dict)
    fault = models.CharField(max_length=200, blank=True)
    is_known = models.BooleanField(default=False)
    customer = TenantForeignKey(Customer, null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "ask_list", "number"], name="feedback_asklistrow_number"
            )
        ]
        indexes = [models.Index(fields=["tenant", "customer"], name="feedback_asklistrow_customer")]

    def __str__(self) -> str:
        return f"{self.number}"
