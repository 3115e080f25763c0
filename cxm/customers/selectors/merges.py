"""Why several rows are one person: their identifiers, their merges, and what undoing would move."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from cxm.customers.models import Customer, CustomerMerge, Identity
from cxm.customers.rules.event_words import source_words
from cxm.customers.rules.forest import path_of, roots, unmerged
from cxm.customers.rules.identity_words import (
    Strength,
    labelled,
    masked_identifier,
    spelled,
    strength_of,
)
from cxm.customers.rules.masking import customer_alias
from cxm.customers.rules.merge_words import unmerge_words, why
from cxm.customers.selectors.cards import RowCounts, read_counts
from cxm.customers.selectors.persons import mask_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from cxm.customers.selectors.subjects import Subject
    from cxm.tenants.models import Membership, Tenant


@dataclass(frozen=True, slots=True)
class IdentifierLine:
    """One identifier: what it is and whose, its source, since when, how far it can be trusted."""

    label: str
    value: str
    strength: Strength
    is_verified: bool
    is_shared: bool
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row of a person: its name, what lies on it, and why it is part of the person."""

    row: Customer
    name: str
    is_root: bool
    identifiers: list[IdentifierLine]
    counts: RowCounts
    because: str


@dataclass(frozen=True, slots=True)
class MergeLine:
    """One merge in the history of a person: who is whom, who said so, when, and why."""

    merge: CustomerMerge
    absorbed: str
    survivor: str
    at: datetime
    by: str
    why: str
    undone_at: datetime | None
    undone_by: str


@dataclass(frozen=True, slots=True)
class Identities:
    """Everything that says who a person is: *rows*, the root first; *merges*, newest first."""

    rows: list[RowLine]
    merges: list[MergeLine]


@dataclass(frozen=True, slots=True)
class UnmergePreview:
    """What taking a merge back would do: *leaving* and *staying* are the rows of each side."""

    line: MergeLine
    leaving: list[RowLine]
    staying: list[RowLine]
    words: str


def read_identities(subject: Subject) -> Identities:
    """Explain who *subject* is: each identifier, each row, each merge. Two queries."""
    merges = list(merges_of(subject.tenant, subject.ids))
    counts = read_counts(subject.tenant, subject.ids)
    lines = [_merge_line(subject, merge) for merge in merges]
    return Identities(_row_lines(subject, merges, lines, counts), lines)


def merges_of(tenant: Tenant, customer_ids: Iterable[UUID]) -> QuerySet[CustomerMerge]:
    """Select the merges, open and undone, that rows of a person take part in; newest first."""
    ids = list(customer_ids)
    rows = CustomerMerge.objects.for_tenant(tenant).filter(
        Q(absorbed__in=ids) | Q(survivor__in=ids)
    )
    return rows.select_related("by__user", "undone_by__user").order_by("-at", "-pk")


def preview_unmerge(subject: Subject, merge: CustomerMerge) -> UnmergePreview:
    """Say what would move if *merge*, an open one of *subject*, were taken back. Two queries."""
    found = read_identities(subject)
    edges = _edges(line.merge for line in found.merges)
    root_of = roots(subject.ids, unmerged(edges, merge.absorbed_id))
    leaving = [line for line in found.rows if root_of[line.row.pk] == merge.absorbed_id]
    staying = [line for line in found.rows if line not in leaving]
    moved = sum((line.counts for line in leaving), RowCounts())
    words = unmerge_words(
        [line.name for line in leaving],
        [line.name for line in staying],
        interactions=moved.interactions,
        responses=moved.responses,
    )
    [line] = [line for line in found.merges if line.merge.pk == merge.pk]
    return UnmergePreview(line, leaving, staying, words)


def _row_lines(
    subject: Subject,
    merges: Iterable[CustomerMerge],
    lines: Iterable[MergeLine],
    counts: Mapping[UUID, RowCounts],
) -> list[RowLine]:
    edges = _edges(merges)
    whys = {line.merge.absorbed_id: line for line in lines if not line.undone_at}
    identifiers = defaultdict(list)
    for identity in subject.identities:
        identifiers[identity.customer_id].append(_identifier(subject, identity))
    return [
        RowLine(
            row=row,
            name=_row_name(subject, row.pk),
            is_root=row.pk == subject.root.pk,
            identifiers=identifiers[row.pk],
            counts=counts[row.pk],
            because=_because(row.pk, edges, whys),
        )
        for row in subject.rows
    ]


def _because(row_id: UUID, edges: Mapping[UUID, UUID], whys: Mapping[UUID, MergeLine]) -> str:
    """Say in one sentence why a row is part of its person; empty for the root."""
    steps = path_of(row_id, edges)[:-1]
    told = [
        f"{whys[step].absorbed} was joined with {whys[step].survivor} on "
        f"{whys[step].at:%d %b %Y}{f' by {whys[step].by}' if whys[step].by else ''}"
        for step in steps
        if step in whys
    ]
    return f"{', and '.join(told)}." if told else ""


def _edges(merges: Iterable[CustomerMerge]) -> dict[UUID, UUID]:
    return {merge.absorbed_id: merge.survivor_id for merge in merges if not merge.undone_at}


def _merge_line(subject: Subject, merge: CustomerMerge) -> MergeLine:
    zone = subject.looking.zone
    return MergeLine(
        merge=merge,
        absorbed=_row_name(subject, merge.absorbed_id),
        survivor=_row_name(subject, merge.survivor_id),
        at=merge.at.astimezone(zone),
        by=_member_name(merge.by),
        why=_why(subject, merge),
        undone_at=merge.undone_at.astimezone(zone) if merge.undone_at else None,
        undone_by=_member_name(merge.undone_by),
    )


def _why(subject: Subject, merge: CustomerMerge) -> str:
    kind, value = str(merge.evidence.get("kind", "")), str(merge.evidence.get("value", ""))
    if subject.is_masked and value:
        value = masked_identifier(kind, value, key=mask_key(subject.tenant))
    reason = subject.shown(str(merge.evidence.get("reason", "")))
    return why(merge.rule, reason=reason, kind=kind, value=value)


def _identifier(subject: Subject, identity: Identity) -> IdentifierLine:
    value = spelled(identity.kind, identity.value, subject.phones)
    if subject.is_masked:
        value = masked_identifier(identity.kind, value, key=mask_key(subject.tenant))
    return IdentifierLine(
        label=labelled(Identity.Kind(identity.kind).label, identity.namespace),
        value=value,
        strength=strength_of(identity.kind, is_verified=identity.is_verified),
        is_verified=identity.is_verified,
        is_shared=identity.is_shared,
        source=source_words(identity.source) if identity.source else "",
        at=identity.created_at.astimezone(subject.looking.zone),
    )


def _row_name(subject: Subject, row_id: UUID) -> str:
    """Call one row so that two of one name can be told apart: "Maja Lindt (7f3a)"."""
    name = "" if subject.is_masked else _name(subject, row_id)
    return f"{name} ({row_id.hex[-4:]})" if name else customer_alias(row_id)


def _name(subject: Subject, row_id: UUID) -> str:
    """Give what one row is called; nothing for a row of somebody else by now."""
    return next((row.display_name for row in subject.rows if row.pk == row_id), "")


def _member_name(member: Membership | None) -> str:
    return member.user.get_full_name() if member else ""
