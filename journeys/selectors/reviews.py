"""Reviews of maps: the one that is open, what was said, and whether a map is approved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE

from journeys.models import JourneyMap, MapOp, ReviewRequest, ReviewRules, ReviewVote
from journeys.rules.approvals import Said, approvals_of, moved_on
from journeys.rules.kinds import MapState, MapStatus
from journeys.rules.reviews import ReviewState, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant
    from journeys.rules.approvals import Approvals


@dataclass(frozen=True, slots=True)
class VoteShown:
    """What one reviewer said, or that nothing was said yet; *fallen* says why it holds no more."""

    row: ReviewVote
    fallen: str

    @property
    def verdict(self) -> Verdict | None:
        """Give what was said; None for nothing yet."""
        return Verdict(self.row.verdict) if self.row.verdict else None


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """A round of review with what everybody said, who waits first to last."""

    row: ReviewRequest
    votes: Sequence[VoteShown]
    moved: str

    @property
    def is_open(self) -> bool:
        """Whether somebody may still say something."""
        return self.row.state == ReviewState.OPEN


def review_rules(tenant: Tenant | UUID) -> ReviewRules:
    """Give what a workspace demands of reviews; the usual, not stored, where nobody set it."""
    found = ReviewRules.objects.for_tenant(tenant).first()
    return found or ReviewRules()


def rounds_of(row: JourneyMap) -> QuerySet[ReviewRequest]:
    """List the rounds of review of a map, the newest first, with who asked. One query."""
    rounds = ReviewRequest.objects.for_tenant(row.tenant_id).filter(map=row)
    return rounds.select_related("by__user").order_by("-at", "-pk").fetch_mode(FETCH_RAISE)


def votes_by_round(row: JourneyMap) -> dict[UUID, list[ReviewVote]]:
    """Give what reviewers of a map said, by the id of the round, by name. One query."""
    found: dict[UUID, list[ReviewVote]] = {}
    for vote in _votes(row):
        found.setdefault(vote.request_id, []).append(vote)
    return found


def reviews_of(row: JourneyMap, *, rules: ReviewRules) -> list[ReviewShown]:
    """List the rounds of review of a map as its page shows them. Two queries."""
    votes = votes_by_round(row)
    return [
        ReviewShown(
            one,
            [VoteShown(vote, _fallen(vote, one, row, rules)) for vote in votes.get(one.pk, [])],
            moved_on(one.at_seq, row.head_seq),
        )
        for one in rounds_of(row)
    ]


def approvals(row: JourneyMap, *, rules: ReviewRules) -> Approvals:
    """Weigh all that reviewers said of a map, each what they said last. Three queries."""
    last: dict[UUID, Said] = {}
    for vote in _votes(row).exclude(verdict="").order_by("-at", "-pk"):
        verdict = Verdict(vote.verdict)
        last.setdefault(vote.reviewer_id, Said(vote.reviewer_id, verdict, vote.request.at_seq))
    return approvals_of(
        last.values(),
        authors=_authors(row),
        head_seq=row.head_seq,
        needed=rules.approvals_needed,
        falls_when_changed=rules.falls_when_changed,
    )


def compared_with(row: JourneyMap) -> JourneyMap | None:
    """Give what a map is reviewed against: the current map that holds, else what it began from.

    One query.
    """
    rows = JourneyMap.objects.for_tenant(row.tenant_id).select_related("tenant", "journey")
    if row.state == MapState.CURRENT:
        live = rows.filter(
            journey=row.journey_id,
            state=MapState.CURRENT,
            status=MapStatus.PUBLISHED,
            valid_to__isnull=True,
        )
        return live.first()
    return rows.filter(pk=row.baseline_id).first() if row.baseline_id else None


def _authors(row: JourneyMap) -> set[UUID]:
    """Give who drew a map, and who asked for reviews of it."""
    drew = MapOp.objects.for_tenant(row.tenant_id).filter(map=row, member__isnull=False)
    asked = ReviewRequest.objects.for_tenant(row.tenant_id).filter(map=row, by__isnull=False)
    both = drew.order_by().values_list("member").union(asked.order_by().values_list("by"))
    return {pk for (pk,) in both}


def _votes(row: JourneyMap) -> QuerySet[ReviewVote]:
    rows = ReviewVote.objects.for_tenant(row.tenant_id).filter(request__map=row)
    return rows.select_related("request", "reviewer__user").order_by("reviewer__user__name", "pk")


def _fallen(vote: ReviewVote, of: ReviewRequest, row: JourneyMap, rules: ReviewRules) -> str:
    """Say that an approval has fallen, and why; "" for one that holds, and for what is none."""
    if vote.verdict != Verdict.APPROVE or not rules.falls_when_changed:
        return ""
    moved = moved_on(of.at_seq, row.head_seq)
    return f"Holds no more: {moved}." if moved else ""
