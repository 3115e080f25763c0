"""Evidence in tests: written down, and cited under statements."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from cxm.collaboration.rules.kinds import EvidenceKind, Polarity
from cxm.collaboration.services.evidence import Observation, take_evidence
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.personas import editing

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.collaboration.models import Evidence
    from cxm.tenants.models import Membership

TODAY = make.NOW.date()


def seen(*, days: int = 0, **told: Any) -> Observation:
    """Give one quote of *days* ago, or what else is *told*."""
    on: date = told.pop("observed_on", TODAY - timedelta(days=days))
    values: dict[str, Any] = {
        "kind": EvidenceKind.QUOTE,
        "polarity": Polarity.SUPPORTS,
        "source_label": "Interview 7",
        "excerpt": "I never read the terms.",
        "observed_on": on,
        **told,
    }
    return Observation(**values)


def evidence(member: Membership, **told: Any) -> Evidence:
    with tenant_bound(member.tenant_id):
        return take_evidence(tenant=member.tenant, seen=seen(**told), by=member, now=make.NOW)


def cited(member: Membership, of: UUID, statement: UUID, **told: Any) -> UUID:
    """Cite new evidence under a statement; gives the citation."""
    pk, row = new_id(), evidence(member, **told)
    values = {"evidence": str(row.pk)}
    editing.do(member, of, editing.create(pk, "citation", values, statement))
    return pk
