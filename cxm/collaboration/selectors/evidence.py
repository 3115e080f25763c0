"""Reads of evidence: the list of all, and what a reader may see of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import FETCH_RAISE, Q

from cxm.collaboration.models import Asset, Evidence
from cxm.collaboration.rules.grading import Piece
from cxm.collaboration.rules.kinds import EvidenceKind, Polarity
from cxm.collaboration.rules.uses import evidence_origins, evidence_uses

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from cxm.collaboration.rules.uses import Use
    from cxm.tenants.models import Tenant

MOST_ASSETS = 500


@dataclass(frozen=True, slots=True)
class EvidenceShown:
    """A piece of evidence as one reader may know it.

    Without the right to read excerpts only kind, day, number and direction are told: excerpt,
    source, address, file and *origins* (the answer it was taken from) are empty then.
    """

    row: Evidence
    is_told: bool
    uses: Sequence[Use] = ()
    origins: Sequence[Use] = ()

    @property
    def excerpt(self) -> str:
        """Give what was said or seen."""
        return self.row.excerpt if self.is_told else ""

    @property
    def source_label(self) -> str:
        """Give where it is from, in words."""
        return self.row.source_label if self.is_told else ""

    @property
    def url(self) -> str:
        """Give the address of the web page."""
        return self.row.url if self.is_told else ""

    @property
    def asset(self) -> Asset | None:
        """Give the file."""
        return self.row.asset if self.is_told else None

    @property
    def is_cleared(self) -> bool:
        """Whether the excerpt is gone because a customer was erased."""
        return self.row.cleared_at is not None

    @property
    def people(self) -> str:
        """Say of how many it tells: "5 people", or "412 answers" of a figure."""
        n = self.row.subjects
        if self.row.kind == EvidenceKind.METRIC:
            return f"{n:,} answer{'' if n == 1 else 's'}"
        return f"{n:,} {'person' if n == 1 else 'people'}"


def evidence_listed(
    tenant: Tenant,
    *,
    q: str = "",
    kind: str = "",
    polarity: str = "",
    is_archived: bool = False,
    sees_excerpts: bool = True,
) -> QuerySet[Evidence]:
    """List evidence, the latest observation first, with files.

    *q* is part of the excerpt or the source; it finds nothing for readers who see neither. A
    *kind* or *polarity* that there is not filters nothing.
    """
    rows = Evidence.objects.for_tenant(tenant).filter(archived_at__isnull=not is_archived)
    if q:
        rows = rows.filter(Q(excerpt__icontains=q) | Q(source_label__icontains=q))
        rows = rows if sees_excerpts else rows.none()
    if kind in set(EvidenceKind):
        rows = rows.filter(kind=kind)
    if polarity in set(Polarity):
        rows = rows.filter(polarity=polarity)
    rows = rows.select_related("tenant", "asset").order_by("-observed_on", "-pk")
    return rows.fetch_mode(FETCH_RAISE)


def evidence_shown(
    tenant: Tenant, rows: Sequence[Evidence], *, sees_excerpts: bool
) -> list[EvidenceShown]:
    """Show *rows* in their order, with where each is used and where it is from."""
    ids = [row.pk for row in rows]
    uses = evidence_uses.of(tenant, ids)
    origins = evidence_origins.of(tenant, ids) if sees_excerpts else {}
    return [
        EvidenceShown(row, sees_excerpts, uses.get(row.pk, ()), origins.get(row.pk, ()))
        for row in rows
    ]


def piece_of(evidence: Evidence) -> Piece:
    """Give what the truth meter needs of a piece of evidence."""
    return Piece(
        EvidenceKind(evidence.kind),
        Polarity(evidence.polarity),
        evidence.subjects,
        evidence.observed_on,
    )


def asset_choices(tenant: Tenant) -> list[tuple[str, str]]:
    """List the files that can be named as evidence by name, up to 500: pairs of id and name."""
    rows = Asset.objects.for_tenant(tenant).order_by("name", "pk")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")[:MOST_ASSETS]]


def day_in(tenant: Tenant, now: datetime) -> date:
    """Give the day that it is where the tenant is."""
    return now.astimezone(ZoneInfo(tenant.time_zone)).date()
