"""Pairs that may be one person, as people decide about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F

from cxm.customers.models import Customer, MergeProposal
from cxm.customers.rules.likeness import Compared
from cxm.customers.selectors.cards import Card, agreeing, compared_cards, read_cards

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.customers.selectors.subjects import Looking
    from cxm.tenants.models import Tenant

REASON_WORDS = {
    "email": "the same e-mail address in two spellings",
    "phone": "the same phone number and similar names",
    "company": "the same name at the same company",
    "conflict": "one record named both of them",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A proposal side by side: *stays* is whom the two would be shown as."""

    proposal: MergeProposal
    stays: Card
    goes: Card
    lines: list[Compared]
    agreeing: list[str]
    reason: str
    has_two_numbers: bool
    at: datetime

    @property
    def sides(self) -> tuple[Card, Card]:
        """Both, the one that stays first."""
        return self.stays, self.goes


def reason_words(reason: str) -> str:
    """Say why two people may be one."""
    return REASON_WORDS.get(reason, reason)


def proposals_listed(tenant: Tenant, state: str) -> QuerySet[MergeProposal]:
    """Select the proposals in *state*, newest first.

    Those whose two are one by now, or of whom one was erased, are left out.
    """
    rows = MergeProposal.objects.for_tenant(tenant).filter(
        state=state, first__root__erased_at=None, second__root__erased_at=None
    )
    if state != MergeProposal.State.MERGED:
        rows = rows.exclude(first__root=F("second__root"))
    return (
        rows.select_related("first", "second")
        .defer("first__words", "second__words", "first__attributes", "second__attributes")
        .order_by("-at", "-pk")
    )


def read_pairs(looking: Looking, proposals: Iterable[MergeProposal]) -> list[Pair]:
    """Put the two people of each of *proposals* side by side. Four queries."""
    rows = list(proposals)
    cards = read_cards(looking, {root for row in rows for root in _roots(row)})
    return [_pair(looking, row, *(cards[root] for root in _roots(row))) for row in rows]


def _pair(looking: Looking, proposal: MergeProposal, first: Card, second: Card) -> Pair:
    stays, goes = sorted((first, second), key=_standing)
    lines = compared_cards(stays, goes)
    return Pair(
        proposal=proposal,
        stays=stays,
        goes=goes,
        lines=lines,
        agreeing=agreeing(lines),
        reason=reason_words(proposal.reason),
        has_two_numbers=bool(stays.namespaces & goes.namespaces),
        at=proposal.at.astimezone(looking.zone),
    )


def _standing(card: Card) -> tuple[bool, int, object]:
    """Order whom to keep: known people first, then by how much is recorded, then the older."""
    return card.is_visitor, -card.counts.interactions, card.root.pk


def _roots(proposal: MergeProposal) -> tuple[UUID, UUID]:
    first: Customer = proposal.first
    second: Customer = proposal.second
    return first.root_id, second.root_id
