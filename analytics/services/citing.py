"""Citing a figure of a persona's segment as evidence for or against one of its statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.collaboration.models import Evidence
from cxm.collaboration.services.evidence import take_evidence
from personas.services.citing import cite_evidence

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.collaboration.services.evidence import Observation
    from cxm.tenants.models import Membership
    from personas.models import PersonaFact


@transaction.atomic
def cite_figure(
    *, statement: PersonaFact, seen: Observation, by: Membership, now: datetime
) -> Evidence:
    """Cite a figure, as `selectors.citing.figure_seen` gives it, under a statement.

    The same figure of the same day in the same direction is one piece of evidence, under however
    many statements. *statement* has its tenant at hand. Raises RefusedError.
    """
    rows = Evidence.objects.for_tenant(statement.tenant_id).filter(
        kind=seen.kind,
        polarity=seen.polarity,
        excerpt=seen.excerpt,
        subjects=seen.subjects,
        observed_on=seen.observed_on,
        archived_at=None,
    )
    evidence: Evidence | None = rows.order_by("pk").first()
    if evidence is None:
        evidence = take_evidence(tenant=statement.tenant, seen=seen, by=by, now=now)
    cite_evidence(statement=statement, evidence=evidence, by=by, now=now)
    return evidence
