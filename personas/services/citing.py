"""Citing evidence under statements, and grading by hand: operations, with undo and history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.collaboration.rules.evidence_errors import ArchivedEvidenceError
from cxm.collaboration.services.evidence import write_evidence
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed, Source
from cxm.kernel.operations.store import commit
from personas.models import PersonaFactEvidence
from personas.services.personas import actor_of
from personas.services.stores import PERSONAS

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.collaboration.models import Evidence
    from cxm.collaboration.rules.kinds import Grade
    from cxm.collaboration.services.evidence import Observation
    from cxm.kernel.operations.shapes import JSON
    from cxm.tenants.models import ApiKey, Membership
    from personas.models import PersonaFact


@transaction.atomic
def cite_evidence(
    *,
    statement: PersonaFact,
    evidence: Evidence,
    by: Membership | ApiKey | None,
    now: datetime,
    source: Source = Source.UI,
) -> None:
    """Cite *evidence* under a statement; one that was taken off comes back, cited twice is once.

    *statement* has its tenant at hand. Raises ArchivedEvidenceError and RefusedError.
    """
    if evidence.archived_at is not None:
        raise ArchivedEvidenceError
    rows = PersonaFactEvidence.objects.for_tenant(statement.tenant_id)
    before = rows.filter(fact=statement, evidence=evidence).first()
    if before is None:
        told: JSON = {"values": {"evidence": str(evidence.pk)}, "parent": str(statement.pk)}
        _do(statement, by, now, Deed.CREATE, new_id(), source=source, kind="citation", value=told)
    elif before.deleted_at is not None:
        _do(statement, by, now, Deed.RESTORE, before.pk, source=source)


@transaction.atomic
def cite_new_evidence(
    *,
    statement: PersonaFact,
    seen: Observation,
    by: Membership | ApiKey | None,
    now: datetime,
) -> Evidence:
    """Write down what was observed, and cite it under a statement.

    Raises EvidenceFieldError and RefusedError.
    """
    evidence = write_evidence(tenant=statement.tenant, seen=seen, by=by, now=now)
    cite_evidence(statement=statement, evidence=evidence, by=by, now=now)
    return evidence


def take_off_evidence(
    *,
    statement: PersonaFact,
    citation: PersonaFactEvidence,
    by: Membership | ApiKey | None,
    now: datetime,
) -> None:
    """Take a piece of evidence off a statement; the evidence itself stays. Raises RefusedError."""
    _do(statement, by, now, Deed.DELETE, citation.pk)


def grade_by_hand(
    *,
    statement: PersonaFact,
    grade: Grade | None,
    by: Membership | ApiKey | None,
    now: datetime,
) -> None:
    """Let *grade* hold for a statement, whatever its evidence says; None lets that speak again.

    Raises RefusedError.
    """
    value = grade.value if grade else ""
    if value != statement.grade_override:
        _do(statement, by, now, Deed.SET, statement.pk, field="grade_override", value=value)


def _do(
    statement: PersonaFact,
    by: Membership | ApiKey | None,
    now: datetime,
    deed: Deed,
    lineage: UUID,
    *,
    source: Source = Source.UI,
    kind: str = "",
    field: str = "",
    value: JSON = None,
) -> None:
    request = Request(statement.tenant, statement.persona_id, actor_of(by), now, source)
    asked = Asked(
        id=new_id(),
        batch=new_id(),
        op=deed,
        lineage=lineage,
        kind=kind,
        field=field,
        value=value,
    )
    commit(PERSONAS, request, [asked])
