"""Which answers are cited as evidence."""

from __future__ import annotations

from django.db import models

from cxm.collaboration.models import Evidence
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import TenantOwned
from feedback.models.surveys import Response


class EvidenceAnswer(TenantOwned):
    """An answer that is the source of a piece of evidence."""

    evidence = TenantForeignKey(Evidence)
    response = TenantForeignKey(Response)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "evidence"], name="feedback_evidence_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "response"], name="feedback_evidence_response"),
        ]
