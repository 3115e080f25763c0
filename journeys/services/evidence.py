"""Evidence for and against what maps and the library say: citing it, and taking it off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.collaboration.models import Evidence
from cxm.collaboration.rules.evidence_errors import ArchivedEvidenceError
from cxm.collaboration.services.evidence import write_evidence
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from journeys.errors import NotNowError
from journeys.models import EvidenceLink, Insight, Lineage, Opportunity, Solution

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.collaboration.services.evidence import Observation
    from cxm.tenants.models import Membership, Tenant

type Cited = Insight | Opportunity | Solution | Lineage
MOST_CITED = 500
# The columns of EvidenceLink of which exactly one is set.
SUBJECTS = ("insight", "opportunity", "solution", "card", "step")
_COLUMNS: dict[type, str] = {
    Insight: "insight",
    Opportunity: "opportunity",
    Solution: "solution",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What evidence speaks for or against: an item of the library, or what stays of a card or step.

    *column* is the one of EvidenceLink that names it.
    """

    tenant: Tenant
    column: str
    row: Cited

    @classmethod
    def of(cls, tenant: Tenant, row: Cited) -> Subject:
        """Make one of an item, or of a lineage, which says by its kind what it is."""
        column = row.kind if isinstance(row, Lineage) else _COLUMNS[type(row)]
        if column not in SUBJECTS:
            message = "Evidence speaks for or against cards and steps, not for the rest of a map."
            raise NotNowError(message)
        return cls(tenant, column, row)


@transaction.atomic
def cite_evidence(
    *, subject: Subject, evidence: Evidence, by: Membership | ApiKey | None, now: datetime
) -> EvidenceLink:
    """Cite *evidence* for or against a subject; cited twice is cited once.

    Raises ArchivedEvidenceError, and NotNowError where the subject is archived or cites 500
    pieces.
    """
    _check_open(subject)
    kept = Evidence.objects.for_tenant(subject.tenant).select_for_update().get(pk=evidence.pk)
    if kept.archived_at is not None:
        raise ArchivedEvidenceError
    rows = EvidenceLink.objects.for_tenant(subject.tenant).filter(**{subject.column: subject.row})
    before: EvidenceLink | None = rows.filter(evidence=kept).first()
    if before is not None:
        return before
    if rows.count() >= MOST_CITED:
        message = f"Up to {MOST_CITED} pieces of evidence are cited for one thing."
        raise NotNowError(message)
    link = EvidenceLink.objects.create(
        tenant=subject.tenant,
        evidence=kept,
        created_at=now,
        by=None if isinstance(by, ApiKey) else by,
        **{subject.column: subject.row},
    )
    _record(subject, "evidence-cited", kept, by)
    return link


@transaction.atomic
def cite_new_evidence(
    *, subject: Subject, seen: Observation, by: Membership | ApiKey | None, now: datetime
) -> Evidence:
    """Write down what was observed, and cite it.

    Raises EvidenceFieldError, and what `cite_evidence` raises.
    """
    return cite_new_for_several(subjects=[subject], seen=seen, by=by, now=now)


@transaction.atomic
def cite_for_several(
    *,
    subjects: Sequence[Subject],
    evidence: Evidence,
    by: Membership | ApiKey | None,
    now: datetime,
) -> None:
    """Cite one piece of evidence for each of *subjects*, for all of them or for none.

    Raises what `cite_evidence` raises.
    """
    for subject in subjects:
        cite_evidence(subject=subject, evidence=evidence, by=by, now=now)


@transaction.atomic
def cite_new_for_several(
    *,
    subjects: Sequence[Subject],
    seen: Observation,
    by: Membership | ApiKey | None,
    now: datetime,
) -> Evidence:
    """Write down what was observed, and cite it for each of *subjects*, who are of one tenant.

    Raises EvidenceFieldError, and what `cite_evidence` raises.
    """
    evidence = write_evidence(tenant=subjects[0].tenant, seen=seen, by=by, now=now)
    cite_for_several(subjects=subjects, evidence=evidence, by=by, now=now)
    return evidence


@transaction.atomic
def take_off_evidence(
    *, subject: Subject, link: EvidenceLink, by: Membership | ApiKey | None
) -> None:
    """Take a piece of evidence off a subject; the evidence itself stays.

    Raises NotNowError where the subject is archived.
    """
    _check_open(subject)
    rows = EvidenceLink.objects.for_tenant(subject.tenant).filter(**{subject.column: subject.row})
    taken, _ = rows.filter(pk=link.pk).delete()
    if taken:
        _record(subject, "evidence-taken-off", link.evidence, by)


def _check_open(subject: Subject) -> None:
    """See that nothing is put away: an item, or the journey that a card or step is of."""
    kept = subject.row.journey if isinstance(subject.row, Lineage) else subject.row
    if kept.archived_at is not None:
        what = "The journey" if isinstance(subject.row, Lineage) else "It"
        message = f"{what} is archived. Restore it first."
        raise NotNowError(message)


def _record(
    subject: Subject, action: str, evidence: Evidence, by: Membership | ApiKey | None
) -> None:
    told = {subject.column: str(subject.row.pk)}
    record(tenant=subject.tenant, action=action, by=by, about=evidence, changes=told)
