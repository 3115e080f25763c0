"""Who answers by an invitation, and what an answer makes of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from feedback.models import Invitation, Response
from feedback.rules.distribution.words import InvitationState

if TYPE_CHECKING:
    from datetime import datetime

    from feedback.models import Survey, SurveyPass

# With these nobody answers any more: called off, or over.
_OVER = frozenset(
    {
        InvitationState.CREATED,
        InvitationState.SUPPRESSED,
        InvitationState.CANCELLED,
        InvitationState.EXPIRED,
    }
)
_ANSWERED = {
    Response.State.COMPLETE: InvitationState.COMPLETE,
    Response.State.PARTIAL: InvitationState.PARTIAL,
    Response.State.SCREENED_OUT: InvitationState.SCREENED_OUT,
}


def invitation_of(survey: Survey, token: str) -> Invitation | None:
    """Find the invitation to *survey* that a token belongs to."""
    hashed = hashlib.sha256(token.encode()).hexdigest()
    rows = Invitation.objects.for_tenant(survey.tenant_id).select_related("customer", "tenant")
    return rows.filter(survey=survey, token_hash=hashed).first()


def is_over(invitation: Invitation, *, now: datetime) -> bool:
    """Whether an invitation takes no new answer any more."""
    is_erased = invitation.customer.erased_at is not None
    return is_erased or invitation.state in _OVER or invitation.closes_at <= now


def mark_answered(sitting: SurveyPass, *, now: datetime) -> None:
    """Note on the invitation of a sitting how far its answers are. Two queries at most.

    Runs in the transaction that keeps the answers, with the sitting locked.
    """
    if sitting.invitation_id is None:
        return
    response = sitting.response
    state = _ANSWERED.get(Response.State(response.state)) if response else InvitationState.STARTED
    if state is None:
        # Somebody deleted it here meanwhile: it stays so.
        return
    rows = Invitation.objects.for_tenant(sitting.tenant_id).filter(pk=sitting.invitation_id)
    row = rows.select_for_update().get()
    row.state, row.state_at, row.reason = state, now, ""
    row.version_id, row.response = sitting.version_id, response
    if response and row.answered_at is None:
        row.answered_at = now
    row.save(update_fields=["state", "state_at", "reason", "version", "response", "answered_at"])
