"""Drivers: what was asked, and what was found."""

from __future__ import annotations

from django.db import models

from cxm.tenants.models import TenantOwned


class DriverRun(TenantOwned):
    """The newest answer to one question of what goes with an outcome; one row a question.

    *key* names the question by its outcome and filter, *question* is the query of its address.
    *result* is JSON, null until it was worked out *at* a moment from data whose *data_hash* tells
    whether they changed; *version* is that of the outcome's definition then. Nobody is named in
    it: people are only counted.
    """

    key = models.CharField(max_length=64)
    question = models.TextField()
    asked_at = models.DateTimeField()
    at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(null=True)
    data_hash = models.CharField(max_length=64, blank=True, db_default="")
    result = models.JSONField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"], name="analytics_driverrun_one_per_question"
            ),
            models.CheckConstraint(
                condition=models.Q(at__isnull=True, result__isnull=True)
                | models.Q(at__isnull=False, result__isnull=False),
                name="analytics_driverrun_has_a_result_when_done",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-at", "id"], name="analytics_driverrun_time")]

    def __str__(self) -> str:
        return f"drivers of {self.question}"
