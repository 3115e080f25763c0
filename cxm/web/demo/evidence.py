"""What a made-up company has observed, and citing it under the statements of its personas."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cxm.collaboration.rules.kinds import Polarity
from cxm.collaboration.selectors.evidence import day_in
from cxm.collaboration.services.evidence import Observation, take_evidence
from personas.models import PersonaFact
from personas.services.citing import cite_evidence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.tenants.models import Membership, Tenant
    from cxm.web.demo.company import EvidencePlan
    from personas.models import Persona


def cite_plans(
    persona: Persona,
    plans: Sequence[EvidencePlan],
    *,
    by: Membership,
    at: datetime,
    now: datetime,
) -> None:
    """Cite *plans* under the statements of *persona* as done *at* a moment; they age from *now*."""
    rows = PersonaFact.objects.for_tenant(persona.tenant).filter(persona=persona)
    statements = {row.text: row for row in rows.select_related("tenant")}
    for plan in plans:
        seen = seen_by(persona.tenant, plan, now=now)
        evidence = take_evidence(tenant=persona.tenant, seen=seen, by=by, now=at)
        cite_evidence(statement=statements[plan.statement], evidence=evidence, by=by, now=at)


def seen_by(tenant: Tenant, plan: EvidencePlan, *, now: datetime) -> Observation:
    """Give what *plan* says was observed, on a day of the tenant before *now*."""
    return Observation(
        kind=plan.kind,
        polarity=Polarity.CONTRADICTS if plan.is_against else Polarity.SUPPORTS,
        source_label=plan.source,
        observed_on=day_in(tenant, now - timedelta(days=plan.days_ago)),
        excerpt=plan.excerpt,
        subjects=plan.subjects,
    )
