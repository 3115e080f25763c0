"""Writing evidence down, changing it, taking it off the lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.collaboration.models import Evidence
from cxm.collaboration.rules.evidence import (
    LONGEST_EXCERPT,
    LONGEST_SOURCE,
    LONGEST_URL,
    MOST_SUBJECTS,
    WRITTEN,
    day_fault,
    url_fault,
)
from cxm.collaboration.rules.evidence_errors import (
    ArchivedEvidenceError,
    EvidenceFieldError,
    TakenEvidenceError,
)
from cxm.collaboration.rules.kinds import EvidenceKind, Polarity
from cxm.collaboration.selectors.evidence import day_in
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey

if TYPE_CHECKING:
    from datetime import date, datetime

    from cxm.collaboration.models import Asset
    from cxm.tenants.models import Membership, Tenant

_CHANGED = ("excerpt", "source_label", "observed_on", "polarity", "subjects", "url", "asset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a piece of evidence says; *observed_on* is a day where the tenant is.

    *subjects* is the number of people it tells of (of a figure: its n), *url* only of web pages,
    *asset* only of files.
    """

    kind: EvidenceKind
    polarity: Polarity
    source_label: str
    observed_on: date
    excerpt: str = ""
    subjects: int = 1
    url: str = ""
    asset: Asset | None = None


def observed(evidence: Evidence) -> Observation:
    """Give what a piece of evidence says now; its file must be at hand."""
    values = {name: getattr(evidence, name) for name in _CHANGED if name != "polarity"}
    return Observation(
        kind=EvidenceKind(evidence.kind), polarity=Polarity(evidence.polarity), **values
    )


def write_evidence(
    *, tenant: Tenant, seen: Observation, by: Membership | ApiKey | None, now: datetime
) -> Evidence:
    """Write down what somebody observed: an interview, a quote, a web page, a file or a ticket.

    Raises EvidenceFieldError, which names what cannot be.
    """
    if seen.kind not in WRITTEN:
        message = "Answers and figures are cited where they stand. Choose another kind."
        raise EvidenceFieldError(message, field="kind")
    return take_evidence(tenant=tenant, seen=seen, by=by, now=now)


@transaction.atomic
def take_evidence(
    *, tenant: Tenant, seen: Observation, by: Membership | ApiKey | None, now: datetime
) -> Evidence:
    """Write down an observation of any kind, also one that is taken from an answer or a figure.

    Raises EvidenceFieldError.
    """
    _check(seen, day_in(tenant, now))
    evidence = Evidence.objects.create(
        tenant=tenant,
        kind=seen.kind,
        by=None if isinstance(by, ApiKey) else by,
        created_at=now,
        **{name: getattr(seen, name) for name in _CHANGED},
    )
    record(tenant=tenant, action="evidence-added", by=by, about=evidence)
    return evidence


@transaction.atomic
def change_evidence(
    *, evidence: Evidence, seen: Observation, by: Membership | ApiKey | None, now: datetime
) -> Evidence:
    """Change what was written down; the kind stays, and grades everywhere follow.

    Raises EvidenceFieldError, TakenEvidenceError for what was taken from an answer or a figure,
    and ArchivedEvidenceError.
    """
    kept = _locked(evidence)
    if kept.kind not in WRITTEN:
        raise TakenEvidenceError
    if kept.archived_at is not None:
        raise ArchivedEvidenceError
    if seen.kind != kept.kind:
        message = "The kind stays as it was: write down another piece instead."
        raise EvidenceFieldError(message, field="kind")
    _check(seen, day_in(evidence.tenant, now))
    changed = [name for name in _CHANGED if getattr(kept, name) != getattr(seen, name)]
    for name in changed:
        setattr(kept, name, getattr(seen, name))
    if changed:
        kept.save(update_fields=changed)
        told = {"fields": changed}
        record(tenant=evidence.tenant, action="evidence-changed", by=by, about=kept, changes=told)
    return kept


@transaction.atomic
def archive_evidence(
    *, evidence: Evidence, by: Membership | ApiKey | None, now: datetime
) -> Evidence:
    """Take evidence off the lists: it stays where it is cited, and counts there no more."""
    kept = _locked(evidence)
    if kept.archived_at is None:
        kept.archived_at = now
        kept.save(update_fields=["archived_at"])
        record(tenant=evidence.tenant, action="evidence-archived", by=by, about=kept)
    return kept


@transaction.atomic
def restore_evidence(*, evidence: Evidence, by: Membership | ApiKey | None) -> Evidence:
    """Bring archived evidence back: it counts again where it is cited."""
    kept = _locked(evidence)
    if kept.archived_at is not None:
        kept.archived_at = None
        kept.save(update_fields=["archived_at"])
        record(tenant=evidence.tenant, action="evidence-restored", by=by, about=kept)
    return kept


def _locked(evidence: Evidence) -> Evidence:
    rows = Evidence.objects.for_tenant(evidence.tenant_id).select_for_update(of=("self",))
    kept: Evidence = rows.select_related("tenant", "asset").get(pk=evidence.pk)
    return kept


def _check(seen: Observation, today: date) -> None:
    faults = {
        "source_label": _text_fault(seen.source_label, LONGEST_SOURCE, is_needed=True),
        "excerpt": _text_fault(seen.excerpt, LONGEST_EXCERPT, is_needed=_needs_words(seen)),
        "observed_on": day_fault(seen.observed_on, today),
        "subjects": "" if 0 < seen.subjects <= MOST_SUBJECTS else _of_whom(),
        "url": _url_fault(seen),
        "asset": _asset_fault(seen),
    }
    for field, words in faults.items():
        if words:
            raise EvidenceFieldError(words, field=field)


def _needs_words(seen: Observation) -> bool:
    return seen.kind not in {EvidenceKind.URL, EvidenceKind.FILE}


def _text_fault(text: str, most: int, *, is_needed: bool) -> str:
    if len(text) > most:
        return f"This is too long: up to {most:,} characters, not {len(text):,}."
    return "Write something here." if is_needed and not text.strip() else ""


def _of_whom() -> str:
    return f"Give a number of people from 1 to {MOST_SUBJECTS:,}."


def _url_fault(seen: Observation) -> str:
    if seen.kind is not EvidenceKind.URL:
        return "Only web pages have an address." if seen.url else ""
    return _text_fault(seen.url, LONGEST_URL, is_needed=True) or url_fault(seen.url)


def _asset_fault(seen: Observation) -> str:
    if seen.kind is not EvidenceKind.FILE:
        return "Only files have one." if seen.asset else ""
    return "" if seen.asset else "Choose the file."
