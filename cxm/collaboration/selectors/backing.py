"""How well something is backed by the evidence that is cited for and against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.collaboration.rules.grading import BACKED, Graded, Weighed, graded
from cxm.collaboration.rules.kinds import Grade, Polarity
from cxm.collaboration.selectors.evidence import (
    EvidenceShown,
    evidence_listed,
    evidence_shown,
    piece_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from cxm.collaboration.models import Evidence
    from cxm.tenants.models import Tenant

MOST_FOUND = 8
_NOTHING = Graded(Grade.ASSUMPTION)


@dataclass(frozen=True, slots=True)
class Backing:
    """What is cited for one subject, and the grade that this gives.

    *citations* are rows with an `evidence`, in their order; of those whose evidence is archived
    none is weighed. *graded* is what they say, *override* the grade that somebody set by hand (""
    for none), and *reason* why they did, where that is kept.
    """

    graded: Graded = _NOTHING
    override: str = ""
    citations: tuple[Any, ...] = ()
    reason: str = ""

    @property
    def grade(self) -> Grade:
        """Give the grade that holds."""
        return Grade(self.override) if self.override else self.graded.grade

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody set it."""
        return bool(self.override)

    @property
    def is_backed(self) -> bool:
        """Whether there is some evidence for it, or better."""
        return self.grade in BACKED

    @property
    def counting(self) -> int:
        """Count the pieces that are weighed."""
        return len(self.graded.lines)

    @property
    def newest_on(self) -> date | None:
        """Give the day of the newest piece that counts; None where nothing does."""
        return max((line.piece.observed_on for line in self.graded.lines), default=None)

    @property
    def supported_on(self) -> date | None:
        """Give the day of the newest piece that speaks for it; None where nothing does."""
        days = (
            line.piece.observed_on
            for line in self.graded.lines
            if line.piece.polarity is Polarity.SUPPORTS
        )
        return max(days, default=None)

    @property
    def lines(self) -> list[tuple[Any, Weighed | None]]:
        """Give each citation with what its evidence weighs; None where it weighs nothing."""
        weights = iter(self.graded.lines)
        return [
            (one, None if one.evidence.archived_at else next(weights)) for one in self.citations
        ]


def backing_by(
    citations: Sequence[Any], today: date, override: str = "", reason: str = ""
) -> Backing:
    """Grade a subject by what is cited for it, as of *today*; *override* is set by hand."""
    weight = weighed((one.evidence for one in citations), today)
    return Backing(weight, override, tuple(citations), reason if override else "")


def weighed(evidence: Iterable[Evidence], today: date) -> Graded:
    """Grade a subject by *evidence*, of which archived ones do not count."""
    return graded([piece_of(one) for one in evidence if one.archived_at is None], today)


def citable(
    tenant: Tenant, backing: Backing, *, q: str, sees_excerpts: bool
) -> list[EvidenceShown]:
    """Find evidence by words, the latest first: up to 8 pieces that are not cited yet."""
    cited = [one.evidence_id for one in backing.citations]
    rows = evidence_listed(tenant, q=q, sees_excerpts=sees_excerpts).exclude(pk__in=cited)
    return evidence_shown(tenant, list(rows[:MOST_FOUND]), sees_excerpts=sees_excerpts)
