"""Reviews of maps: asking for one, saying what one thinks, taking it back, what is demanded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.collaboration.rules.kinds import NoticeKind
from cxm.collaboration.selectors.evidence import day_in
from cxm.collaboration.services.notices import tell_of_page
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.store import read_state
from cxm.tenants.audit import record
from cxm.tenants.models import Membership
from journeys.errors import NotApprovedError, NotNowError, ReviewError, UnsoundMapError
from journeys.models import JourneyMap, ReviewRequest, ReviewRules, ReviewVote
from journeys.rules.kinds import MapStatus
from journeys.rules.lint import errors
from journeys.rules.reviews import ReviewState, Verdict
from journeys.selectors.looking_over import facts_of
from journeys.selectors.reviews import approvals, compared_with, review_rules
from journeys.selectors.talking import readers_of
from journeys.services.stores import MAPS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import ApiKey, Tenant

MOST_REVIEWERS = 20
LONGEST_WORDS = 2_000


@transaction.atomic
def ask_review(
    *,
    of: JourneyMap,
    reviewers: Collection[UUID],
    message: str,
    by: Membership | ApiKey,
    now: datetime,
    site: str = "",
) -> ReviewRequest:
    """Ask members, by their ids, to look at a draft as it is now; nobody changes it meanwhile.

    They are told, by mail as well where *site* begins the links. Raises NotNowError where the map
    is no draft or in review already, UnsoundMapError for what is to be mended first, and
    ReviewError.
    """
    row = _locked(of)
    if row.status != MapStatus.DRAFT or row.archived_at or row.journey.archived_at:
        is_there = row.status == MapStatus.IN_REVIEW
        words = "This map is in review already." if is_there else "Only a draft is reviewed."
        raise NotNowError(words)
    member = by if isinstance(by, Membership) else None
    asked = _among_readers(row, reviewers, by)
    state = read_state(MAPS, Request(row.tenant, row.pk, actor_of(by), now))
    if found := errors(facts_of(row, state, today=day_in(row.tenant, now))):
        raise UnsoundMapError([one.words for one in found])
    request = ReviewRequest.objects.create(
        tenant=row.tenant,
        map=row,
        at_seq=row.head_seq,
        base_map=compared_with(row),
        message=_words(message, "message"),
        state=ReviewState.OPEN.value,
        at=now,
        by=member,
    )
    ReviewVote.objects.bulk_create(
        [ReviewVote(tenant=row.tenant, request=request, reviewer_id=pk) for pk in asked]
    )
    _become(row, MapStatus.IN_REVIEW)
    record(tenant=row.tenant, action="map-review-asked", by=by, about=row)
    _tell(row, NoticeKind.REVIEW, asked, member, now, site)
    return request


@transaction.atomic
def give_verdict(
    *,
    of: JourneyMap,
    verdict: Verdict,
    note: str,
    by: Membership,
    now: datetime,
    site: str = "",
) -> None:
    """Say of a map in review, as one who was asked, that it is approved or is to be changed.

    Asking for changes needs a note, and makes the map a draft again. Who asked for the review is
    told. Raises ReviewError and NotNowError.
    """
    row = _locked(of)
    request = _open(row)
    votes = ReviewVote.objects.for_tenant(row.tenant_id).filter(request=request, reviewer=by)
    told = _words(note, "note")
    if verdict is Verdict.CHANGES and not told:
        raise ReviewError("Say what is to be changed.", field="note")
    if not votes.update(verdict=verdict.value, note=told, at=now):
        raise ReviewError("Only those who were asked say whether a map is approved.", field="")
    if verdict is Verdict.CHANGES:
        _close(request, ReviewState.CHANGES, now)
        _become(row, MapStatus.DRAFT)
    changes = {"verdict": verdict.value}
    record(tenant=row.tenant, action="map-reviewed", by=by, about=row, changes=changes)
    kind = NoticeKind.APPROVED if verdict is Verdict.APPROVE else NoticeKind.CHANGES
    _tell(row, kind, [request.by_id] if request.by_id else [], by, now, site)


@transaction.atomic
def withdraw_review(*, of: JourneyMap, by: Membership | ApiKey, now: datetime) -> None:
    """Take a map back from review, so that it is a draft again. Raises NotNowError."""
    row = _locked(of)
    _close(_open(row), ReviewState.WITHDRAWN, now)
    _become(row, MapStatus.DRAFT)
    record(tenant=row.tenant, action="map-review-withdrawn", by=by, about=row)


def check_approved(row: JourneyMap) -> None:
    """Refuse to publish a map without the approvals that the workspace asks for.

    Raises NotApprovedError.
    """
    rules = review_rules(row.tenant_id)
    if rules.approvals_needed and (words := approvals(row, rules=rules).words):
        raise NotApprovedError(words)


def end_review(row: JourneyMap, *, now: datetime) -> None:
    """Close the review of a map that is published; it is approved where somebody approved it."""
    rounds = ReviewRequest.objects.for_tenant(row.tenant_id)
    request = rounds.filter(map=row, state=ReviewState.OPEN).first()
    if request is not None:
        votes = ReviewVote.objects.for_tenant(row.tenant_id).filter(request=request)
        is_approved = votes.filter(verdict=Verdict.APPROVE).exists()
        _close(request, ReviewState.APPROVED if is_approved else ReviewState.WITHDRAWN, now)


@transaction.atomic
def set_review_rules(
    *,
    tenant: Tenant,
    approvals_needed: int,
    falls_when_changed: bool,
    viewers_export: bool,
    by: Membership | ApiKey,
) -> None:
    """Set what a workspace demands before a map is published, and whether viewers take files out.

    *approvals_needed* lies between 0 and 20.
    """
    told = {
        "approvals_needed": approvals_needed,
        "falls_when_changed": falls_when_changed,
        "viewers_export": viewers_export,
    }
    ReviewRules.objects.for_tenant(tenant).update_or_create(tenant=tenant, defaults=told)
    record(tenant=tenant, action="review-rules-set", by=by, changes=told)


def _among_readers(
    row: JourneyMap, reviewers: Collection[UUID], by: Membership | ApiKey
) -> list[UUID]:
    """Give those who are asked, once each. Raises ReviewError for people who cannot be."""
    wanted = list(dict.fromkeys(reviewers))
    if not 0 < len(wanted) <= MOST_REVIEWERS:
        raise ReviewError(f"Choose 1 to {MOST_REVIEWERS} people.", field="reviewers")
    if by.pk in wanted:
        raise ReviewError("Ask others: nobody reviews their own map.", field="reviewers")
    if not {one.pk for one in readers_of(row)}.issuperset(wanted):
        raise ReviewError("Choose people who may read this map.", field="reviewers")
    return wanted


def _words(text: str, field: str) -> str:
    told = text.strip()
    if len(told) > LONGEST_WORDS:
        raise ReviewError(f"Use at most {LONGEST_WORDS} characters.", field=field)
    return told


def _locked(of: JourneyMap) -> JourneyMap:
    rows = JourneyMap.objects.for_tenant(of.tenant_id).select_related("tenant", "journey")
    return rows.select_for_update(of=("self",)).get(pk=of.pk)


def _open(row: JourneyMap) -> ReviewRequest:
    rounds = ReviewRequest.objects.for_tenant(row.tenant_id)
    found = rounds.filter(map=row, state=ReviewState.OPEN).first()
    if found is None:
        message = "This map is not in review any more."
        raise NotNowError(message)
    return found


def _close(request: ReviewRequest, state: ReviewState, now: datetime) -> None:
    request.state, request.closed_at = state.value, now
    request.save(update_fields=["state", "closed_at"])


def _become(row: JourneyMap, status: MapStatus) -> None:
    row.status = status.value
    row.save(update_fields=["status"])


def _tell(  # noqa: PLR0917 - all of it is what one notice is made of
    row: JourneyMap,
    kind: NoticeKind,
    to: Collection[UUID],
    by: Membership | None,
    now: datetime,
    site: str,
) -> None:
    tell_of_page(
        tenant=row.tenant,
        kind=kind,
        page=f"maps/{row.pk}/review/",
        about=f"{row.journey.title}: {row.name}",
        to=to,
        by=by,
        now=now,
        site=site,
    )
